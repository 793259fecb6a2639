"""EPCIS 2.0 and 1.2 in XML, read into the JSON form of EPCIS 2.0 that `read_epcis` takes.

    EPCISDocument ──────┐              ┌─ xml_tree: names, namespaces, what is no XML
    EPCISQueryDocument ─┼─> read_xml ──┤
    a bare event ───────┘              └─ xml_fields: elements to values, by tables

| XML | JSON |
|---|---|
| `epcList/epc`, `quantityList/quantityElement` | a list |
| `bizTransaction[@type]`, `source`, `destination` | `{"type": …, "bizTransaction": …}` |
| `urn:epcglobal:cbv:bizstep:shipping` | `"shipping"` |
| `<ex:a xmlns:ex="…">` repeated | `"ex:a": […]`, and `ex` in `@context` |
| `extension`, `baseExtension` of EPCIS 1.2 | what they hold, in their place |

The header, with its addressees and master data, is not read. Elements keep their order and
attributes are sorted, so the JSON text of a document is always the same, and the same for two that
differ in nothing that XML counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from tracegraph.formats.epcis.context import IGNORED
from tracegraph.formats.epcis.mapping import EVENT_TYPES
from tracegraph.formats.epcis.reading import DOCUMENT, QUERY_DOCUMENT
from tracegraph.formats.epcis.returning import STANDARD_CONTEXT
from tracegraph.formats.epcis.xml_fields import EVENT, members
from tracegraph.formats.epcis.xml_tree import read_tree
from tracegraph.model.refusal import Refusal, Refused

VERSION = "2.0"

_MAJOR_VERSIONS = frozenset({"1", "2"})
_BODY = frozenset({"EPCISBody", "QueryResults", "resultsBody"})
_OF_QUERY = ("subscriptionID", "queryName")
_OF_DOCUMENT = ("schemaVersion", "creationDate")


def read_xml(data: bytes) -> dict[str, Any]:
    """Read an EPCIS document of XML as its JSON form, or one bare event as one.

    The form is that of EPCIS 2.0, and says so, whichever version the document is in.
    A fault within an event is left for `read_epcis` to tell.

    Raises Refused where it is not XML (with line and column) or no EPCIS document, or has no list
    of events. Linear in the document.
    """
    tree = read_tree(data)
    root = tree.root
    if root.tag in EVENT_TYPES:
        event = {name: said for name, said in _event(root).items() if name not in _OF_DOCUMENT}
        return {"@context": _context(event, tree.prefixes), **event}
    _check(root)
    events = [_event(element) for found in _within(root, "EventList") for element in members(found)]
    ignored = _ignored(root)
    date = root.findtext("creationDate")
    return {
        "@context": _context([events, ignored], tree.prefixes),
        "type": root.tag,
        "schemaVersion": VERSION,
        **({"creationDate": date} if date else {}),
        **ignored,
        "epcisBody": _body(root, events),
    }


def _check(root: Element) -> None:
    if root.tag not in {DOCUMENT, QUERY_DOCUMENT}:
        accepted = f"{DOCUMENT}, {QUERY_DOCUMENT} or one event, in a namespace of EPCIS 1 or 2"
        raise _refused("epcis", f"is no EPCIS document: its root is {root.tag[:60]}.", accepted)
    version = root.findtext("schemaVersion", VERSION)
    if version.strip().partition(".")[0] not in _MAJOR_VERSIONS:
        raise _refused("version", f"is of version {version[:20]}.", "schemaVersion 2.0, or 1.x")
    if next(_within(root, "EventList"), None) is None:
        accepted = "an EventList in EPCISBody, or in the resultsBody of a query; it may be empty"
        raise _refused("missing", "has no list of events.", accepted)


def _within(element: Element, name: str) -> Iterator[Element]:
    """Each element of this name in the body of a document."""
    for child in element:
        if child.tag == name:
            yield child
        elif child.tag in _BODY:
            yield from _within(child, name)


def _event(element: Element) -> dict[str, Any]:
    said = EVENT(element)
    # A field called type would hide what the event is; both together are refused as no text.
    kind = [element.tag, said.pop("type")] if "type" in said else element.tag
    return {"type": kind, **said}


def _body(root: Element, events: list[dict[str, Any]]) -> dict[str, Any]:
    listed = {"eventList": events}
    if root.tag == DOCUMENT:
        return listed
    named = {
        name: (found.text or "").strip() for name in _OF_QUERY for found in _within(root, name)
    }
    return {"queryResults": {**named, "resultsBody": listed}}


def _ignored(root: Element) -> dict[str, list[str]]:
    """The names of fields that do not count, from which `context` takes them."""
    lists = (child for child in root if child.tag.endswith(IGNORED))
    return {found.tag: [child.tag for child in found] for found in lists}


def _context(value: Any, prefixes: dict[str, str]) -> list[Any]:
    """The standard's context, and the namespaces that names or values make use of."""
    used = {prefix: prefixes[prefix] for prefix in sorted(prefixes.keys() & set(_prefixes(value)))}
    return [STANDARD_CONTEXT, used] if used else [STANDARD_CONTEXT]


def _prefixes(root: Any) -> Iterator[str]:
    """What stands before the first colon of each name and text. Iterative, linear."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            prefix, colon, _ = value.partition(":")
            if colon:
                yield prefix


def _refused(rule: str, detail: str, accepted: str) -> Refused:
    return Refused((Refusal("", rule, detail, accepted),))
