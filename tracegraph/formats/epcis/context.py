"""What a JSON-LD document's `@context` says of prefixes, read without fetching anything.

Of a context only the prefixes matter here: a name `example:grade` means a local name in a
namespace, and so does a value `cbv:BizStep-shipping`. Contexts that are named by an address are
passed over: the prefixes of the EPCIS context itself are known, and those of any other would
have to be fetched.

Source: JSON-LD 1.1, 3.2 (compact IRIs) and 4.1 (contexts, also within nodes).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

STANDARD: Mapping[str, str] = MappingProxyType(
    {
        "epcis": "https://ref.gs1.org/epcis/",
        "cbv": "https://ref.gs1.org/cbv/",
        "cbvmda": "urn:epcglobal:cbv:mda",
        "gs1": "https://gs1.org/voc/",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    }
)
"""Prefixes that need no declaration; one that is declared otherwise means what was declared.

`cbvmda` is the namespace of the XML form, without a colon at its end, so that both forms of an
event have one hash.
"""

_VOCABULARIES = frozenset(STANDARD[prefix] for prefix in ("epcis", "cbv", "gs1"))
IGNORED = ":ignoreFields"
"""How the name of a list ends, under which a document names fields that do not count."""


@dataclass(frozen=True, slots=True)
class Context:
    """The prefixes in force at some place of a document, and the names that its sender ignores.

    `ignored` are full names (see `name`) of fields that a repository adds to the events it
    holds. A standard field is never among them, or two different events would have one hash.
    """

    prefixes: Mapping[str, str] = field(default_factory=lambda: STANDARD)
    ignored: frozenset[str] = frozenset()

    def within(self, node: Mapping[str, Any]) -> Context:
        """The context inside a node of the document, which may declare more prefixes."""
        declared = dict(_prefixes(node.get("@context")))
        return replace(self, prefixes={**self.prefixes, **declared}) if declared else self

    def name(self, key: str) -> str:
        """The full name of a field: its namespace in braces, then its local name.

        A name without a prefix, or with one that nobody declared, stays as it is.

        >>> Context({"ex": "https://example.com/"}).name("ex:grade")
        '{https://example.com/}grade'
        >>> Context().name("ex:grade"), Context().name("epcList")
        ('ex:grade', 'epcList')
        """
        found = self._split(key)
        return f"{{{found[0]}}}{found[1]}" if found else key

    def uri(self, value: str) -> str:
        """The full URI of a value that is a word of GS1 in compact form; any other as it is.

        Not that of a sender's own word: XML has no compact values, so there it stays.

        >>> Context({"v": "https://ref.gs1.org/cbv/"}).uri("v:BizStep-shipping")
        'https://ref.gs1.org/cbv/BizStep-shipping'
        >>> Context({"ex": "https://example.com/"}).uri("ex:waiting")
        'ex:waiting'
        """
        found = self._split(value)
        return "".join(found) if found and found[0] in _VOCABULARIES else value

    def _split(self, compact: str) -> tuple[str, str] | None:
        prefix, colon, local = compact.partition(":")
        namespace = self.prefixes.get(prefix)
        if namespace is None or not colon or local.startswith("//"):
            return None
        return None if any(letter.isspace() for letter in local) else (namespace, local)


def context_of(document: Mapping[str, Any]) -> Context:
    """The context of an EPCIS document, a query document or a bare event.

    The fields to be ignored are those that the document lists under a name `ignoreFields` in
    any namespace, at its top or beside the results of a query. The standard has no such list:
    the published algorithm's implementation reads it, and its golden files use it.
    """
    context = Context().within(document)
    body = document.get("epcisBody")
    results = body.get("queryResults") if isinstance(body, Mapping) else None
    named = [*_ignored(document), *(_ignored(results) if isinstance(results, Mapping) else ())]
    full = {context.name(key) for key in named}
    return replace(context, ignored=frozenset(name for name in full if ":" in name))


def _prefixes(declared: Any) -> Iterator[tuple[str, str]]:
    """Each prefix with its namespace; later ones win. Keywords of JSON-LD are none."""
    for each in declared if isinstance(declared, list) else [declared]:
        for prefix, meaning in each.items() if isinstance(each, Mapping) else ():
            namespace = meaning.get("@id") if isinstance(meaning, Mapping) else meaning
            if isinstance(namespace, str) and not prefix.startswith("@"):
                yield prefix, namespace


def _ignored(node: Mapping[str, Any]) -> Iterator[str]:
    for key, value in node.items():
        if key.endswith(IGNORED) and isinstance(value, list):
            yield from (name for name in value if isinstance(name, str))
