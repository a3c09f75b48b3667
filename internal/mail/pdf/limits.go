package pdf

import "time"

// How long a child may work on one document. What counts is processor time: on
// a busy machine a harmless document must not fail. The other ends a child
// that waits for something.
const (
	processorTime = 5 * time.Second
	wallTime      = 60 * time.Second
)
