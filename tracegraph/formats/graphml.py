"""GraphML of a genealogy: items and events as nodes, edges with the flow of material.

Nodes are named n0, n1 …, since the standard wants NMTOKENs; the `key` of each node is its URI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from tracegraph.formats.nodes import Drawing, item_label
from tracegraph.trace.answer import Genealogy

# What a drawing may say of the graph, of a node and of an edge, with GraphML's types.
ATTRIBUTES = {
    "graph": {
        "direction": "string", "as_of": "string", "known_at": "long", "recorded_at": "string",
        "truncated": "boolean", "note": "string",
    },
    "node": {
        "node_type": "string", "key": "string", "label": "string", "kind": "string",
        "product": "string", "number": "string", "depth": "int", "direction": "string",
        "seed": "boolean", "first_event": "string", "last_event": "string", "type": "string",
        "source": "string", "id": "string", "started_at": "string", "occurred_at": "string",
    },
    "edge": {"kind": "string", "quantity": "string", "unit": "string"},
}  # fmt: skip

# What annotations may say of an item; units are exact decimals, for which GraphML has no type.
ANNOTATIONS = {"certainty": "string", "units_min": "string", "units_max": "string"}

# XML 1.0 has no way to write these, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)

Value = str | int | bool | None


def write(
    genealogy: Genealogy,
    stream: TextIO,
    *,
    annotations: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write the answer as GraphML 1.0; the stream encodes in UTF-8. Linear in the answer.

    `annotations` say more of items, by key: the values of ANNOTATIONS. With None the file does
    not declare them.
    """
    drawing = Drawing.of(genealogy)
    stream.write(_HEAD)
    more = {} if annotations is None else ANNOTATIONS
    for domain, names in ATTRIBUTES.items():
        for name, kind in (names | more if domain == "node" else names).items():
            stream.write(
                f'  <key id="{domain}_{name}" for="{domain}"'
                f' attr.name="{name}" attr.type="{kind}"/>\n'
            )
    stream.write('  <graph id="genealogy" edgedefault="directed">\n')
    _data(stream, "graph", _graph(genealogy), "    ")
    number = 0
    for item in drawing.items:
        values: dict[str, Value] = {
            "node_type": "item",
            "key": item.key,
            "label": item_label(item),
            "kind": item.kind,
            "product": item.product,
            "number": item.number,
            "depth": item.depth,
            "direction": item.direction,
            "seed": item.direction == "seed",
            "first_event": item.first_event,
            "last_event": item.last_event,
        }
        if annotations is not None:
            said = annotations.get(item.key, {})
            values |= {name: said.get(name) for name in ANNOTATIONS}
        _element(stream, f'<node id="n{number}">', "node", values)
        number += 1
    for node in drawing.events:
        values = {
            "node_type": "event",
            "key": node.key,
            "label": f"{node.type} {node.id}",
            "type": node.type,
            "source": node.source,
            "id": node.id,
            "started_at": node.started_at,
            "occurred_at": node.occurred_at,
        }
        _element(stream, f'<node id="n{number}">', "node", values)
        number += 1
    for source, target, edge in drawing.edges():
        values = {"kind": edge.kind, "quantity": edge.quantity, "unit": edge.unit}
        ends = f"<edge source={quoteattr(source)} target={quoteattr(target)}>"
        _element(stream, ends, "edge", values)
    stream.write("  </graph>\n</graphml>\n")


def _graph(genealogy: Genealogy) -> dict[str, Value]:
    return {
        "direction": genealogy.direction,
        "as_of": genealogy.as_of,
        "known_at": genealogy.known_at,
        "recorded_at": genealogy.recorded_at,
        "truncated": genealogy.truncated is not None,
        "note": genealogy.note,
    }


def _element(stream: TextIO, start: str, domain: str, values: dict[str, Value]) -> None:
    name = start[1:].partition(" ")[0]
    stream.write(f"    {start}\n")
    _data(stream, domain, values, "      ")
    stream.write(f"    </{name}>\n")


def _data(stream: TextIO, domain: str, values: dict[str, Value], indent: str) -> None:
    for name, value in values.items():
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else _NOT_XML.sub("\ufffd", str(value))
        stream.write(f'{indent}<data key="{domain}_{name}">{escape(text)}</data>\n')
