package main

import (
	"cmp"
	"context"
	"fmt"

	"repayd/internal/bill"
	"repayd/internal/daemon"
	"repayd/internal/store"
)

func tasksCommand() command {
	return command{
		name: "tasks", args: "[done ID...]", short: "what is to be done besides paying", config: true, json: true,
		long: "After a bill is settled late: keep the proof, ask for the limit, see that the service is open, look at the\n" +
			"credit record. While a case waits: ask for the answer. And the recurring tasks of your configuration.\n" +
			"They are told in one letter after the settlement, and weekly, three times in all; `tasks done ID...` ends that.",
		run: func(ctx context.Context, a *app) error {
			switch {
			case len(a.args) == 0:
				return a.listTasks(ctx)
			case len(a.args) >= 2 && a.args[0] == "done":
				return a.finishTasks(ctx, a.args[1:])
			}
			return usagef("write tasks, or tasks done ID...")
		},
	}
}

// taskRow is one task for programs.
type taskRow struct {
	bill.Task
	Issuer string `json:"issuer"` // of the bill it is about, "" for one of your own
	Name   string `json:"name"`
	Text   string `json:"text"` // in the language of the locale
}

func (a *app) listTasks(ctx context.Context) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	rows := []taskRow{}
	err = a.look(ctx, cfg, func(tx *store.Tx) error {
		tasks, err := daemon.Tasks(tx, cfg)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			row := taskRow{Task: t, Text: taskText(t)}
			if t.Bill != "" {
				b, ok, err := tx.Bill(t.Bill)
				if err != nil {
					return err
				}
				if ok {
					row.Issuer, row.Name = b.Issuer, nameOf(b)
				}
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, rows)
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(a.out, text("tasks.none"))
		return err
	}
	t := table{head: []string{text("col.until"), text("col.task"), text("col.issuer"), text("col.bill"), text("col.id")}}
	for _, r := range rows {
		t.add(r.Due.String(), r.Text, r.Name, r.Bill, r.ID)
	}
	if err := t.print(a.out, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, "\n"+text("tasks.hint", "id", rows[0].ID))
	return err
}

// taskText names a task; the owner's own has its own words.
func taskText(t bill.Task) string {
	if own := t.Args["text"]; own != "" {
		return clean(own)
	}
	return wording().Task(t.Code)
}

// finishTasks marks tasks as done, all of them or, where one is not known, none.
func (a *app) finishTasks(ctx context.Context, ids []string) error {
	err := a.withStore(ctx, func(w workplace) error {
		return w.store.Update(ctx, func(tx *store.Tx) error {
			for _, id := range ids {
				if err := daemon.TaskDone(tx, w.cfg, id); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if a.json {
			err = printJSON(a.out, map[string]string{"done": id})
		} else {
			_, err = fmt.Fprintln(a.out, text("tasks.done", "id", cmp.Or(clean(id), "?")))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
