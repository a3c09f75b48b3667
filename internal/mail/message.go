package mail

import "time"

// Message is one decoded e-mail. All text is folded: see Fold.
type Message struct {
	// Hash is the content hash of the raw bytes: hex SHA-256.
	Hash      string
	MessageID string // without angle brackets
	InReplyTo []string
	// From holds every address of every From field; more than one field or
	// none is a sign of forgery (FromFields).
	From       []Address
	FromFields int
	Sender     []Address
	ReplyTo    []Address
	To         []Address // To and Cc
	Delivered  []string  // Delivered-To, X-Original-To, Envelope-To, lower case
	Subject    string    // folded
	Date       time.Time // the Date field; zero when absent or unreadable
	// Header returns further fields by canonical name, raw, in order.
	Header map[string][]string

	// Parts are the readable parts in order; parts of a message/rfc822 are in
	// Inner, not here.
	Parts []Part
	// Inner are the messages attached as message/rfc822, decoded.
	Inner []*Message

	// Auth is what Authentication-Results and Received fields say, topmost first.
	Trace []TraceField

	// Limits names the limits that decoding ran into ("depth", "parts",
	// "size"): what was beyond them was not read, so the message is a review.
	Limits []string
	// Defects are repairs that were needed; for explain.
	Defects []string
}

// Address is one mailbox of an address field.
type Address struct {
	Name    string // decoded display name
	Address string // local@domain, domain in lower case
}

// Part is one readable part of a message.
type Part struct {
	// Name tells the part in evidence: "text/plain", "text/html", "text/html 2".
	Name string
	Type string // media type, lower case
	File string // decoded file name, "" where none
	// Text is the folded text. For HTML, cells are separated by " | " and rows
	// by line breaks, so that label and value keep their places.
	Text string
	// Raw is the decoded content, kept only for HTML (structured data in it),
	// XML and PDF, and only up to the size limit.
	Raw []byte
}

// TraceField is one Received or Authentication-Results field with its place.
type TraceField struct {
	Received bool // else Authentication-Results
	Value    string
}
