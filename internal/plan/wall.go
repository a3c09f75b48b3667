package plan

import (
	"math"
	"time"

	"repayd/internal/bill"
)

// wall turns days into instants of one zone. It does what bill.Day.At does,
// and is several times faster far from a change of the zone's clocks, which
// counts when a hundred thousand ladders are planned at once.
type wall struct {
	loc      *time.Location
	offset   int64 // seconds east of UTC
	from, to int64 // between these instants the offset holds, with a margin
}

const wallMargin = 48 * 60 * 60

// newWall looks at the zone around t.
func newWall(t time.Time) wall {
	_, offset := t.Zone()
	w := wall{loc: t.Location(), offset: int64(offset), from: math.MinInt64, to: math.MaxInt64}
	from, to := t.ZoneBounds()
	if !from.IsZero() {
		w.from = from.Unix() + wallMargin
	}
	if !to.IsZero() {
		w.to = to.Unix() - wallMargin
	}
	return w
}

func (w *wall) at(d bill.Day, c bill.Clock) time.Time {
	unix := int64(d)*86400 + int64(c.Minutes())*60 - w.offset
	if w.from <= unix && unix < w.to {
		return time.Unix(unix, 0).In(w.loc)
	}
	return d.At(c, w.loc)
}
