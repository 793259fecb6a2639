"""Orders: their state as a fold of events, what fulfilled their lines, and figures of many."""
