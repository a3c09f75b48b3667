package main

import (
	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/store"
)

// owed are all open bills and those that the configuration declares for later,
// up to a day.
func owed(tx *store.Tx, cfg *config.Config, until bill.Day) ([]*bill.Bill, error) {
	set, err := daemon.Issuers(cfg)
	if err != nil {
		return nil, err
	}
	bills, err := tx.Bills(store.BillFilter{OpenOnly: true})
	if err != nil {
		return nil, err
	}
	coming, err := daemon.Coming(tx, cfg, set, until)
	return append(bills, coming...), err
}
