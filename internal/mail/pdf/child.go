package pdf

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"syscall"
	"time"

	"repayd/internal/mail"
)

const (
	// Bytes of private memory: the parser's own 128 MB, which are copied when
	// they grow, its code, the document. Address space is not limited: Go
	// reserves far more of it than it uses.
	memoryLimit    = 400 << 20
	processorLimit = uint64(processorTime/time.Second) + 1 // the kernel's: it kills
	maxRequest     = 64 << 10
)

// Child is the whole of the hidden sub-command that Reader runs: it reads one
// document from stdin and writes what is in it to stdout. It first lowers the
// limits of the process it runs in for good (400 MB of data, 6 seconds of
// processor time, no file written), so nothing else must happen in that
// process. A document that cannot be read is an answer, not an error.
func Child(stdin io.Reader, stdout io.Writer) error {
	if err := confine(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), wallTime)
	defer cancel()
	go watchProcessor(ctx, cancel)
	in := bufio.NewReaderSize(stdin, maxRequest)
	head, err := in.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	var req request
	if err := json.Unmarshal(head, &req); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	return json.NewEncoder(stdout).Encode(extract(ctx, data, req.Passwords))
}

func extract(ctx context.Context, data []byte, passwords []string) answer {
	if len(data) > maxDocument {
		return answer{Error: "the document is too large"}
	}
	e, err := newEngine(ctx)
	if err != nil {
		return answer{Error: err.Error()}
	}
	// It is never closed: the process ends, and a parser that hangs would
	// hang in closing too.
	d, err := e.read(ctx, data, passwords)
	if err != nil {
		return answer{Error: err.Error(), Password: errors.Is(err, mail.ErrPassword)}
	}
	return answer{Document: d}
}

// watchProcessor ends the work when the processor time is used up, so that
// what has been read until then can still be told.
func watchProcessor(ctx context.Context, cancel context.CancelFunc) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			continue // the kernel's limit remains
		}
		if time.Duration(used.Utime.Nano()+used.Stime.Nano()) > processorTime {
			cancel()
		}
	}
}

// confine lowers the limits of this process.
func confine() error {
	debug.SetMemoryLimit(memoryLimit * 3 / 4) // collect garbage before the wall is hit
	for _, l := range []struct {
		what   int
		amount uint64
	}{
		{syscall.RLIMIT_DATA, memoryLimit},
		{syscall.RLIMIT_CPU, processorLimit},
		{syscall.RLIMIT_FSIZE, 0},
		{syscall.RLIMIT_CORE, 0},
	} {
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.amount, Max: l.amount}); err != nil {
			return fmt.Errorf("limit the process: %w", err)
		}
	}
	return nil
}
