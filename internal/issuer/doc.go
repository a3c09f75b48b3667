// Package issuer reads notices out of messages by the description of issuers
// in data files, and runs the samples that those files carry.
package issuer
