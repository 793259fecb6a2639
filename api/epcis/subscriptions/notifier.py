"""Threads that serve subscriptions: each message once it is due, again until it is taken.

What is sent is settled before it is sent: up to which seq, under which id. So a message that was
sent before the service ended, and is sent again by the next, is the same one, and a receiver that
keeps ids takes it once. Of several services on a store the one that leases a subscription serves
it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import structlog

from api.epcis.answers import query_document
from api.epcis.subscriptions.news import news, told_before
from api.epcis.subscriptions.subscription import KIND, Subscription
from api.epcis.subscriptions.webhooks import TIMEOUT_SECONDS, Receipt, send
from tracegraph.formats.epcis.query import Query
from tracegraph.model.instant import Instant
from tracegraph.store.port import Document, GraphStore, StoreUnavailable, VersionConflict

LOOK_SECONDS = 0.25
LEASE_SECONDS = 2 * TIMEOUT_SECONDS + 5.0  # to connect, and to send and be answered
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 5.0, 3600.0
_MOST_DOUBLINGS = 16
_IDLE = 4  # how much seldomer it is looked where nobody has subscribed
_AT_ONCE = 8  # messages under way
_MOST_UNTOLD = 50_000  # events that a service looks at again when it is started

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")

Queries = Callable[[str], Query | None]
"""A named query, to be asked; None where there is none any more."""


class Notifier:
    """Serves the webhooks of one service."""

    def __init__(self, store: GraphStore, queries: Queries) -> None:
        self._store = store
        self._queries = queries
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._senders: ThreadPoolExecutor | None = None
        self._busy: dict[str, Future[None]] = {}
        self._nothing: dict[str, int] = {}  # up to where there is nothing, by subscription

    def start(self) -> None:
        """Begin."""
        self._senders = ThreadPoolExecutor(_AT_ONCE, "epcis-webhook")
        self._thread = threading.Thread(target=self._work, name="epcis-notifier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End once the messages under way are answered, or not."""
        self._stopping.set()
        if self._thread is not None and self._senders is not None:
            self._thread.join()
            self._senders.shutdown(cancel_futures=True)

    def _work(self) -> None:
        pause = LOOK_SECONDS
        while not self._stopping.wait(pause):
            try:
                pause = LOOK_SECONDS * (1 if self._look() else _IDLE)
            except StoreUnavailable:
                log.warning("epcis.store_away", served="subscriptions")
            except Exception:
                log.exception("epcis.not_notified")

    def _look(self) -> bool:
        """Set to work on whatever is due; whether there is any subscription at all."""
        self._busy = {id: under for id, under in self._busy.items() if not under.done()}
        documents = self._store.documents(KIND)
        if not documents or self._senders is None:
            return False
        self._nothing = {d.id: self._nothing.get(d.id, 0) for d in documents}
        published = self._store.published().seq
        for document in documents:
            try:
                self._begin(document, published)
            except Exception:  # of this one: the others are served
                log.exception("epcis.not_notified", subscription=document.id)
        return True

    def _begin(self, document: Document, published: int) -> None:
        if document.id in self._busy or self._senders is None:
            return
        if _is_due(self._seen(document), published, time.time()):
            self._busy[document.id] = self._senders.submit(self._serve, document, published)

    def _seen(self, document: Document) -> Subscription:
        """A subscription, as far as it is known that there is nothing for it."""
        wanted = Subscription.of(document)
        if wanted.upto is not None:
            return wanted
        return replace(wanted, after=max(wanted.after, self._nothing.get(document.id, 0)))

    def _serve(self, document: Document, published: int) -> None:
        try:
            with suppress(VersionConflict):  # another service has leased it, or it was deleted
                self._deliver(document, published)
        except StoreUnavailable:
            log.warning("epcis.store_away", subscription=document.id)
        except Exception:
            log.exception("epcis.not_notified", subscription=document.id)

    def _deliver(self, document: Document, published: int) -> None:
        """Send what is new for a subscription, until all up to a seq is told."""
        stored, wanted = Subscription.of(document), self._seen(document)
        query = self._queries(wanted.query)
        if query is None:
            self._store.delete_document(KIND, document.id)  # its query was
            return
        empty = not wanted.stream and wanted.report_if_empty
        while not self._stopping.is_set():
            if wanted.upto is not None:  # settled before: the same message again
                found = told_before(self._store, query, wanted.after, wanted.upto)
            else:
                found = news(self._store, query, wanted.after, published)
            done = found.upto >= published
            if found.events or wanted.upto is not None or (empty and done):
                leased = replace(wanted, upto=found.upto, leased=time.time() + LEASE_SECONDS)
                document = self._store.put_document(leased.stored(document))
                receipt = _sent(document.id, leased, found.events)
                document = self._settle(document, leased, receipt, done=done)
                wanted = stored = Subscription.of(document)
                done, empty = done or receipt.error is not None, False
            else:
                wanted = _farther(replace(wanted, upto=found.upto), done=done)
                self._nothing[document.id] = wanted.after
            if done:
                break
        if not wanted.stream or wanted.after - stored.after > _MOST_UNTOLD:
            self._keep(document, stored, wanted)

    def _settle(
        self, document: Document, leased: Subscription, receipt: Receipt, *, done: bool
    ) -> Document:
        """Store what became of a message, also where another service leased it meanwhile."""
        try:
            return self._store.put_document(_after(leased, receipt, done=done).stored(document))
        except VersionConflict:
            again = self._store.document(KIND, document.id)
            if again is None or receipt.error is not None:
                raise
            theirs = Subscription.of(again)
            if (theirs.after, theirs.upto) != (leased.after, leased.upto):
                raise
            return self._store.put_document(_after(theirs, receipt, done=done).stored(again))

    def _keep(self, document: Document, stored: Subscription, wanted: Subscription) -> None:
        """Store how far it is where nothing was sent; a stream is spared a write a look."""
        if wanted != stored:
            self._store.put_document(wanted.stored(document))


def _sent(id: str, wanted: Subscription, events: list[dict[str, Any]]) -> Receipt:
    document = query_document(events, wanted.query)
    document["epcisBody"]["queryResults"]["subscriptionID"] = id
    # A report of nothing is one each time; else receivers that keep ids would take the first only.
    run = "" if events else f".{int(wanted.due)}"
    message = f"{id}.{wanted.after}-{wanted.upto}{run}"
    body = orjson.dumps(document)
    receipt = send(wanted.dest, wanted.secret, message, int(time.time()), body)
    log.info("epcis.notified", subscription=id, events=len(events), error=receipt.error)
    return receipt


def _is_due(subscription: Subscription, published: int, now: float) -> bool:
    if subscription.ended or now < max(subscription.due, subscription.leased):
        return False
    waiting = subscription.upto is not None or subscription.after < published
    return waiting or not subscription.stream


def _after(wanted: Subscription, told: Receipt, *, done: bool) -> Subscription:
    """What a subscription is after a message: farther, or to be tried again."""
    now = time.time()
    if told.error is not None:
        doubled = 2 ** min(wanted.failures, _MOST_DOUBLINGS)
        wait = min(FIRST_RETRY_SECONDS * doubled, LAST_RETRY_SECONDS)
        return replace(
            wanted, failures=wanted.failures + 1, last_error=told.error, ended=told.gone,
            due=now + wait, leased=0.0,
        )  # fmt: skip
    notified = str(Instant(round(now * 1_000_000)))
    farther = _farther(wanted, done=done)
    return replace(farther, failures=0, last_error=None, last_notified_at=notified)


def _farther(wanted: Subscription, *, done: bool) -> Subscription:
    """A subscription that was told all up to `upto`; of a schedule, the next run is due."""
    after = wanted.after if wanted.upto is None else wanted.upto
    farther = replace(wanted, after=after, upto=None, leased=0.0)
    return replace(farther, due=farther.next_run(time.time())) if done else farther
