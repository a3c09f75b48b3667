// Package channeltest holds far sides for channels, and the one test that every
// channel passes.
//
// Contract. The sinks are small real servers, an SMTP server and a webhook
// receiver, that keep what they are sent and can be told to misbehave at each
// point of the protocol. They need nothing of a test, so a demonstration may run
// them too. Cases holds the conformance test; a channel's own tests run it
// against a Far of theirs.
package channeltest
