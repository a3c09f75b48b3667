package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repayd/internal/imapbox"
)

// eachMessage calls fn with every message that the paths hold: a file is one
// message, or an mbox when it begins with a "From " line; a directory is walked
// in the order of names, of a Maildir only cur and new; "-" is the standard
// input. A message larger than is read from a mailbox is an error of its own.
func (a *app) eachMessage(paths []string, fn func(path string, raw []byte) error) error {
	for _, path := range paths {
		if path == "-" {
			if err := readMessages("-", a.in, fn); err != nil {
				return err
			}
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			err = openMessages(path, fn)
		} else {
			err = walkMessages(path, fn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// walkMessages reads a directory. Names with a dot in front are passed over,
// and of a Maildir what is still being delivered (tmp).
func walkMessages(root string, fn func(string, []byte) error) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			if path != root && (e.Name() == "tmp" && isMaildir(filepath.Dir(path))) {
				return filepath.SkipDir
			}
			return nil
		case strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() || isIndex(e.Name()):
			return nil
		}
		return openMessages(path, fn)
	})
}

func isMaildir(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "cur"))
	return err == nil
}

// isIndex reports whether a name is that of a server's own file in a Maildir.
func isIndex(name string) bool {
	return strings.HasPrefix(name, "dovecot") || name == "subscriptions" || name == "maildirfolder"
}

func openMessages(path string, fn func(string, []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return readMessages(path, f, fn)
}

// errTooLarge is told for a message beyond the limit.
var errTooLarge = fmt.Errorf("a message larger than %d MB is not read", imapbox.MaxMessage>>20)

func readMessages(path string, r io.Reader, fn func(string, []byte) error) error {
	br := bufio.NewReaderSize(r, 64<<10)
	if start, _ := br.Peek(5); string(start) == "From " {
		return readMbox(path, br, fn)
	}
	raw, err := io.ReadAll(io.LimitReader(br, imapbox.MaxMessage+1))
	if err != nil {
		return err
	}
	if len(raw) > imapbox.MaxMessage {
		return fmt.Errorf("%s: %w", path, errTooLarge)
	}
	return fn(path, raw)
}

// readMbox splits an mbox (RFC 4155) at the "From " lines that follow an empty
// one, and undoes the quoting of such lines in bodies (mboxrd). The n-th
// message is called path:n.
func readMbox(path string, br *bufio.Reader, fn func(string, []byte) error) error {
	var msg bytes.Buffer
	n, empty := 0, true
	flush := func() error {
		if msg.Len() == 0 {
			return nil
		}
		n++
		err := fn(fmt.Sprintf("%s:%d", path, n), slices.Clone(msg.Bytes()))
		msg.Reset()
		return err
	}
	for {
		line, err := br.ReadSlice('\n')
		whole := !errors.Is(err, bufio.ErrBufferFull)
		if empty && bytes.HasPrefix(line, []byte("From ")) {
			if err := flush(); err != nil {
				return err
			}
		} else if msg.Len()+len(line) > imapbox.MaxMessage {
			return fmt.Errorf("%s:%d: %w", path, n+1, errTooLarge)
		} else {
			if quoted := bytes.TrimLeft(line, ">"); len(quoted) < len(line) && bytes.HasPrefix(quoted, []byte("From ")) {
				line = line[1:]
			}
			msg.Write(line)
		}
		empty = whole && len(bytes.TrimRight(line, "\r\n")) == 0
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil && whole {
			return err
		}
	}
}
