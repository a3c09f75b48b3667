package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
)

func versionCommand() command {
	return command{
		name: "version", short: "which repayd this is", json: true,
		run: func(_ context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			v := versionOf()
			if a.json {
				return printJSON(a.out, v)
			}
			line := "repayd " + v.Version
			if v.Revision != "" {
				line += " " + v.Revision[:min(12, len(v.Revision))]
				if v.Modified {
					line += "+"
				}
			}
			_, err := fmt.Fprintf(a.out, "%s %s\n", line, v.Go)
			return err
		},
	}
}

// build is what the binary knows about how it was made.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Time     string `json:"time"`     // of the revision, RFC 3339
	Modified bool   `json:"modified"` // built from changed files
	Go       string `json:"go"`
}

func versionOf() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{Version: "unknown"}
	}
	b := build{Version: cmp.Or(info.Main.Version, "(devel)"), Go: info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
