"""Formats: events of other standards read into events of this one, and answers written out."""
