"""DOT of a genealogy, for Graphviz: items as boxes, events as small ellipses."""

from __future__ import annotations

from typing import TextIO

from tracegraph.formats.nodes import Drawing, item_label
from tracegraph.trace.answer import Edge, Genealogy

_STYLES = {"comprises": "dashed", "pooled": "dotted"}


def write(genealogy: Genealogy, stream: TextIO) -> None:
    """Write the answer as a directed graph, flowing from left to right. Linear in the answer."""
    drawing = Drawing.of(genealogy)
    stream.write("digraph genealogy {\n")
    stream.write('  graph [rankdir="LR"];\n  node [fontname="sans-serif", fontsize="10"];\n')
    if genealogy.truncated is not None:
        told = f"truncated: {genealogy.truncated.detail}"
        stream.write(f"  graph [label={quoted(told)}, labelloc={quoted('t')}];\n")
    number = 0
    for item in drawing.items:
        look = {"label": f"{item_label(item)}\n{item.kind}, depth {item.depth}", "shape": "box"}
        if item.direction == "seed":
            look["penwidth"] = "2"
        stream.write(f"  n{number} {_list(look | {'tooltip': item.key})};\n")
        number += 1
    for node in drawing.events:
        look = {
            "label": f"{node.type} {node.id}\n{node.occurred_at}",
            "shape": "ellipse",
            "fontsize": "8",
            "tooltip": node.key,
        }
        stream.write(f"  n{number} {_list(look)};\n")
        number += 1
    for source, target, edge in drawing.edges():
        stream.write(f"  {source} -> {target} {_list(_edge(edge))};\n")
    stream.write("}\n")


def quoted(text: str) -> str:
    r"""A text as a DOT string that shows as it is: quotes, backslashes and line ends escaped.

    >>> print(quoted('5" \\N'))
    "5\" \\N"
    """
    # NUL ends a file for Graphviz, and no other control character has a shape to draw.
    shown = "".join(c if c >= " " or c == "\n" else "\ufffd" for c in text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _edge(edge: Edge) -> dict[str, str]:
    look = {}
    if edge.quantity is not None:
        look["label"] = f"{edge.quantity} {edge.unit or ''}".strip()
    if edge.kind in _STYLES:
        look["style"] = _STYLES[edge.kind]
    return look


def _list(look: dict[str, str]) -> str:
    return "[" + ", ".join(f"{name}={quoted(value)}" for name, value in look.items()) + "]"
