// Package pdf reads the text layer and the embedded files of PDF documents.
//
// Contract. The document goes to a child process of the same binary, which
// runs PDFium compiled to WebAssembly: the parser sees no file, no socket, no
// environment, and its process is bounded in time and memory (see Child). So
// a malicious document can waste five seconds of processor time and be reported as unreadable,
// and the daemon itself stays small. Passwords reach the child through its
// standard input, never as arguments.
//
// Text is rebuilt from where the glyphs stand: what is on one height is one
// line, wide gaps separate cells. Scanned pages have no text.
package pdf

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"repayd/internal/mail"
)

const (
	maxDocument = 10 << 20 // bytes; as much as mail.Parse keeps of a PDF
	maxAnswer   = 32 << 20 // bytes of the child's answer: text and files, the latter in base64
	maxMessages = 4 << 10  // bytes of the child's complaints
	grace       = time.Second
)

// Reader reads documents. It may be used by several goroutines; each document
// is a process of its own.
type Reader struct {
	// Exe is the program to run, Args its arguments: this binary and its
	// sub-command that calls Child.
	Exe  string
	Args []string
	// Passwords are tried on encrypted documents, after the empty one.
	Passwords []string
}

// request is the first line of what a child reads; the document follows it.
type request struct {
	Passwords []string `json:"passwords,omitempty"`
}

// answer is what a child writes.
type answer struct {
	mail.Document
	Error    string `json:"error,omitempty"`
	Password bool   `json:"password,omitempty"` // it is the password that is missing
}

// Text implements mail.PDFReader. It ends after wallTime at the latest, or when
// ctx does.
func (r Reader) Text(ctx context.Context, data []byte) (mail.Document, error) {
	if len(data) > maxDocument {
		return mail.Document{}, fmt.Errorf("the document is larger than %d MB", maxDocument>>20)
	}
	if !bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
		return mail.Document{}, errors.New("this is no PDF document")
	}
	head, err := json.Marshal(request{Passwords: r.Passwords})
	if err != nil {
		return mail.Document{}, fmt.Errorf("ask for the text of a document: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, wallTime+grace)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.Exe, r.Args...)
	cmd.Env = []string{} // nothing of ours is the parser's business
	cmd.Stdin = io.MultiReader(bytes.NewReader(head), bytes.NewReader([]byte("\n")), bytes.NewReader(data))
	out, complaints := &capped{left: maxAnswer}, &capped{left: maxMessages}
	cmd.Stdout, cmd.Stderr = out, complaints
	cmd.WaitDelay = grace
	runErr := cmd.Run()
	var a answer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		return mail.Document{}, childError(ctx, runErr, complaints.Bytes())
	}
	switch {
	case a.Password:
		return mail.Document{}, mail.ErrPassword
	case a.Error != "":
		return mail.Document{}, errors.New(a.Error)
	}
	return a.Document, nil
}

// childError explains a child that gave no answer.
func childError(ctx context.Context, err error, complaints []byte) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the document took too long to read: %w", ctx.Err())
	case err == nil:
		return errors.New("the program that reads documents gave no answer")
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(complaints), []byte("\n"))
	return fmt.Errorf("the program that reads documents failed (%w): %.200s", err, line)
}

// capped keeps the first bytes written to it and lets the rest go.
type capped struct {
	bytes.Buffer
	left int
}

func (c *capped) Write(b []byte) (int, error) {
	n := min(len(b), c.left)
	c.left -= n
	c.Buffer.Write(b[:n])
	return len(b), nil
}
