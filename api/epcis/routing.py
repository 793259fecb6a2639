"""A router of the EPCIS interface.

The standard publishes the description of this interface; docs/epcis.md says what is offered.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.epcis.headers import require_version


def epcis_router() -> APIRouter:
    """One under /epcis, for clients that speak a version that is spoken here."""
    return APIRouter(
        prefix="/epcis", include_in_schema=False, dependencies=[Depends(require_version)]
    )
