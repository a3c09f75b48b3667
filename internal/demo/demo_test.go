package demo

import (
	"fmt"
	"testing"
	"time"

	"repayd/internal/bill"
)

func TestTry(t *testing.T) {
	start, _ := bill.ParseDay("2026-03-01")
	begin := time.Now()
	s, err := Run(t.Context(), Options{Start: start, Letter: func(l Letter) { fmt.Println(l.At, l.Channel, l.Type, l.Subject, l.Steps) },
		Event: func(e Event) { fmt.Println("   ", e) }})
	fmt.Println(time.Since(begin), err)
	for _, r := range s.Bills {
		fmt.Println(r)
	}
	for _, p := range s.Problems {
		t.Error(p)
	}
}
