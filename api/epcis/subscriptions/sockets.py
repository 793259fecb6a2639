"""Subscriptions by WebSocket: each message is a document of what is new.

A client that was cut off goes on behind the last message it has seen: with `after`, the number that
stands in each as `tracegraph:next`, it gets every event once; with `minRecordTime`, which is the
standard's, what was recorded from then on, which may be some it has.

Source: EPCIS 2.0, section 12.7.3.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.answers import PROBLEM_JSON
from api.callers import caller_of
from api.epcis.answers import query_document
from api.epcis.exceptions import exception
from api.epcis.headers import announced, require_version
from api.epcis.stored_queries import query_named
from api.epcis.subscriptions.news import News, behind, news
from api.epcis.subscriptions.schedule import FIELDS, Schedule, read_schedule
from api.epcis.subscriptions.subscription import read_past
from api.problems import FORBIDDEN, UNKNOWN_QUERY, Problem, problem_of
from api.service import Service
from tracegraph.formats.epcis import OWN_CONTEXT
from tracegraph.formats.epcis.query import Query
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused, TracegraphError

LOOK_SECONDS = 0.25
SEND_SECONDS = 30.0
_GOING_AWAY, _REFUSED = 1001, 1008

# Its checks are made once a refusal can be told, as for no other route.
router = APIRouter(prefix="/epcis")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for in the address; without a schedule it is a stream."""

    schedule: Schedule | None
    report_if_empty: bool
    after: int | None
    initial: Instant | None


@router.websocket("/queries/{name}/events")
async def follow(socket: WebSocket, name: str) -> None:
    """Send what is new for a stored query, until the client leaves or the service ends."""
    service: Service = socket.app.state.service
    try:
        require_version(socket)
        _require_own_pages(socket)
        await caller_of(socket, service, "reader")
        wish = _read(socket.query_params)
        query = await run_in_threadpool(query_named, service.graph.store, name)
        if query is None:
            raise Problem(UNKNOWN_QUERY, "GET /epcis/queries lists those there are.")
        start = wish.after
        if start is None:
            start = await run_in_threadpool(behind, service.graph.store, wish.initial)
    except (Problem, TracegraphError) as error:
        await _deny(socket, error)
        return
    said = announced(service.settings).items()
    await socket.accept(headers=[(key.encode(), value.encode()) for key, value in said])
    gone = asyncio.create_task(_gone(socket))
    try:
        await _serve(socket, service, name, query, wish, start, gone)
    except WebSocketDisconnect:
        pass
    finally:
        gone.cancel()


async def _serve(
    socket: WebSocket, service: Service, name: str, query: Query, wish: Wish, after: int,
    gone: asyncio.Task[None],
) -> None:  # fmt: skip
    store = service.graph.store
    due = _next(wish)
    while not gone.done():
        if service.stopping.is_set():
            await socket.close(_GOING_AWAY)
            return
        try:
            await caller_of(socket, service, "reader")
        except Problem:  # the key was revoked
            await socket.close(_REFUSED)
            return
        published = (await run_in_threadpool(store.published)).seq
        if time.time() >= due and (published > after or wish.schedule is not None):
            again = await run_in_threadpool(query_named, store, name)
            if again is None:  # it was deleted, and its subscriptions end with it
                await socket.close()
                return
            query, empty = again, wish.report_if_empty
            while not (gone.done() or service.stopping.is_set()):
                found = await run_in_threadpool(news, store, query, after, published)
                after = max(after, found.upto)
                if found.events or (empty and after >= published):
                    empty = False
                    if not await _sent(socket, _message(name, found)):
                        return
                if after >= published:
                    break
            due = _next(wish)
        await asyncio.wait({gone}, timeout=LOOK_SECONDS)


async def _sent(socket: WebSocket, message: str) -> bool:
    """Whether a client took a message; one that does not read holds nothing up for ever."""
    try:
        await asyncio.wait_for(socket.send_text(message), SEND_SECONDS)
    except TimeoutError:
        return False
    return True


async def _gone(socket: WebSocket) -> None:
    """Wait until the client leaves; what it sends says nothing."""
    try:
        while True:
            await socket.receive()
    except (RuntimeError, WebSocketDisconnect):
        return


def _message(name: str, found: News) -> str:
    document = query_document(found.events, name)
    document["@context"] = [*document["@context"], OWN_CONTEXT]
    document["epcisBody"]["queryResults"]["tracegraph:next"] = found.upto
    return orjson.dumps(document).decode()


def _next(wish: Wish) -> float:
    """When a schedule comes next; at once for a stream."""
    return 0.0 if wish.schedule is None else wish.schedule.due(time.time())


def _require_own_pages(socket: WebSocket) -> None:
    """Raises Problem for a browser on a page of elsewhere.

    A browser lets any page open a socket to any address, in the name of who looks at it.
    """
    origin = socket.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != socket.headers.get("host"):
        raise Problem(FORBIDDEN, "A page of another address may not ask here.")


async def _deny(socket: WebSocket, error: Problem | TracegraphError) -> None:
    """Answer a handshake with a problem."""
    problem = error if isinstance(error, Problem) else problem_of(error)
    document = exception(problem.document("websocket"))
    await socket.send_denial_response(
        Response(orjson.dumps(document), document["status"], problem.headers, PROBLEM_JSON)
    )


def _read(sent: Mapping[str, str]) -> Wish:
    """The parameters of a handshake. Raises Refused."""
    faults = [
        Refusal(f"/{name}", "unknown", "is not a parameter.", ", ".join(_PARAMETERS))
        for name in sent
        if name not in _PARAMETERS
    ]
    for name in ("stream", "reportIfEmpty"):
        if sent.get(name, "true") not in {"true", "false"}:
            faults.append(Refusal(f"/{name}", "flag", "is neither.", "true or false"))
    fields = {name: sent[name] for name in FIELDS if name in sent}
    schedule = read_schedule(fields) if fields else None
    if isinstance(schedule, list):
        faults += schedule
    if (sent.get("stream") == "true") == (schedule is not None):
        detail = "One of stream and the fields of a schedule is needed, and not both."
        faults.append(Refusal("/stream", "when", detail, f"true, or {', '.join(FIELDS)}"))
    after, initial = sent.get("after"), sent.get("minRecordTime")
    if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 19):
        faults.append(Refusal("/after", "seq", "is no number.", "tracegraph:next of a message"))
    bound = None if initial is None else read_past(initial, "/minRecordTime", faults)
    if faults:
        raise Refused(tuple(faults))
    return Wish(
        schedule if isinstance(schedule, Schedule) else None,
        sent.get("reportIfEmpty") == "true",
        None if after is None else int(after),
        bound,
    )


_PARAMETERS = ("stream", "reportIfEmpty", "minRecordTime", "after", *FIELDS)
