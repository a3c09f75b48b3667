package daemon

import (
	"context"
	"time"

	"repayd/internal/channel"
	"repayd/internal/letter"
	"repayd/internal/plan"
)

// illness is what keeps the database from being used, as far as it was told.
type illness struct {
	said string // the error, "" = well
	told bool   // by letter
}

// complain tells once that the database cannot be used: to the log at once, by
// letter when the quiet hours let it. A nil err is its end.
func (d *daemon) complain(ctx context.Context, ill *illness, err error) {
	if err == nil {
		*ill = illness{}
		return
	}
	if err.Error() != ill.said {
		*ill = illness{said: err.Error()}
		d.o.Log.Error("the database cannot be used now; trying again: " + ill.said)
	}
	env := d.env()
	if ill.told || env.Hold(env.Now, time.Time{}).After(env.Now) {
		return
	}
	ill.told = true
	d.emergency(ctx, emergencyCode(err), map[string]string{"error": ill.said})
}

// emergency sends a warning past the database, which cannot be used: once, to
// the default channels, and only logged where that fails too.
func (d *daemon) emergency(ctx context.Context, code string, args map[string]string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	env := d.env()
	for _, r := range plan.Warning("database", env.Now, code, args, env) {
		exit, ok := d.exits[r.Channel]
		if !ok {
			continue
		}
		l := plan.Letter{ID: d.o.seams.newID(), Channel: r.Channel, Type: plan.LetterWarning, Created: env.Now,
			Content: plan.Content{Items: []plan.Item{plan.ItemOf(r, nil, plan.Origin{}, env.Now, env.Zone)}}}
		out, err := letter.Render(l, letter.Options{Language: d.cfg.Language, Zone: env.Zone, ReplyTo: exit.ReplyTo})
		if err == nil {
			err = sendNow(ctx, exit.Channel, channel.Letter{ID: l.ID, Type: string(l.Type), Subject: out.Subject,
				Text: out.Text, HTML: out.HTML, Data: out.Data, Recipients: exit.Recipients})
		}
		if err != nil {
			d.o.Log.Error("warning not delivered: "+err.Error(), "channel", r.Channel)
		}
	}
}

func sendNow(ctx context.Context, c channel.Channel, l channel.Letter) error {
	session, err := c.Open(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	for _, r := range session.Send(ctx, l) {
		if r.Outcome != channel.Accepted {
			return r.Err
		}
	}
	return nil
}
