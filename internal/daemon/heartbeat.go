package daemon

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// heartbeat asks the owner's watching service for its address, so that it
// notices when the daemon is dead.
type heartbeat struct {
	last    time.Time
	failing atomic.Bool // and said so
}

// beat asks the address when its time has come and every loop makes progress.
// It runs beside the ticker, which must not wait for a slow server.
func (d *daemon) beat(ctx context.Context) {
	h := d.cfg.Heartbeat
	now := time.Now()
	if h == nil || now.Sub(d.heart.last) < h.Every || len(d.watch.stuck(now, stuckAfter)) > 0 {
		return
	}
	d.heart.last = now
	d.background.Go(func() {
		err := d.ask(ctx, h.Every)
		if ctx.Err() != nil {
			return
		}
		if was := d.heart.failing.Swap(err != nil); err != nil && !was {
			d.o.Log.Warn("heartbeat: " + err.Error())
		}
	})
}

// ask makes one request, bounded so that it ends before the next. The address
// is a secret and stands in no error.
func (d *daemon) ask(ctx context.Context, every time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, min(every, 30*time.Second))
	defer cancel()
	address, err := d.cfg.Heartbeat.URL.Read()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errHeartbeat
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return errHeartbeat
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 4<<10)
	if resp.StatusCode >= 300 {
		return errHeartbeat
	}
	return nil
}
