"""Value types and events: what can be said, independent of where it is stored."""
