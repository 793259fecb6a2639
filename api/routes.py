"""All routes, in the order in which they are tried: what is asked most often comes first.

They are the same in every service, and are built once in a process: for each application anew it
would take a third of a second, as schemas of all answers are made of it.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api import (
    anomalies,
    arrivals,
    capture,
    digital_link,
    events,
    gate,
    genealogy,
    health,
    items,
    journal,
    orders,
    positions,
    problem_types,
    schema,
    scope_parts,
    scopes,
    suspects,
)
from api.epcis import router as epcis

PAGES = "api.pages.router"
_MODULES: tuple[Any, ...] = (
    gate, capture, health, events, journal, genealogy, positions, orders,
    scopes, scope_parts, suspects, anomalies, arrivals, schema, problem_types, digital_link,
)  # fmt: skip


def operation_id(route: APIRoute) -> str:
    """What an operation is called in the description: as its function."""
    return route.name


@cache
def routes() -> tuple[BaseRoute, ...]:
    """The routes of every application, which find their service by the request."""
    found = APIRouter(generate_unique_id_function=operation_id)
    for module in _MODULES:
        found.include_router(module.router)
    for router in epcis.routers:
        found.include_router(router)
    found.include_router(items.router)
    found.include_router(items.last)
    if pages() is not None:
        pages().include(found)
    return tuple(found.routes)


@cache
def pages() -> Any:
    """The module of the pages where they are installed, else None."""
    if importlib.util.find_spec(PAGES.rpartition(".")[0]) is None:
        return None
    return importlib.import_module(PAGES)
