"""Pure functions from an answer to a figure: fold, lay out, draw."""

from viz.figure import genealogy_figure

__all__ = ["genealogy_figure"]
