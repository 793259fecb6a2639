"""Pages for people: find an item, see its genealogy as a figure and as tables."""
