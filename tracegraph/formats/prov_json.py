"""PROV-JSON of a genealogy: W3C provenance, for whoever reads it without knowing tracegraph.

https://www.w3.org/submissions/prov-json/ (24 April 2013) of https://www.w3.org/TR/prov-dm/.

    item                          entity; a lot is a prov:Collection of its units
    event (or run)                activity, from its start to its end
    item -> event                 used
    event -> item                 wasGeneratedBy
    lot -> serial                 hadMember
    serial -> lot (pooled draw)   wasInfluencedBy: the lot's draw may have taken the serial
    party, operator, equipment    agent; wasAssociatedWith its events, wasAttributedTo its items

What was made from what is not written as wasDerivedFrom: an event with 50 inputs and 400 outputs
would have 20,000 of them, and no record says more than that all were used there. Everything is in
one bundle, which says what the answer was asked and its hash.

A name is an item's or event's own URI. Its scheme is declared as a prefix ("urn" for "urn:"), so
that the qualified name, the URI and the key are one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal
from urllib.parse import quote

import orjson

from tracegraph.formats.chunks import gathered
from tracegraph.formats.nodes import EventNode, item_label
from tracegraph.trace.answer import Edge, Genealogy, TracedEvent, TracedItem

OWN = "urn:tracegraph:prov:"  # the namespace of our attributes, and of a key without a scheme
PREFIXES = {
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "tracegraph": OWN,
}
Annotations = Mapping[str, Mapping[str, str]]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9-]*")  # as PROV-N and the schema of PROV-JSON both allow
_TAKEN = frozenset({*PREFIXES, "default", "_"})
_DECIMALS = frozenset({"units", "units_min", "units_max"})

_RELATIONS: tuple[tuple[str, str, str, str], ...] = (
    # kind of edge, relation, and what its source and its target are there
    ("input", "used", "prov:entity", "prov:activity"),
    ("output", "wasGeneratedBy", "prov:activity", "prov:entity"),
    ("comprises", "hadMember", "prov:collection", "prov:entity"),
    ("pooled", "wasInfluencedBy", "prov:influencer", "prov:influencee"),
)


@dataclass(frozen=True, slots=True)
class Agent:
    """Who or what had a part: `events` (keys) it did or was used in, `items` that are its own.

    `key` is a URI, such as `urn:tracegraph:party:CUST-12`.
    """

    key: str
    kind: Literal["party", "operator", "equipment"]
    name: str | None = None
    events: Sequence[str] = ()
    items: Sequence[str] = ()


def prov_chunks(
    genealogy: Genealogy,
    *,
    hash: str | None = None,
    annotations: Annotations | None = None,
    agents: Sequence[Agent] = (),
) -> Iterator[bytes]:
    """The answer as a PROV-JSON document, in pieces. Linear; no more is held than runs' events.

    `hash` is that of the scope which the genealogy is of. `annotations` say more of items, by
    key: each becomes an attribute of that name, units as xsd:decimal. An agent's event of a run
    is the run's activity; what it did beyond the answer is left out. An edge out of a truncated
    answer names its end, of which then nothing more is said: PROV allows that.
    """
    return gathered(_Document(genealogy, hash, annotations or {}, agents).pieces())


class _Document:
    """A document that is being written."""

    def __init__(
        self,
        genealogy: Genealogy,
        hash: str | None,
        annotations: Annotations,
        agents: Sequence[Agent],
    ) -> None:
        self._genealogy = genealogy
        self._hash = hash
        self._annotations = annotations
        self._agents = agents
        self._prefixes: dict[str, str] = {}  # of schemes

    def pieces(self) -> Iterator[bytes]:
        """The document, prefixes first."""
        genealogy = self._genealogy
        keys = chain(
            (item.key for item in genealogy.items),
            (event.node for event in genealogy.events),
            (end for edge in genealogy.edges for end in (edge.source, edge.target)),
            (agent.key for agent in self._agents),
        )
        for key in keys:
            self.name(key)
        spaces = {prefix: f"{scheme}:" for scheme, prefix in self._prefixes.items()}
        bundle = f"tracegraph:bundle/{self._hash or f'known_at/{genealogy.known_at}'}"
        yield b'{"prefix":' + orjson.dumps(PREFIXES | spaces)
        yield b',"entity":' + orjson.dumps({bundle: self._about()})
        yield b',"bundle":{' + orjson.dumps(bundle) + b":{"
        separator = b""
        for name, records in self._sections():
            first = next(records, None)
            if first is None:
                continue
            yield separator + orjson.dumps(name) + b":{"
            opening = b""
            for identifier, record in chain((first,), records):
                yield opening + orjson.dumps(identifier) + b":" + orjson.dumps(record)
                opening = b","
            yield b"}"
            separator = b","
        yield b"}}}"

    def name(self, key: str) -> str:
        """The qualified name of a URI: the URI itself, where its scheme can be a prefix."""
        match = _SCHEME.fullmatch(key)
        if match is None:
            return f"tracegraph:key/{quote(key, safe='')}"
        scheme, rest = match[1], match[2]
        prefix = self._prefixes.get(scheme)
        if prefix is None:
            fits = _PREFIX.fullmatch(scheme) and scheme not in _TAKEN
            prefix = scheme if fits else f"scheme_{len(self._prefixes)}"
            self._prefixes[scheme] = prefix
        return f"{prefix}:{rest}"

    def _about(self) -> dict[str, Any]:
        genealogy = self._genealogy
        truncated = genealogy.truncated
        return _said(
            {
                "prov:type": _qualified("prov:Bundle"),
                "tracegraph:hash": self._hash,
                "tracegraph:hash_of": "RFC 8785, SHA-256" if self._hash else None,
                "tracegraph:direction": genealogy.direction,
                "tracegraph:as_of": _typed(genealogy.as_of, "xsd:dateTime"),
                "tracegraph:known_at": genealogy.known_at,
                "tracegraph:recorded_at": _typed(genealogy.recorded_at, "xsd:dateTime"),
                "tracegraph:truncated": truncated.detail if truncated else None,
                "tracegraph:note": genealogy.note,
            }
        )

    def _sections(self) -> Iterator[tuple[str, Iterator[tuple[str, dict[str, Any]]]]]:
        genealogy = self._genealogy
        yield "entity", ((self.name(item.key), self._entity(item)) for item in genealogy.items)
        yield "activity", self._activities(genealogy.events)
        yield "agent", ((self.name(agent.key), _agent(agent)) for agent in self._agents)
        for kind, relation, source, target in _RELATIONS:
            edges = (edge for edge in genealogy.edges if edge.kind == kind)
            yield relation, self._relation(relation, source, target, edges)
        yield "wasAssociatedWith", self._associations()
        yield "wasAttributedTo", self._attributions()

    def _entity(self, item: TracedItem) -> dict[str, Any]:
        own = _qualified(f"tracegraph:{item.kind}")
        lot = item.kind == "lot"
        said = {
            "prov:type": [own, _qualified("prov:Collection")] if lot else own,
            "prov:label": item_label(item),
            "tracegraph:product": item.product,
            "tracegraph:number": item.number,
            "tracegraph:depth": item.depth,
            "tracegraph:seed": item.direction == "seed",
        }
        for name, value in self._annotations.get(item.key, {}).items():
            typed = _typed(value, "xsd:decimal") if name in _DECIMALS else value
            said[f"tracegraph:{quote(name, safe='')}"] = typed
        return _said(said)

    def _activities(self, events: Iterable[TracedEvent]) -> Iterator[tuple[str, dict[str, Any]]]:
        """An activity an event; the events of a run, which need not be neighbours, are one."""
        runs: dict[str, list[TracedEvent]] = {}
        for event in events:
            if event.node == event.key:
                yield self.name(event.key), _activity(EventNode(event.key, (event,)))
            else:
                runs.setdefault(event.node, []).append(event)
        for node, each in runs.items():
            yield self.name(node), _activity(EventNode(node, tuple(each)))

    def _relation(
        self, relation: str, source: str, target: str, edges: Iterable[Edge]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for number, edge in enumerate(edges, 1):
            record: dict[str, Any] = {
                source: self.name(edge.source),
                target: self.name(edge.target),
            }
            if relation != "hadMember":  # which PROV-DM gives no attributes
                record["tracegraph:quantity"] = _typed(edge.quantity, "xsd:decimal")
                record["tracegraph:unit"] = edge.unit
            if edge.kind == "pooled":
                record["prov:type"] = _qualified("tracegraph:pooled")
            yield f"_:{relation}{number}", _said(record)

    def _associations(self) -> Iterator[tuple[str, dict[str, Any]]]:
        wanted = {key for agent in self._agents for key in agent.events}
        nodes = {e.key: e.node for e in self._genealogy.events if e.key in wanted}
        pairs = dict.fromkeys(
            (nodes[key], agent.key, agent.kind)
            for agent in self._agents
            for key in agent.events
            if key in nodes
        )
        for number, (node, agent, kind) in enumerate(pairs, 1):
            record = {
                "prov:activity": self.name(node),
                "prov:agent": self.name(agent),
                "prov:role": kind,
            }
            yield f"_:wasAssociatedWith{number}", record

    def _attributions(self) -> Iterator[tuple[str, dict[str, Any]]]:
        wanted = {key for agent in self._agents for key in agent.items}
        present = {item.key for item in self._genealogy.items if item.key in wanted}
        pairs = dict.fromkeys(
            (key, agent.key) for agent in self._agents for key in agent.items if key in present
        )
        for number, (item, agent) in enumerate(pairs, 1):
            record = {"prov:entity": self.name(item), "prov:agent": self.name(agent)}
            yield f"_:wasAttributedTo{number}", record


def _activity(node: EventNode) -> dict[str, Any]:
    return {
        "prov:startTime": node.started_at,
        "prov:endTime": node.occurred_at,
        "prov:type": [_qualified(f"tracegraph:{each}") for each in node.type.split(", ")],
        "prov:label": f"{node.type} {node.id}",
        "tracegraph:source": node.source,
    }


def _agent(agent: Agent) -> dict[str, Any]:
    # A party is an organisation; an operator is called by whatever a system calls its users.
    types = {"party": "prov:Organization", "operator": "prov:Person"}
    own = _qualified(f"tracegraph:{agent.kind}")
    known = types.get(agent.kind)
    return _said(
        {"prov:type": [own, _qualified(known)] if known else own, "prov:label": agent.name}
    )


def _qualified(name: str) -> dict[str, str]:
    return {"$": name, "type": "xsd:QName"}


def _typed(value: str | None, type: str) -> dict[str, str] | None:
    return None if value is None else {"$": value, "type": type}


def _said(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}
