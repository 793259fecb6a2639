"""Tests of one module or of the tree itself, without an engine outside the process."""
