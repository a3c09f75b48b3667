package daemon

import (
	"context"
	"fmt"

	"repayd/internal/store"
)

// rulesFact is by which issuer files and overrides the open bills were folded.
const rulesFact = "rules:folded"

// refold folds the open bills anew when the issuer files, or what the owner
// overrides of them, have changed: a grace that is gone must not be waited for.
func (d *daemon) refold(ctx context.Context) error {
	const batch = 200
	digest := d.in.Reader.Set.Digest()
	var was string
	err := d.store.View(ctx, func(tx *store.Tx) (err error) {
		was, _, err = tx.Fact(rulesFact)
		return err
	})
	if err != nil || was == digest {
		return err
	}
	for after, n := "", batch; n == batch && ctx.Err() == nil; {
		err := d.store.Update(ctx, func(tx *store.Tx) error {
			bills, err := tx.EachBill(true, after, batch)
			if err != nil {
				return err
			}
			n = len(bills)
			for _, b := range bills {
				after = b.ID
				if _, err := d.in.Refold(tx, b.ID); err != nil {
					return fmt.Errorf("fold bill %s by the new rules: %w", b.ID, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return d.store.Update(ctx, func(tx *store.Tx) error { return tx.SetFact(rulesFact, digest) })
}
