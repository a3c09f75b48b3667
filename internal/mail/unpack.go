package mail

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of Unpack, beside those of Parse, which hold for what it finds.
const (
	maxDocuments   = 5 // PDFs of one message; each may take seconds
	maxArchives    = 5
	maxArchived    = 50       // members of one archive that are read
	maxMember      = 10 << 20 // bytes
	maxUnpacked    = 20 << 20 // bytes of all archives of a message
	maxZipRatio    = 200      // bytes out of one; statements reach 10, bombs 1000
	maxZipNesting  = 2        // an archive in an archive is opened, no third
	archiveType    = "application/zip"
	passwordNeeded = "password"
)

// Unpack reads the attachments that Parse leaves closed: it fills the Text of
// PDF parts, makes parts of the files embedded in them that are XML, and of
// the documents in zip archives: PDF, HTML, XML, text; attached messages join
// Inner. Attached messages are unpacked too.
//
// It never fails. What is encrypted is named in Defects, and Limits gets
// "password", so that the message is reviewed: what it owes may stand there.
// A PDF that is damaged or takes too long is a defect; limits are named in
// Limits ("documents", "archive", "pages", "size", "time").
//
// r reads PDFs; nil leaves them closed. The time it takes is bounded by ctx
// and by r: nothing else here waits. passwords is asked for the owner's
// passwords when an encrypted archive is met; nil means that there are none.
func Unpack(ctx context.Context, m *Message, r PDFReader, passwords func() []string) {
	u := &unpacker{reader: r, passwords: passwords, documents: maxDocuments, archives: maxArchives, bytes: maxUnpacked,
		parser: parser{textLeft: maxTextTotal, rawLeft: maxRawTotal, partsLeft: maxParts}}
	u.message(ctx, m, 0)
}

// unpacker carries what all attachments of one message share.
type unpacker struct {
	parser
	reader                     PDFReader
	passwords                  func() []string
	documents, archives, bytes int
}

func (u *unpacker) message(ctx context.Context, m *Message, depth int) {
	if depth > maxDepth {
		return
	}
	for i := 0; i < len(m.Parts); i++ { // archives add parts
		if m.Parts[i].Type == archiveType {
			u.archive(m, m.Parts[i].Raw, m.Parts[i].File, 1)
			m.Parts[i].Raw = nil
		}
	}
	for i := 0; i < len(m.Parts); i++ {
		if m.Parts[i].Type == "application/pdf" && m.Parts[i].Raw != nil && m.Parts[i].Text == "" {
			u.document(ctx, m, i)
		}
	}
	for _, in := range m.Inner {
		u.message(ctx, in, depth+1)
		for _, name := range in.Limits {
			m.limit(name)
		}
	}
}

// document reads the PDF in part i.
func (u *unpacker) document(ctx context.Context, m *Message, i int) {
	if u.reader == nil || ctx.Err() != nil {
		return
	}
	if u.documents--; u.documents < 0 {
		m.limit("documents")
		return
	}
	d, err := u.reader.Text(ctx, m.Parts[i].Raw)
	if err != nil {
		if errors.Is(err, ErrPassword) {
			m.limit(passwordNeeded)
		}
		m.defect("attachment " + quoteShort(m.Parts[i].File) + ": " + clip(err.Error(), 200))
		return
	}
	for _, name := range d.Limits {
		m.limit(name)
	}
	text := Fold(strings.Join(d.Pages, "\n"))
	if len(text) > u.textLeft {
		text = Fold(clip(text, u.textLeft))
		m.limit("size")
	}
	u.textLeft -= len(text)
	m.Parts[i].Text = text
	for _, f := range d.Files {
		l := leaf{mediaType: "application/octet-stream", file: fileName(f.Name), body: f.Data}
		if kindOf(effectiveType(l)) == kindXML { // other files are no part of what is owed
			u.leaf(m, l, 0)
		}
	}
}

// archive makes parts of the documents in a zip archive.
func (u *unpacker) archive(m *Message, data []byte, name string, nesting int) {
	if data == nil {
		return // beyond the limits of Parse, which has said so
	}
	if u.archives--; u.archives < 0 || nesting > maxZipNesting {
		m.limit("archive")
		return
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		m.defect("archive " + quoteShort(name) + " cannot be read")
		return
	}
	read := 0
	for _, f := range z.File {
		if f.Mode().IsDir() || !readable(f.Name) {
			continue
		}
		if read++; read > maxArchived {
			m.limit("archive")
			return
		}
		if !u.member(m, f, nesting) {
			m.limit(passwordNeeded)
			m.defect("archive " + quoteShort(name) + " needs a password")
			return
		}
	}
}

// readable reports whether a member of an archive may hold a notice.
func readable(name string) bool {
	return slices.Contains([]string{".pdf", ".html", ".htm", ".eml", ".xml", ".txt", ".csv", ".ics", ".zip"}, strings.ToLower(path.Ext(name)))
}

// member reads one member of an archive; false where no password opens it.
func (u *unpacker) member(m *Message, f *zip.File, nesting int) bool {
	most := min(maxMember, u.bytes, int(min(f.CompressedSize64, maxMember))*maxZipRatio)
	body, err := u.memberBytes(f, most)
	if errors.Is(err, errLocked) {
		return false
	}
	if err != nil {
		m.defect("archive member " + quoteShort(memberName(f)) + " cannot be read")
		return true
	}
	u.bytes -= min(len(body), most)
	if len(body) > most {
		m.limit("archive")
		return true
	}
	l := leaf{mediaType: "application/octet-stream", file: fileName(memberName(f)), body: body}
	if effectiveType(l) == archiveType {
		u.archive(m, body, l.file, nesting+1)
		return true
	}
	u.leaf(m, l, 0)
	return true
}

// memberBytes reads at most one byte more than most.
func (u *unpacker) memberBytes(f *zip.File, most int) ([]byte, error) {
	if f.Flags&1 != 0 {
		if u.passwords == nil {
			return nil, errLocked
		}
		return lockedBytes(f, u.passwords(), most)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // nothing is written
	return io.ReadAll(io.LimitReader(r, int64(most)+1))
}

// memberName decodes a name: old archives carry GBK without saying so.
func memberName(f *zip.File) string {
	if utf8.ValidString(f.Name) {
		return f.Name
	}
	return headerText(f.Name)
}
