"""Headers of the EPCIS interface: versions, limits, and what a client may ask for.

Source: EPCIS 2.0, section 12.4 (REST binding, headers).
"""

from __future__ import annotations

from typing import Literal, get_args

from fastapi import Request
from starlette.requests import HTTPConnection

from api.problems import BAD_REQUEST, NOT_ACCEPTABLE, Problem
from tracegraph import __version__
from tracegraph.formats.epcis.translating import EpcFormat
from tracegraph.model.refusal import Refusal
from tracegraph.settings import Settings

Behaviour = Literal["rollback", "proceed"]
VERSION = "2.0.0"
_BEHAVIOUR = "GS1-Capture-Error-Behaviour"
EPC_FORMAT = "GS1-EPC-Format"
_FORMATS: dict[str, EpcFormat] = {name.lower(): name for name in get_args(EpcFormat)}
_VERSIONS = {"GS1-EPCIS": (2, 0, 0), "GS1-CBV": (2, 0, 0)}


def announced(settings: Settings) -> dict[str, str]:
    """What the service says of itself."""
    found = {"GS1-Vendor-Version": __version__}
    for name in _VERSIONS:
        found |= {f"{name}-{end}": VERSION for end in ("Version", "Min", "Max")}
    found["GS1-EPCIS-Capture-Limit"] = str(settings.max_batch_events)
    found["GS1-EPCIS-Capture-File-Size-Limit"] = str(settings.max_body_bytes)
    found[_BEHAVIOUR] = "rollback"
    found[EPC_FORMAT] = "No_Preference"  # every one that is asked for
    return found


def behaviour(request: Request) -> Behaviour:
    """What is to become of the good events of a document with bad ones. Raises Problem."""
    asked = request.headers.get(_BEHAVIOUR, "rollback").strip().lower()
    if asked == "rollback":
        return "rollback"
    if asked == "proceed":
        return "proceed"
    at = f"/header/{_BEHAVIOUR.lower()}"
    refusal = Refusal(at, "literal_error", f"is {asked[:40]!r}.", "rollback or proceed")
    raise Problem(BAD_REQUEST, f"{_BEHAVIOUR} is not valid.", (refusal,))


def epc_format(request: Request) -> EpcFormat:
    """How a client wants identifiers to be written. Raises Problem."""
    asked = request.headers.get(EPC_FORMAT, "No_Preference").strip()
    if (found := _FORMATS.get(asked.lower())) is not None:
        return found
    accepted = ", ".join(get_args(EpcFormat))
    at = f"/header/{EPC_FORMAT.lower()}"
    refusal = Refusal(at, "literal_error", f"is {asked[:40]!r}.", accepted)
    raise Problem(BAD_REQUEST, f"{EPC_FORMAT} is not valid.", (refusal,))


def require_version(request: HTTPConnection) -> None:
    """Refuse a client that speaks no version that is spoken here. Raises Problem."""
    for name, ours in _VERSIONS.items():
        least = _version(request, f"{name}-Min")
        most = _version(request, f"{name}-Max")
        named = _version(request, f"{name}-Version")
        fits = (least is None or least <= ours) and (most is None or ours <= most)
        if not fits or (named is not None and named[:1] != ours[:1]):
            at = f"/header/{name.lower()}-version"
            refusal = Refusal(at, "version", "is not spoken here.", VERSION)
            raise Problem(NOT_ACCEPTABLE, f"{name} {VERSION} is what is spoken.", (refusal,))


def _version(request: HTTPConnection, header: str) -> tuple[int, ...] | None:
    said = request.headers.get(header)
    if said is None:
        return None
    parts = said.strip().split(".")
    if not all(part.isascii() and part.isdecimal() for part in parts) or len(parts) > 3:
        refusal = Refusal(f"/header/{header.lower()}", "version", "is no version.", "as in 2.0.0")
        raise Problem(BAD_REQUEST, f"{header} is not valid.", (refusal,))
    # A version of fewer parts means any of the rest: 2 and 2.0 are met by 2.0.0.
    return tuple(int(part) for part in parts) + (0,) * (3 - len(parts))
