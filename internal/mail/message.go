package mail

import "time"

// Message is one decoded e-mail. All text is folded: see Fold. As JSON it
// keeps what a reader of notices needs, so that it can be read again later;
// see the note at Part.Raw.
type Message struct {
	// Hash is the content hash of the raw bytes: hex SHA-256.
	Hash      string   `json:"hash"`
	MessageID string   `json:"message_id,omitempty"` // without angle brackets
	InReplyTo []string `json:"in_reply_to,omitempty"`
	// From holds every address of every From field; more than one field or
	// none is a sign of forgery (FromFields).
	From       []Address `json:"from,omitempty"`
	FromFields int       `json:"from_fields"`
	Sender     []Address `json:"sender,omitempty"`
	ReplyTo    []Address `json:"reply_to,omitempty"`
	To         []Address `json:"to,omitempty"`        // To and Cc
	Delivered  []string  `json:"delivered,omitempty"` // Delivered-To, X-Original-To, Envelope-To, lower case
	Subject    string    `json:"subject,omitempty"`   // folded
	Date       time.Time `json:"date,omitzero"`       // the Date field; zero when absent or unreadable
	// Header returns further fields by canonical name, unfolded but not
	// decoded, in order. What Trace holds and signatures are left out.
	Header map[string][]string `json:"header,omitempty"`

	// Parts are the parts in order; parts of a message/rfc822 are in Inner,
	// not here. An attachment that cannot be read as text (a PDF, a picture,
	// an archive) is a Part without Text: that it is there may matter.
	Parts []Part `json:"parts,omitempty"`
	// Inner are the messages attached as message/rfc822, decoded.
	Inner []*Message `json:"inner,omitempty"`

	// Trace is what Authentication-Results and Received fields say, topmost
	// first.
	Trace []TraceField `json:"trace,omitempty"`

	// Limits names the limits that decoding ran into ("depth", "parts",
	// "size", and those of Unpack): what was beyond them was not read, so the
	// message is a review.
	Limits []string `json:"limits,omitempty"`
	// Defects are repairs that were needed; for explain.
	Defects []string `json:"defects,omitempty"`
}

// Address is one mailbox of an address field.
type Address struct {
	Name    string `json:"name,omitempty"`    // decoded display name, folded
	Address string `json:"address,omitempty"` // local@domain, domain in lower case
}

// Part is one part of a message.
type Part struct {
	// Name tells the part in evidence: "text/plain", "text/html", "text/html 2".
	Name string `json:"name"`
	Type string `json:"type"`           // media type, lower case
	File string `json:"file,omitempty"` // decoded file name, "" where none
	// Text is the folded text. For HTML, cells are separated by " | " and rows
	// by line breaks, so that label and value keep their places.
	Text string `json:"text,omitempty"`
	// Raw is the decoded content, kept only for HTML (as UTF-8: structured
	// data is in it), XML, calendars, PDF and zip archives, and only up to the
	// size limit. Unpack reads the last two.
	// JSON keeps it up to maxKeptRaw bytes, and of HTML only where it holds
	// structured data.
	Raw []byte `json:"-"`
}

// TraceField is one Received or Authentication-Results field with its place.
type TraceField struct {
	Received bool   `json:"received,omitempty"` // else Authentication-Results
	Value    string `json:"value"`              // unfolded
}
