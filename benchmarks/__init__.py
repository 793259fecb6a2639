"""Benchmarks: what tracegraph costs, beside what others cost, in one run."""
