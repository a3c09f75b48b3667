package pdf

import (
	"context"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
)

// fuzzTime is less than a child has: the fuzzer takes an input of ten seconds
// for one that hangs, and the library starts anew after this.
const fuzzTime = 2 * time.Second

// FuzzDocument reads documents in this process: whatever they are, it ends, and
// what comes out is text within its limits.
func FuzzDocument(f *testing.F) {
	f.Add(onePage(song("GBK-EUC-H"), labelAndDate(gbk)))
	f.Add(onePage("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "BT /F 12 Tf 50 700 Td (Amount due 12.00) Tj ET"))
	f.Add(objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 40 >>"))
	f.Add([]byte("%PDF-1.7\n"))
	pool, stop := idlePool(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		// One parser for each document, as in a child; starting the library
		// anew would take a second each.
		instance, err := pool.GetInstanceWithContext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), fuzzTime)
		defer cancel()
		defer context.AfterFunc(ctx, stop)()
		began := time.Now()
		d, err := (&engine{instance, pool}).read(ctx, data, []string{"geheim"})
		if took := time.Since(began); took > wallTime {
			t.Errorf("it ended only after %v", took)
		}
		if len(d.Pages) > maxPages || len(strings.Join(d.Pages, "")) > maxText || err != nil && len(d.Pages) > 0 {
			t.Errorf("%d pages, error %v", len(d.Pages), err)
		}
		for _, p := range d.Pages {
			if !utf8.ValidString(p) {
				t.Errorf("no text: %q", p)
			}
		}
		if ctx.Err() != nil {
			pool, stop = idlePool(t) // a parser that hangs would hang in closing too
		} else if err := instance.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// idlePool is a library that has started and can make one parser; stop ends it
// and whatever it does.
func idlePool(t testing.TB) (idle pdfium.Pool, stop func()) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	e, err := newEngine(ctx)
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return e.pool, stop
}

// FuzzRows puts glyphs anywhere, also where no page is: each one that is not
// blank is still there, once.
func FuzzRows(f *testing.F) {
	f.Add([]byte("plain text of a page, somewhere"))
	f.Add(binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.NaN())))
	f.Fuzz(func(t *testing.T, data []byte) {
		var glyphs []glyph
		for i := 0; i+9 <= len(data) && len(glyphs) < 500; i += 9 {
			x := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[i:])))
			y := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[i+4:])))
			glyphs = append(glyphs, glyph{"a", x, x + float64(data[i+8]), y, y + 10, 0})
		}
		began := time.Now()
		got := rows(glyphs)
		if n := strings.Count(got, "a"); n != len(glyphs) {
			t.Errorf("%d of %d glyphs in %q", n, len(glyphs), got)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%d glyphs took %v", len(glyphs), took)
		}
	})
}
