package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"repayd/internal/bill"
)

// published is a year as the project holiday-cn publishes it, so that its file
// can be put into the owner's folder as it is. What else stands in it is of no
// consequence here.
type published struct {
	Year int `json:"year"`
	Days []struct {
		Name string `json:"name"`
		Date string `json:"date"`
		Off  *bool  `json:"isOffDay"`
	} `json:"days"`
}

// readJSON reads such a file. One without days is a year not announced yet: it
// is there from the start of the year before.
func readJSON(name string, data []byte) *table {
	t := newTable(name)
	var p published
	dec := json.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&p)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the end of the JSON")
		}
	}
	if err != nil {
		t.bad(lineOf(data, offsetOf(err, dec)), "%v", err)
		return t
	}
	if len(p.Days) == 0 {
		return t
	}
	t.setYear(1, fmt.Sprint(p.Year))
	at := 0
	for _, d := range p.Days {
		// Where the date stands; the days are in the order of the file.
		if i := bytes.Index(data[at:], []byte(d.Date)); i >= 0 {
			at += i
		}
		line := lineOf(data, int64(at))
		day, err := bill.ParseDay(d.Date)
		switch {
		case err != nil:
			t.bad(line, "%v", err)
		case d.Off == nil:
			t.bad(line, "%s: isOffDay is missing; write true or false", day)
		default:
			t.add(entry{first: day, last: day, off: *d.Off, line: line})
		}
	}
	return t
}

func offsetOf(err error, dec *json.Decoder) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	}
	return dec.InputOffset()
}

func lineOf(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n"))
}
