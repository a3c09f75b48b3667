package mail

import (
	"context"
	"errors"
)

// ErrPassword says that a PDF is encrypted and that no password known opens it.
var ErrPassword = errors.New("the document is encrypted and no known password opens it")

// PDFReader reads the text layer of PDF documents; package mail/pdf has one.
type PDFReader interface {
	// Text reads one document. An error that is ErrPassword asks for a
	// password; any other says that the document cannot be read.
	Text(ctx context.Context, data []byte) (Document, error)
}

// Document is what a PDF document holds.
type Document struct {
	// Pages are the texts of the pages: a line a row, cells separated by
	// " | ", like HTMLToText. A scanned page is "".
	Pages []string `json:"pages,omitempty"`
	// Files are the files embedded in it; electronic invoices are there.
	Files []File `json:"files,omitempty"`
	// Limits names the limits that were reached ("pages", "size", "time"):
	// what was beyond them was not read.
	Limits []string `json:"limits,omitempty"`
}

// File is a file inside a document or archive.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"data,omitempty"`
}
