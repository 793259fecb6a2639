"""Proof: recomputing what the store says from the journal alone."""
