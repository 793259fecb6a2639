"""Capture: the command side. Parse, validate, normalise, append; all or nothing per batch."""
