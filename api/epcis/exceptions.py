"""Problems under /epcis are of the types that the standard publishes.

Source: EPCIS 2.0, section 12 (REST binding), its table of exceptions; the bodies are those of
RFC 9457, with the errors of this service.
"""

from __future__ import annotations

from typing import Any

PREFIX = "/epcis"
_NAMESPACE = "epcisException:"
_BAD_REQUEST = 400
# By status of the native problem: what the standard calls it, and the status it gives it.
_EXCEPTIONS: dict[int, tuple[str, int]] = {
    400: ("ValidationException", 400),
    401: ("SecurityException", 401),
    403: ("SecurityException", 403),
    404: ("NoSuchResourceException", 404),
    405: ("ImplementationException", 405),
    406: ("NotAcceptableException", 406),
    409: ("ResourceAlreadyExistsException", 409),
    413: ("CaptureLimitExceededException", 413),
    415: ("UnsupportedMediaTypeException", 415),
    422: ("ValidationException", 400),  # the standard knows no 422
}
# Of those that share a status, by the last part of the native type.
_NAMED = {
    "unknown-query": "NoSuchNameException",
    "query-too-large": "QueryTooLargeException",
    "query-too-complex": "QueryTooComplexException",
    "address-too-long": "URITooLongException",
}
_OTHER = "ImplementationException"
_QUERY = "QueryParameterException"


def is_epcis(path: str) -> bool:
    """Whether an address is one of the EPCIS interface."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def exception(document: dict[str, Any]) -> dict[str, Any]:
    """A problem as the standard has it."""
    name, status = _EXCEPTIONS.get(document["status"], (_OTHER, document["status"]))
    name = _NAMED.get(document["type"].rpartition("/")[2], name)
    pointers = [error["pointer"] for error in document.get("errors", ())]
    if status == _BAD_REQUEST and pointers and all(at.startswith("/query/") for at in pointers):
        name = _QUERY
    return {**document, "type": _NAMESPACE + name, "status": status}
