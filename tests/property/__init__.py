"""Laws that hold for every history, on every engine."""
