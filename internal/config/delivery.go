package config

import (
	"net/url"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"repayd/internal/channel"
	"repayd/internal/plan"
	"repayd/internal/secret"
)

// digest reads when and where a letter on a schedule is sent: key is digest or
// alive.
func (g group) digest(key string, channels []Channel) *Digest {
	k, _ := find(g.keys, key)
	if !g.has(key) {
		return nil
	}
	d, ok := g.w.group(g.values[key], key, k.keys)
	if !ok {
		return nil
	}
	_, schedule := d.schedule("schedule")
	return &Digest{Schedule: schedule, Channels: d.policyChannels(channels, map[string]bool{})}
}

// otherwiseUsed are the channels that something else than a policy names.
func otherwiseUsed(channels []Channel, digests []*Digest) map[string]bool {
	used := map[string]bool{}
	for _, c := range channels {
		used[c.Fallback] = true
	}
	for _, d := range digests {
		if d == nil {
			continue
		}
		for _, name := range d.Channels {
			used[name] = true
		}
	}
	return used
}

// heartbeat reads the address that hears that all is well. Once a minute is
// often enough for whoever watches, once a day the least that is of use.
func (g group) heartbeat() *Heartbeat {
	k, _ := find(g.keys, "heartbeat")
	if !g.has("heartbeat") {
		return nil
	}
	h, ok := g.w.group(g.values["heartbeat"], "heartbeat", k.keys)
	if !ok {
		return nil
	}
	beat := &Heartbeat{URL: h.secret("url"), Every: h.duration("every", time.Minute, 24*time.Hour)}
	if beat.URL.IsPlain() {
		h.checkURL(beat.URL)
	}
	return beat
}

// checkURL reports an address in the file itself that must not be used.
func (g group) checkURL(s secret.String) {
	text, err := s.Read()
	if err != nil {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		g.fail("url", "no address; write https://HOST/PATH")
	case u.Scheme != "https" && (u.Scheme != "http" || !channel.IsLoopback(u.Hostname())):
		g.fail("url", "http is for loopback addresses only; write https://")
	}
}

// checkFallbacks reports fallbacks that do not exist or lead back: a letter
// must come to an end somewhere.
func checkFallbacks(channels []Channel, groups []group) {
	next := map[string]string{}
	var names []string
	for _, c := range channels {
		next[c.Name] = c.Fallback
		names = append(names, c.Name)
	}
	for i, c := range channels {
		if c.Fallback == "" {
			continue
		}
		if _, ok := next[c.Fallback]; !ok {
			if guess := closestOf(c.Fallback, names); guess != "" {
				groups[i].fail("fallback", "there is no channel %s; did you mean %s?", quote(c.Fallback), guess)
			} else {
				groups[i].fail("fallback", "there is no channel %s; name another one of channels", quote(c.Fallback))
			}
			continue
		}
		way := []string{c.Name}
		for at := c.Fallback; at != "" && len(way) <= len(channels); at = next[at] {
			way = append(way, at)
			if at == c.Name {
				groups[i].fail("fallback", "goes in a circle (%s); leave one of them out", strings.Join(way, " → "))
				break
			}
		}
	}
}

// stepOrGroup reads one step of a ladder: its text, or a group that names more
// channels from it on.
func (g group) stepOrGroup(n *yaml.Node, channels []Channel, used map[string]bool) (plan.Step, []string, bool) {
	if n.Kind != yaml.MappingNode {
		s, ok := g.step(n)
		return s, nil, ok
	}
	m, ok := g.w.group(n, "a step", stepKeys())
	if !ok || !m.has("step") {
		return plan.Step{}, nil, false
	}
	s, ok := m.step(m.values["step"])
	return s, m.policyChannels(channels, used), ok
}

// escalate reads who hears of a bill when nobody has answered for a while.
func (g group) escalate(channels []Channel, used map[string]bool) (plan.Raise, bool) {
	k, _ := find(g.keys, "escalate")
	if !g.has("escalate") {
		return plan.Raise{}, false
	}
	e, ok := g.w.group(g.values["escalate"], "escalate", k.keys)
	if !ok {
		return plan.Raise{}, false
	}
	return plan.Raise{Silence: e.duration("after", time.Hour, 60*day), Channels: e.policyChannels(channels, used)}, true
}
