package einvoice

import "regexp"

// The words of terms of payment in German, English, French, Dutch, Italian,
// Spanish and, as far as days go, Swedish. All are matched against lower case.
var (
	// wordDiscount marks a lower sum for paying early.
	wordDiscount = regexp.MustCompile(`skont|discount|escompte|korting|sconto|descuento|\bpronto pago|\brabatt|abzüglich|abzgl|[0-9]\s?%|prozent|percent|#tage=`)
	// wordNoDiscount is taken out before: it says that there is none.
	wordNoDiscount = regexp.MustCompile(`(?:\b(?:ohne|kein(?:en|erlei)?|without|no|not|non|sans|zonder|senza|sin|geen)\s+|\bpas d['’])(?:jegliche[nr]?\s+|any\s+|cash\s+)?(?:skonto?(?:abzug)?|abz[uü]ge?|discounts?|deductions?|escompte|korting|sconto|descuento|rabatt)|100\s?%`)
	// wordTax is a rate of tax, not of a discount.
	wordTax = regexp.MustCompile(`[0-9][0-9.,]*\s?%\s*(?:mwst|ust|umsatzst|mehrwertst|vat|tva|btw|iva|gst|moms)|(?:mwst|ust|umsatzsteuer|mehrwertsteuer|vat|tva|btw|iva|gst|moms)\.?:?\s*(?:von\s*)?[0-9][0-9.,]*\s?%`)
	wordNet = regexp.MustCompile(`\bnetto\b|\bnet\b|\bnets\b|\bneto\b|ohne abzug|without deduction|strictly net`)

	// wordPay must stand in a clause for its days or date to be a due date.
	wordPay = regexp.MustCompile(`zahl|fällig|netto|überweis|begleich|ausgleich|spätestens|\bbis (?:zum )?[0-9]|` +
		`\bdue\b|\bpay|\bpaid\b|\bnet\b|\bremit|\bsettle|` +
		`échéance|echeance|paiement|\bpay[ée]|règle|régl|au plus tard|avant le|` +
		`vervald|betaal|betal|voldo|voldaan|uiterlijk|` +
		`scadenza|pagament|pagare|entro|` +
		`vencimiento|\bpago|\bpagar|\bvence|antes del?\b|` +
		`eingezogen|einzug|abgebucht|abbuch|lastschrift|debit|collected|prélev|incass|addebit|domicili`)

	// wordUncertain: the days count from a day that nobody printed, or are not
	// days of the calendar.
	wordUncertain = regexp.MustCompile(`erhalt|\beingang|(?:rechnungs|waren|post)eingang|\bzugang|\bempfang|liefer|leistung|abnahme|receipt|deliver|shipment|acceptance|completion|` +
		`réception|reception|livraison|ontvangst|levering|ricevimento|ricezione|consegna|recepción|recepcion|entrega|` +
		`monatsende|monatsletzt|ende des monats|end of (?:the )?month|month[- ]end|\beom\b|fin (?:de|du) mois|\bfdm\b|eind(?:e)?(?: van de)? maand|fine mese|\bd?\.?f\.?f?\.?m\b|fin de mes|` +
		`werktag|arbeitstag|bankarbeitstag|business|working|ouvr|werkdag|lavorativ|h[áa]bil|laborable`)

	// wordNoise: the clause is about something else than by when to pay.
	wordNoise = regexp.MustCompile(`verzug|verzugs|mahn|zins|interest|penalt|\blate\b|overdue|\brente\b|wettelijke|retard|pénalit|indemnit|interess|\bmora\b|morator|demora|ränta|` +
		`rückgab|umtausch|widerruf|trial|reklam|beanstand|widerspr|einwand|return|complain|dispute|object|réclam|reclam|gewährl|garant|warrant|` +
		`zeitraum|period|laufzeit|periodo|lieferdatum|leistungsdatum|gültig|valid|storn|kündig|cancel|angebot`)

	wordImmediate = regexp.MustCompile(`(?:sofort|umgehend|unverzüglich)\b.*(?:zahl|fällig|netto|überweis|begleich|ohne abzug)|(?:zahl\w*|fällig\w*|netto)\s*:?\s*(?:per\s+)?(?:sofort|umgehend|unverzüglich)|^sofort$|` +
		`\bimmediate(?:ly)?\b.*(?:pay|due)|(?:pay\w*|due)\s+(?:is\s+)?(?:due\s+)?(?:immediate|immediately|at once)\b|^immediate(?:ly)?$|(?:due|payable) (?:up)?on receipt|^(?:up)?on receipt$|` +
		`payable (?:immédiatement|comptant|à réception)|paiement (?:immédiat|comptant|à réception)|(?:direct|onmiddellijk|per direct)\s+(?:te )?(?:betalen|voldoen|betaalbaar)|` +
		`pagamento immediato|pagamento a vista|pago inmediato|pago al contado`)

	// wordCollected: the seller takes the money.
	wordCollected = regexp.MustCompile(`w(?:ird|erden)\b.*(?:eingezogen|abgebucht|abgezogen|belastet)|(?:ziehen|buchen)\b.*\b(?:wir|ein|ab)\b|werden wir .*(?:einziehen|abbuchen)|` +
		`(?:per|mittels|durch|via)\s+(?:sepa[- ]?)?(?:basis[- ]?|firmen[- ]?)?(?:lastschrift|bankeinzug|abbuchung)|lastschrifteinzug|einzug (?:erfolgt|vom konto|von ihrem)|` +
		`(?:will|shall) be (?:automatically )?(?:collected|debited|charged|withdrawn|taken)|\bby direct debit|we will (?:debit|charge|collect)|` +
		`ser(?:a|ont) (?:automatiquement )?prélevée?s?|par prélèvement|prélèvement automatique|` +
		`automatische incasso|wordt .*(?:geïncasseerd|afgeschreven)|automatisch geïncasseerd|` +
		`verrà addebitat|addebito diretto|addebito sepa|addebito in conto|` +
		`se cargará|recibo domiciliado|domiciliación bancaria|adeudo directo`)

	// wordCharged: the money is gone already.
	wordCharged = regexp.MustCompile(`(?:bereits|schon) (?:vollständig |per \w+ |mit \w+ )?(?:bezahlt|beglichen|gezahlt|abgebucht|eingezogen|belastet)|\bwurden?\b.*(?:abgebucht|eingezogen|belastet|bezahlt|beglichen)|dankend erhalten|` +
		`(?:has|have) (?:already )?been (?:paid|charged|debited|collected|settled)|\b(?:was|were) (?:paid|charged|debited|collected|settled)|already (?:paid|charged|settled)|\bpaid in full\b|no payment (?:is )?required|` +
		`déjà (?:payée?|réglée?|acquittée?)|facture acquittée|a été (?:payée?|réglée?|prélevée?)|` +
		`(?:reeds|al) (?:betaald|voldaan)|\bis (?:betaald|voldaan|afgeschreven|geïncasseerd)|` +
		`già (?:pagat|saldat)[oa]|fattura (?:pagata|saldata)|è stat[ao] (?:pagat|saldat|addebitat)[ao]|` +
		`ya (?:pagad|abonad)[oa]|factura pagada|ha sido (?:pagad|cargad|abonad)[ao]`)
	// wordPart: the sentence is about a part of the sum, or about an earlier one.
	wordPart = regexp.MustCompile(`anzahlung|vorauszahlung|abschlag|teil|rest|deposit|down payment|advance|part|balance|previous|customs|dut(?:y|ies)|\bvat\b|\btax|steuer|fracht|freight|zoll|versand|shipping|porto|acompte|arrhes|solde|acconto|anticip|aanbetaling|voorschot|vorschuss|gutschein|voucher`)
	// wordWhole: the sentence is about this document's sum.
	wordWhole = regexp.MustCompile(`rechnung|betrag|\binvoice|\bamount|\byour? card|\byour account|facture|montant|factuur|bedrag|fattura|importo|factura|importe`)
	// wordParts: the sum is due in parts, which words do not tell apart for certain.
	wordParts = regexp.MustCompile(`\braten\b|teilzahlung|anzahlung|instal|deposit|acompte|échelonn|termijnen|\brate\b.*\bgiorni|\bcuotas?\b|\bplazos\b|prepaid|im voraus|in advance|vorauskasse|vorkasse`)
	// wordNoDemand says so outright, its negation included.
	wordNoDemand = regexp.MustCompile(`keine (?:zahlungs)?aufforderung zur zahlung|keine zahlungsaufforderung|not a (?:request|demand) for payment|not a payment request|(?:nicht|kein) zahlungspflichtig|ne vaut pas demande de paiement|geen betalingsverzoek|non (?:è|costituisce) (?:una )?richiesta di pagamento|no es una solicitud de pago`)

	// wordMaybe: the seller could take the money, if asked.
	wordMaybe = regexp.MustCompile(`\b(?:falls|sofern|wenn|sollten?|soweit|können|könnte|kann|möglich|oder|auf wunsch|erteil\w*|ermächtig\w*|nicht (?:eingezogen|abgebucht)|` +
		`if|unless|may|can|could|not be|or|si|peut|pouvez|ou|indien|tenzij|kunt|kan|può|puoi|puede)\b`)

	// wordIf: what follows is a condition, a possibility or a denial.
	wordIf = regexp.MustCompile(`\b(?:falls|sofern|wenn|sollten?|soweit|bei|können|könnte|kann|möglich|nicht|kein\w*|oder|auf wunsch|` +
		`if|unless|when|where|may|can|could|not|no|or|si|sauf|peut|pouvez|pas|ou|als|indien|tenzij|kunt|kan|niet|se|salvo|può|puoi|puede|non|o)\b`)
)
