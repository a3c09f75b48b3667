package letter

import (
	"cmp"
	"slices"
	"strconv"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// task is about things to do: what a bill that was settled late leaves behind,
// a request that nobody answered, and the owner's own recurring tasks; what is
// due first stands first.
func (w *writer) task() view {
	v := view{Tone: "calm"}
	slices.SortStableFunc(w.entries, func(a, b *entry) int { return cmp.Compare(a.item.Detail.Args["due"], b.item.Detail.Args["due"]) })
	for _, e := range w.entries {
		v.Cards = append(v.Cards, w.taskCard(e))
	}
	v.Title = v.Cards[0].Name
	if first := w.entries[0]; len(v.Cards) == 1 && taskBill(first) != "" {
		v.Title = w.c.text("subject.task", "what", v.Title, "name", first.name)
	}
	if n := len(v.Cards); n > 1 {
		v.Title = w.c.text("subject.tasks", "first", v.Title, "n", strconv.Itoa(n))
	}
	v.Subject = w.c.text("prefix.task", "what", v.Title)
	v.Lead = w.c.text("lead.task_own")
	if slices.ContainsFunc(w.entries, func(e *entry) bool { return w.c.has("task." + e.item.Detail.Code) }) {
		v.Lead = w.c.text("lead.task")
	}
	if !slices.ContainsFunc(w.entries, func(e *entry) bool { return e.item.Step == "task" }) {
		v.Lead = w.c.text("lead.task_again")
	}
	return v
}

// taskCard says what to do, about which bill and until when, and how to tell
// repayd that it is done.
func (w *writer) taskCard(e *entry) card {
	d := e.item.Detail
	c := card{Tone: "soon", Name: w.foreign(d.Args["text"], maxText)}
	if w.c.has("task." + d.Code) {
		c.Name = w.c.text("task." + d.Code)
	} else if c.Name == "" {
		c.Name = w.c.named("task.", d.Code)
	}
	if do := taskText(w.c, d); do != "" {
		c.Text = append(c.Text, w.c.text(do))
	}
	add := func(label, value string) {
		if value != "" {
			c.Fields = append(c.Fields, field{w.c.text(label), value})
		}
	}
	id := taskBill(e)
	if e.item.Bill == nil {
		row := e.row
		e.name = w.issuerName(d.Args["name"], &row)
	}
	if id != "" {
		add("arg.name", e.name)
		add("field.outstanding", w.open(e))
	}
	add("task.settled", w.c.longDay(day(d.Args["settled"])))
	if late, err := strconv.Atoi(d.Args["days_late"]); err == nil && late > 0 {
		add("field.days_late", w.c.count("dur.days", late))
	}
	if state := d.Args["state"]; state != "" {
		add("change.case", w.c.named("talk_state.", state))
	}
	due := day(d.Args["due"])
	add("task.until", w.c.longDay(due))
	add("field.id", id)
	done := "repayd tasks done " + clean(e.item.Subject.ID, maxText)
	if d.Code == bill.TaskFollowUp {
		c.Actions = w.nextSteps(bill.CaseState(d.Args["state"]), id)
	}
	c.Actions = append(c.Actions, action{w.c.text("act.done"), done})
	if id != "" {
		c.Actions = append(c.Actions, action{w.c.text("act.show"), "repayd show " + id})
	}
	return c
}

// taskText is the key of what a task asks for; a follow-up asks for the next
// step of its case. It is "" for a task that has no such text.
func taskText(c *catalogue, d plan.Detail) string {
	for _, key := range []string{"task." + d.Args["state"] + ".do", "task." + d.Code + ".do"} {
		if c.has(key) {
			return key
		}
	}
	return ""
}

// nextSteps are the ways in which a case can go on from a state.
func (w *writer) nextSteps(state bill.CaseState, id string) []action {
	arrange := "repayd arrange " + id
	switch state {
	case bill.CasePreparing:
		return []action{{w.c.text("act.contacted"), arrange + " --contacted"}}
	case bill.CaseContacted:
		return []action{{w.c.text("act.requested"), arrange + " --requested"}}
	case bill.CaseRequested:
		return []action{{w.c.text("act.waiting"), arrange + " --waiting"}}
	}
	return []action{{w.c.text("act.agreed"), arrange + " --agreed --due YYYY-MM-DD"}, {w.c.text("act.rejected"), arrange + " --rejected"}}
}

// taskBill is the id of the bill that a task is about, "" for one of none.
func taskBill(e *entry) string {
	if e.row.ID != "" {
		return e.row.ID
	}
	return clean(e.item.Detail.Args["bill"], maxName)
}

// open is what is left of the task's bill, "" when nothing is.
func (w *writer) open(e *entry) string {
	if e.owed.Minor == 0 {
		return ""
	}
	return w.c.amount(e.owed)
}
