package main

import (
	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/store"
)

// owed are all open bills and those that the configuration declares for later,
// up to a day.
func (a *app) owed(tx *store.Tx, cfg *config.Config, until bill.Day) ([]*bill.Bill, error) {
	bills, err := tx.Bills(store.BillFilter{OpenOnly: true})
	if err != nil {
		return nil, err
	}
	coming, err := a.coming(tx, cfg, until)
	return append(bills, coming...), err
}

// coming are the bills that the configuration declares from a.now up to a day
// and that no database holds yet.
func (a *app) coming(tx *store.Tx, cfg *config.Config, until bill.Day) ([]*bill.Bill, error) {
	set, err := issuersOf(cfg)
	if err != nil {
		return nil, err
	}
	return daemon.Coming(tx, cfg, set, bill.DayOf(a.now.In(cfg.Zone)), until)
}
