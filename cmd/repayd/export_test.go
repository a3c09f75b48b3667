package main

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// exported are bills as an export gets them: open with and without grace,
// without a date, settled, dropped; one with a hostile and very long name.
func exported(t *testing.T) []listed {
	t.Helper()
	due, at := day(t, "2026-03-10"), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	money := bill.Money{Minor: 123456, Currency: "CNY"}
	bills := []*bill.Bill{
		{ID: "aaaaaaaa", Issuer: "cmb", IssuerName: "招商银行信用卡", Account: "1234", DueDate: due, LastSafeDay: due + 3, Outstanding: money},
		{ID: "bbbbbbbb", Issuer: "x", IssuerName: strings.Repeat("花呗，", 60) + "\r\nBEGIN:VALARM", DueDate: due, LastSafeDay: due, Outstanding: money},
		{ID: "cccccccc", Issuer: "review"},
		{ID: "dddddddd", Issuer: "settled", DueDate: due, LastSafeDay: due, SettledAt: at},
		{ID: "eeeeeeee", Issuer: "dropped", DueDate: due, LastSafeDay: due, DroppedAt: at},
	}
	var list []listed
	for _, b := range bills {
		list = append(list, listed{bill: b, row: plan.RowOf(b, at, time.UTC, nil)})
	}
	return list
}

func TestCalendarHasTheDaysOfOpenBills(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	var b bytes.Buffer
	if err := exportICS(&b, exported(t), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.UTC); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("%d octets: %q", len(line), line)
		}
		if line == "BEGIN:VALARM" {
			t.Error("a name became a component")
		}
	}
	cal, err := ics.ParseCalendar(&b)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range cal.Events() {
		start, err := e.GetAllDayStartAt()
		if err != nil {
			t.Fatal(err)
		}
		end, err := e.GetAllDayEndAt()
		if err != nil {
			t.Fatal(err)
		}
		if end.Sub(start) != 24*time.Hour {
			t.Errorf("%s lasts %s", e.Id(), end.Sub(start))
		}
		got = append(got, e.Id()+" "+start.Format(time.DateOnly))
	}
	want := []string{"aaaaaaaa-due@repayd 2026-03-10", "aaaaaaaa-grace@repayd 2026-03-13", "bbbbbbbb-due@repayd 2026-03-10"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s := cal.Events()[0].GetProperty(ics.ComponentPropertySummary).Value; s != "Due: 招商银行信用卡 *1234 CN¥1,234.56" {
		t.Errorf("summary %q", s)
	}
}

func TestCSVHasEveryBill(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := exportCSV(&b, exported(t), time.Time{}, time.UTC); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 {
		t.Fatalf("%d rows, want a head and five bills", len(rows))
	}
	for i, id := range []string{"id", "aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee"} {
		if rows[i][0] != id {
			t.Errorf("row %d is of %s, want %s", i, rows[i][0], id)
		}
	}
}
