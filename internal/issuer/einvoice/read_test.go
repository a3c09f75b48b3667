package einvoice

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"repayd/internal/bill"
)

const good = "statement|R-17|119.00 EUR|2018-07-04"

func TestOtherDocumentsAreNotOurs(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		"", " ", "plain text", "%PDF-1.7", "<html><body>Invoice</body></html>", "<Invoice", "<Invoice/>", "<Invoice><Amount>5</Amount></Invoice>",
		"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "\x00\x01\x02<", "<!DOCTYPE html><html/>", "<?xml version='1.0'?>",
	} {
		if invs, ok := Read([]byte(doc)); ok || invs != nil {
			t.Errorf("%q: %v, %v", doc, invs, ok)
		}
	}
}

// TestTheSameDocumentInOtherDress: prefixes, marks, encodings and CDATA change
// nothing.
func TestTheSameDocumentInOtherDress(t *testing.T) {
	t.Parallel()
	latin, err := charmap.ISO8859_1.NewEncoder().String(with(ublDoc, `encoding="UTF-8"`, `encoding="ISO-8859-1"`))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(with(ublDoc, `encoding="UTF-8"`, `encoding="UTF-16"`))
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range map[string]string{
		"mark":                  "\ufeff" + ublDoc,
		"blank lines first":     "\n\r\n " + ublDoc,
		"prefixed root":         with(ublDoc, "<Invoice xmlns=", "<x:Invoice xmlns:x=", "</Invoice>", "</x:Invoice>"),
		"other prefixes":        with(ublDoc, "cbc", "a", "cac", "b"),
		"no prefixes":           with(ublDoc, "cbc:", "", "cac:", "", `xmlns:cbc="urn:cbc"`, "", `xmlns:cac="urn:cac"`, ""),
		"no namespace":          with(ublDoc, `xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"`, ""),
		"CDATA":                 with(ublDoc, ">119.00<", "><![CDATA[119]]>.00<", "Muster &amp; Söhne GmbH", "<![CDATA[Muster & Söhne GmbH]]>"),
		"comments inside":       with(ublDoc, "R-17", "R-<!-- 16 -->17"),
		"blanks around values":  with(ublDoc, ">119.00<", ">\n 119.00 \t<", ">380<", "> 380 <"),
		"Latin-1":               latin,
		"Latin-1, not declared": with(latin, ` encoding="ISO-8859-1"`, ""),
		"Latin-1, called UTF-8": with(latin, "ISO-8859-1", "UTF-8"),
		"UTF-8, called Latin-1": with(ublDoc, `encoding="UTF-8"`, `encoding="ISO-8859-1"`),
		"UTF-16":                wide,
		"an attachment":         with(ublDoc, "<cac:PaymentMeans>", "<cac:AdditionalDocumentReference><x>"+strings.Repeat("QUJD", 1<<18)+"</x></cac:AdditionalDocumentReference><cac:PaymentMeans>"),
	} {
		invs, ok := Read([]byte(doc))
		if !ok || len(invs) != 1 {
			t.Errorf("%s: %v, %v", name, invs, ok)
			continue
		}
		if got := brief(Notices(invs[0], 0)[0]); got != good || invs[0].Seller != "Muster & Söhne GmbH" {
			t.Errorf("%s: %s, seller %q", name, got, invs[0].Seller)
		}
	}
}

// TestDamagedDocumentsAreReviews: the root is known, so somebody must hear of
// it; nothing is believed.
func TestDamagedDocumentsAreReviews(t *testing.T) {
	t.Parallel()
	laughs := `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	for name, doc := range map[string]string{
		"cut off":             ublDoc[:len(ublDoc)-40],
		"cut in the root tag": ublHead,
		"crossed tags":        with(ublDoc, "</cac:PaymentTerms>", "</cac:PaymentMeans>"),
		"DOCTYPE":             with(ublDoc, "<Invoice ", "<!DOCTYPE Invoice SYSTEM 'http://example.invalid/x.dtd'><Invoice "),
		"DOCTYPE on a leaf":   `<!DOCTYPE x><CrossIndustryInvoice/>`,
		"billion laughs":      with(ublDoc, "<Invoice ", laughs+"<Invoice ", "30 Tage netto", "&c;"),
		"entity":              with(ublDoc, "30 Tage netto", "&xxe;"),
		"two roots":           ublDoc + with(ublDoc, `<?xml version="1.0" encoding="UTF-8"?>`, ""),
		"text after the root": ublDoc + "<",
		"deep":                with(ublDoc, "<cac:PaymentTerms>", strings.Repeat("<a>", 100_000)+strings.Repeat("</a>", 100_000)+"<cac:PaymentTerms>"),
		"deep in a line":      with(ublDoc, "<cac:InvoiceLine>", "<cac:InvoiceLine>"+strings.Repeat("<a>", 1000)+strings.Repeat("</a>", 1000)),
		"wide":                with(ublDoc, "<cac:PaymentTerms>", strings.Repeat("<a/>", maxKept)+"<cac:PaymentTerms>"),
		"long words":          with(ublDoc, "<cac:PaymentTerms>", strings.Repeat("<a>"+strings.Repeat("x", maxText)+"</a>", 600)+"<cac:PaymentTerms>"),
		"control characters":  with(ublDoc, "R-17", "R\x01"),
		"large":               with(ublDoc, "30 Tage netto", strings.Repeat("x", maxBytes)),
	} {
		invs, ok := Read([]byte(doc))
		if !ok || len(invs) != 1 || !invs[0].Unreadable {
			t.Errorf("%s: %d invoices, %v", name, len(invs), ok)
			continue
		}
		ns := Notices(invs[0], 0)
		if len(ns) != 1 || ns[0].Kind != bill.KindUnread || len(ns[0].Problems) == 0 || ns[0].AmountDue.Known() || ns[0].DueDate.Known() {
			t.Errorf("%s: %+v", name, ns)
		}
	}
}

func TestManyLinesAreNoReasonToRefuse(t *testing.T) {
	t.Parallel()
	line := "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cac:Price><cbc:PriceAmount currencyID='EUR'>1.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>"
	doc := with(ublDoc, "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>", strings.Repeat(line, 20_000))
	if got := briefs(t, doc); len(got) != 1 || got[0] != good {
		t.Errorf("20,000 lines: %q", got)
	}
}

// TestManyInvoicesInOneFile: each body is its own bill, and a file of
// thousands takes no more time per body than a small one.
func TestManyInvoicesInOneFile(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	const n = 1000
	for i := range n {
		b.WriteString(strings.Replace(fatturaBody, "R-17", fmt.Sprint("R-", i), 1))
	}
	start := time.Now()
	got := briefs(t, with(fatturaDoc, fatturaBody, b.String()))
	if len(got) != n || got[n-1] != "statement|R-999|119.00 EUR|2018-07-04" || time.Since(start) > 5*time.Second {
		t.Errorf("%d notices in %v, last %q", len(got), time.Since(start), got[len(got)-1])
	}
}

func FuzzUBL(f *testing.F)     { fuzz(f, ublDoc, "<cbc:Note>30 Tage netto") }
func FuzzCII(f *testing.F)     { fuzz(f, ciiDoc, "20180704") }
func FuzzZUGFeRD(f *testing.F) { fuzz(f, zfDoc, "Zahlbar bis 04.07.2018") }
func FuzzFattura(f *testing.F) { fuzz(f, fatturaDoc, "119.00") }

// fuzz holds what must be true of any bytes: no panic, no debt without its
// certain amount and date unless it says so, no amount below zero.
func fuzz(f *testing.F, doc, seam string) {
	f.Add([]byte(doc))
	f.Add([]byte("\xff\xfe<\x00"))
	f.Add([]byte(with(doc, seam, seam+", 3% Skonto innerhalb 10 Tagen bis 15.06.2018")))
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		invs, ok := Read(b)
		if !bytes.Equal(before, b) {
			t.Fatal("the input was changed")
		}
		if ok != (len(invs) > 0) {
			t.Fatalf("%d invoices, ok %v", len(invs), ok)
		}
		for _, inv := range invs {
			for _, n := range Notices(inv, day("2018-06-05")) {
				certain(t, n)
			}
		}
	})
}

func certain(t *testing.T, n bill.Notice) {
	t.Helper()
	switch {
	case n.AmountDue.Minor < 0:
		t.Fatalf("a negative debt: %+v", n)
	case n.Kind == bill.KindZero && n.AmountDue.Minor != 0:
		t.Fatalf("a zero notice of %s", n.AmountDue)
	case n.Kind != bill.KindZero && len(n.Problems) == 0 && (n.AmountDue.Minor <= 0 || !n.DueDate.Known() || n.Evidence[bill.FieldDueDate].Text == ""):
		t.Fatalf("not certain and not in doubt: %+v", n)
	}
	for _, p := range n.Problems {
		if p.Why == "" || p.Field == "" {
			t.Fatalf("a problem without words: %+v", n)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	doc := []byte(ublDoc)
	for b.Loop() {
		invs, _ := Read(doc)
		Notices(invs[0], 0)
	}
}

// TestManyTermsTakeLinearTime: as many terms as are read at all, each with a
// date, a discount and words of its own.
func TestManyTermsTakeLinearTime(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range maxKept / 5 {
		fmt.Fprintf(&b, `<ram:SpecifiedTradePaymentTerms><ram:Description>%d Tage netto, 2%% Skonto bis %d.06.2018, wird nicht eingezogen</ram:Description><ram:DueDateDateTime><udt:DateTimeString>x%d</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>`, i, i%40, i)
	}
	start := time.Now()
	got := briefs(t, with(ciiDoc, ciiTerms, b.String()))
	if took := time.Since(start); took > time.Minute || !strings.HasPrefix(got[0], "statement|R-17|119.00 EUR||?due_date") {
		t.Errorf("%v, %.200s", took, got)
	}
}
