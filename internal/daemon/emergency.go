package daemon

import (
	"context"
	"time"

	"repayd/internal/channel"
	"repayd/internal/letter"
	"repayd/internal/plan"
)

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
		l := plan.Letter{ID: plan.NewLetterID(), Channel: r.Channel, Type: plan.LetterWarning, Created: env.Now,
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
