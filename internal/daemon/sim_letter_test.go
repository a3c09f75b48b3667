package daemon

import (
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
)

// TestARefusalGoesToTheFallback: what a channel refuses for good is told by its
// fallback at once, not when the channel would have been given up.
func TestARefusalGoesToTheFallback(t *testing.T) {
	t.Parallel()
	o := plainOwner
	o.channels, o.fallback = "[me]", "fallback: me"
	inWorld(t, o, func(s *sim) {
		s.far["office"].set(refusing)
		s.start()
		s.lasts(time.Minute)
		abroad := &debt{issuer: "alibaba-paylater", reference: "C30001", minor: 500, due: dayIn(time.Now(), china), rng: s.chance(0)}
		s.announce(abroad, vouched, abroad.due, func() {})
		s.lasts(3 * time.Minute)
		id := s.billOf(abroad).ID
		if !slices.ContainsFunc(s.far["me"].log, func(a attempt) bool { return a.took && slices.Contains(a.bills, id) }) {
			t.Error("the fallback did not tell it")
		}
	})
}

// TestAPaidBillIsNotToldLate: a letter that waited for its channel is withdrawn
// when its bill has been paid meanwhile.
func TestAPaidBillIsNotToldLate(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.far["me"].set(busy)
		s.start()
		d := s.owe(0)
		s.lasts(10 * time.Minute)
		id := s.billOf(d).ID
		s.command(d, bill.CommandPaid, nil, d.close)
		s.far["me"].set(well)
		s.lasts(3 * time.Hour)
		for _, a := range s.far["me"].log {
			if a.took && slices.Equal(a.bills, []string{id}) {
				t.Errorf("a letter about the paid bill arrived at %s", s.stamp(a.at))
			}
		}
	})
}

// TestReloadInMidSend: a letter that is on its way when the configuration is
// read again arrives once.
func TestReloadInMidSend(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.start()
		s.lasts(time.Minute)
		s.far["me"].set(slow)
		d := s.owe(0)
		for len(s.far["me"].log) < 3 { // the first two were of the rent
			s.lasts(time.Second)
		}
		s.reload()
		s.lasts(10 * time.Minute)
		id, times := s.billOf(d).ID, map[string]int{}
		for _, a := range s.far["me"].log {
			if a.took && slices.Contains(a.bills, id) {
				times[a.to]++
			}
		}
		if times["owner@example.com"] != 1 || times["partner@example.com"] != 1 {
			t.Errorf("arrived %v times", times)
		}
	})
}
