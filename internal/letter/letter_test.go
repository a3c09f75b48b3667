package letter

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

var update = flag.Bool("update", false, "write the golden files")

var shanghai = mustZone("Asia/Shanghai")

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

const ownIDText = "rl_abcdefghijklmnopqrstuvwx23"

// huabei is an ordinary bill: due on Friday 10 January 2025, no grace.
func huabei() plan.Item {
	return plan.Item{
		Reminder: "r1", Step: "due-3d",
		Subject: plan.Subject{Kind: plan.SubjectBill, ID: "b_huabei"},
		Bill: &plan.Row{
			ID: "b_huabei", Issuer: "alipay-huabei", Period: "2025-01", Currency: "CNY",
			AmountDue: "1234.56", MinimumDue: "123.45", Outstanding: "1234.56",
			StatementDate: "2025-01-01", DueDate: "2025-01-10", LastSafeDay: "2025-01-10",
			Stage: bill.StageUpcoming, Trust: bill.TrustVouched,
		},
		Name:     "花呗",
		Deadline: time.Date(2025, 1, 11, 0, 0, 0, 0, shanghai),
		Source: plan.Origin{From: "service@mail.alipay.com", Subject: "您的花呗账单",
			Received: time.Date(2025, 1, 1, 8, 30, 0, 0, shanghai), Trust: bill.TrustVouched},
	}
}

// card is a credit card with a tail, a grace of three days and a cut-off.
func cmb() plan.Item {
	it := huabei()
	it.Reminder = "r2"
	it.Subject.ID = "b_cmb"
	it.Bill = &plan.Row{
		ID: "b_cmb", Issuer: "cmb-card", Account: "8888", Reference: "INV-2025-0001", Period: "2025-01",
		Currency: "CNY", AmountDue: "3000.00", MinimumDue: "300.00", Paid: "500.00", Outstanding: "2500.00",
		StatementDate: "2024-12-25", DueDate: "2025-01-10", LastSafeDay: "2025-01-13",
		Stage: bill.StageUpcoming, Trust: bill.TrustVouched,
	}
	it.Name = "招商银行信用卡"
	it.Deadline = time.Date(2025, 1, 13, 17, 0, 0, 0, shanghai)
	it.Source.From, it.Source.Subject = "ccsvc@message.cmbchina.com", "招商银行信用卡电子账单"
	return it
}

// on returns the instant of 09:00 in Shanghai on a day of January 2025.
func on(day int) time.Time { return time.Date(2025, 1, day, 9, 0, 0, 0, shanghai) }

func with(it plan.Item, change func(*plan.Item)) plan.Item {
	if it.Bill != nil {
		row := *it.Bill
		it.Bill = &row
	}
	change(&it)
	return it
}

func letterOf(typ plan.LetterType, at time.Time, items ...plan.Item) plan.Letter {
	return plan.Letter{ID: ownIDText, Channel: "me", Type: typ, Created: at, Content: plan.Content{Items: items}}
}

// golden compares got with a file of testdata; only -update writes one.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with go test -update and read it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}
