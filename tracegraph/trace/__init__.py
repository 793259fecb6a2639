"""Genealogy: what an item is made of, and what it went into."""
