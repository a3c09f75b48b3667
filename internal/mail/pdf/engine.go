package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"repayd/internal/mail"
)

const (
	maxPages     = 30 // statements have 1 to 8 pages
	maxText      = 4 << 20
	maxFiles     = 10
	maxFileBytes = 10 << 20 // of all embedded files together
	memoryPages  = 128 << 4 // of 64 KB: 128 MB for the parser
	maxPasswords = 20
)

// engine is one PDFium in its sandbox: no files, no network, no environment.
type engine struct {
	pdfium.Pdfium
	pool pdfium.Pool
}

// newEngine starts PDFium. ctx ends everything it does. It is interpreted: that
// takes 1.3 s of processor time to start and 0.7 s for a first page, compiling
// takes 5 s, which is all there is, and is forbidden where memory must not be
// writable and executable (see the unit file). A cache of compiled code would
// bring both to 0.1 s, but nobody waits for a statement, and a cache that the
// parser's process may write is code it may plant.
func newEngine(ctx context.Context) (*engine, error) {
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MinIdle: 0, MaxIdle: 1, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), // no directory at all; nil would be the whole disk
		Stdout:   io.Discard, Stderr: io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfigInterpreter().
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(memoryPages).
			WithCloseOnContextDone(true),
	})
	if err != nil {
		return nil, fmt.Errorf("start the PDF library: %w", err)
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("start the PDF library: %w", err)
	}
	return &engine{instance, pool}, nil
}

// read reads a document as far as limits and time allow. Where the time ends
// in the middle, what was read until then is returned, with the limit named.
func (e *engine) read(ctx context.Context, data []byte, passwords []string) (mail.Document, error) {
	var d mail.Document
	doc, err := e.open(ctx, data, passwords)
	if err != nil {
		return d, err
	}
	count, err := e.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc})
	if err != nil {
		return d, fmt.Errorf("count pages: %w", err)
	}
	if count.PageCount > maxPages {
		d.Limits = append(d.Limits, "pages")
	}
	if d.Files, err = e.files(doc); err != nil {
		d.Limits = append(d.Limits, "size")
	}
	size := 0
	for i := range min(count.PageCount, maxPages) {
		text, err := e.page(doc, i)
		if ctx.Err() != nil {
			d.Limits = append(d.Limits, "time")
			return d, nil
		}
		if err != nil { // one damaged page does not hide the others
			d.Limits = appendOnce(d.Limits, "pages")
			continue
		}
		if size += len(text); size > maxText {
			d.Limits = appendOnce(d.Limits, "size")
			return d, nil
		}
		d.Pages = append(d.Pages, text)
	}
	return d, nil
}

func appendOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// open opens the document with the empty or the first fitting password. One
// try on AES-256 takes up to a second; where the time does not reach for all
// of them, the password counts as unknown.
func (e *engine) open(ctx context.Context, data []byte, passwords []string) (references.FPDF_DOCUMENT, error) {
	encrypted := false
	for _, p := range append([]string{""}, passwords[:min(len(passwords), maxPasswords)]...) {
		r, err := e.OpenDocument(&requests.OpenDocument{File: &data, Password: &p})
		switch {
		case err == nil:
			return r.Document, nil
		case errors.Is(err, pdferrors.ErrPassword):
			encrypted = true
		case ctx.Err() == nil:
			return "", fmt.Errorf("open the document: %w", err)
		case !encrypted:
			return "", errors.New("the document took too long to open")
		}
	}
	return "", mail.ErrPassword
}

func (e *engine) page(doc references.FPDF_DOCUMENT, i int) (string, error) {
	r, err := e.GetPageTextStructured(&requests.GetPageTextStructured{
		Page: requests.Page{ByIndex: &requests.PageByIndex{Document: doc, Index: i}},
		Mode: requests.GetPageTextStructuredModeChars,
	})
	if err != nil {
		return "", err
	}
	glyphs := make([]glyph, 0, len(r.Chars))
	for _, c := range r.Chars {
		p := c.PointPosition
		glyphs = append(glyphs, glyph{strings.ToValidUTF8(c.Text, "\uFFFD"), p.Left, p.Right, p.Bottom, p.Top, c.Angle})
	}
	return rows(glyphs), nil
}

// files returns the embedded files. The error says that not all were read.
func (e *engine) files(doc references.FPDF_DOCUMENT) ([]mail.File, error) {
	count, err := e.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: doc})
	if err != nil {
		return nil, err
	}
	var out []mail.File
	size := 0
	for i := range min(count.AttachmentCount, maxFiles) {
		a, err := e.FPDFDoc_GetAttachment(&requests.FPDFDoc_GetAttachment{Document: doc, Index: i})
		if err != nil {
			return out, err
		}
		name, err := e.FPDFAttachment_GetName(&requests.FPDFAttachment_GetName{Attachment: a.Attachment})
		if err != nil {
			return out, err
		}
		file, err := e.FPDFAttachment_GetFile(&requests.FPDFAttachment_GetFile{Attachment: a.Attachment})
		if err != nil {
			return out, err
		}
		if size += len(file.Contents); size > maxFileBytes {
			return out, errors.New("too much in embedded files")
		}
		out = append(out, mail.File{Name: strings.TrimRight(name.Name, "\x00"), Data: file.Contents})
	}
	if count.AttachmentCount > maxFiles {
		return out, errors.New("too many embedded files")
	}
	return out, nil
}
