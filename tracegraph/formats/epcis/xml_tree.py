"""XML text as a tree of elements, each named by the key that it has in JSON.

Names in the namespaces of EPCIS stand bare; any other has the prefix that its sender gave, and one
namespace has one prefix throughout. An attribute is read as an element that comes first, in the
order of names, for JSON tells the two apart no more. Nothing depends on the order of attributes.

Comments and processing instructions say nothing. A DOCTYPE is refused as soon as it begins,
so there is no entity to expand and none to fetch.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from tracegraph.formats.epcis.fields import MAX_DEPTH
from tracegraph.model.refusal import Refusal, Refused

ACCEPTED = (
    "an EPCIS document in well-formed XML without a DOCTYPE, "
    "in UTF-8 or in the encoding that its first line declares"
)

# No character of XML 1.0, so that it stands in no namespace and in no name.
_SEPARATOR = "\x1f"
_EPCIS = re.compile(r"urn:epcglobal:epcis(?:-query|-masterdata)?:xsd:[12]")
_FOR_SCHEMAS = "http://www.w3.org/2001/XMLSchema-instance"
_OF_XML = {"http://www.w3.org/XML/1998/namespace": "xml"}

# What the standard's JSON-LD context declares, and forbids to declare anew. The first is spelt
# without the last colon in EPCIS 1.2, and so in many documents since.
_STANDARD = {
    "urn:epcglobal:cbv:mda:": "cbvmda",
    "urn:epcglobal:cbv:mda": "cbvmda",
    "https://ref.gs1.org/cbv/": "cbv",
    "https://ref.gs1.org/epcis/": "epcis",
    "https://gs1.org/voc/": "gs1",
    "https://ref.gs1.org/voc/": "gs1",
    "http://www.w3.org/2001/XMLSchema#": "xsd",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://purl.org/dc/terms/": "dcterms",
}
# These would give other values of a document another meaning: identifiers, and JSON-LD's blanks.
_RESERVED = frozenset({*_STANDARD.values(), *_OF_XML.values(), "urn", "http", "https", "ni", "_"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A document: its root, and the namespace behind each prefix that JSON-LD does not know."""

    root: Element
    prefixes: dict[str, str]


def read_tree(data: bytes) -> Tree:
    """Read a document of XML. Linear in its length.

    Raises Refused with line and column, both counted from 1, where it is not well-formed, has a
    DOCTYPE or nests more than MAX_DEPTH elements; or where its encoding is not known.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    growing = _Growing(parser)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        said = f"is not well-formed XML: {expat.ErrorString(error.code)}"
        raise _refused("xml", said, error.lineno, error.offset) from error
    except Refused:
        raise
    except (LookupError, ValueError) as error:
        # What expat does not know it asks of Python, which knows no such encoding, or only one
        # of several bytes a character.
        said = "declares an encoding that is not read"
        place = parser.CurrentLineNumber, parser.CurrentColumnNumber
        raise _refused("encoding", said, *place) from error
    return Tree(growing.builder.close(), growing.prefixes())


class _Growing:
    """A tree while it is read, and the spelling of the namespaces seen so far."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.builder = TreeBuilder()
        self.depth = 0
        self.spelt = _STANDARD | _OF_XML
        self.taken = set(_RESERVED)
        self.numbers: Counter[str] = Counter()
        self.declared: list[tuple[str, str]] = []
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartNamespaceDeclHandler = self.declare
        parser.StartElementHandler = self.start
        parser.CharacterDataHandler = self.builder.data
        parser.EndElementHandler = self.end

    def doctype(self, *_: object) -> None:
        """Refuse it before anything in it is read."""
        raise self.refused("doctype", "has a DOCTYPE, which could hold entities")

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take note of a namespace of the element that starts next."""
        if uri:
            self.declared.append((prefix or "ns", uri))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Add an element, its attributes as elements within it."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.refused("depth", f"nests elements more than {MAX_DEPTH} deep")
        for prefix, uri in sorted(self.declared):
            if uri not in self.spelt:
                self.spelt[uri] = self.free(prefix)
        self.declared.clear()
        self.builder.start(self.key(name), {})
        kept = ((self.key(each), text) for each, text in attributes.items() if _says(each))
        for key, text in sorted(kept):
            self.builder.start(key, {})
            self.builder.data(text)
            self.builder.end(key)

    def end(self, name: str) -> None:
        """Close an element."""
        self.depth -= 1
        self.builder.end(self.key(name))

    def key(self, name: str) -> str:
        """The name as JSON spells it."""
        uri, separator, local = name.rpartition(_SEPARATOR)
        if not separator or _EPCIS.fullmatch(uri):
            return local
        return f"{self.spelt[uri]}:{local}"

    def free(self, prefix: str) -> str:
        """The prefix; with a number where it has a meaning already. Amortised constant."""
        found = prefix
        while found in self.taken:
            self.numbers[prefix] += 1
            found = f"{prefix}_{self.numbers[prefix]}"
        self.taken.add(found)
        return found

    def prefixes(self) -> dict[str, str]:
        """The namespaces that JSON-LD has to be told of, by prefix."""
        return {prefix: uri for uri, prefix in self.spelt.items() if uri not in _STANDARD}

    def refused(self, rule: str, said: str) -> Refused:
        """A refusal at the place that is being read."""
        return _refused(rule, said, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber)


def _says(attribute: str) -> bool:
    """Whether an attribute says something of its element, not of its schema."""
    return not attribute.startswith(_FOR_SCHEMAS + _SEPARATOR)


def _refused(rule: str, said: str, line: int, column: int) -> Refused:
    return Refused((Refusal("", rule, f"{said}, at line {line}, column {column + 1}.", ACCEPTED),))
