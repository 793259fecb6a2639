"""Contenders in processes of their own: what one holds in memory slows no other down."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from benchmarks.asked import Kind, Question, TimedOut
from benchmarks.contenders import CONTENDERS, Contender, Setting
from benchmarks.servers import shared_once


class Took(NamedTuple):
    """Seconds of one answer, its digest and count where they were asked for, and its bytes."""

    seconds: float
    digest: str | None
    items: int | None
    size: int | None
    timed_out: bool = False


class Failed(Exception):
    """A contender broke down; the text is its trace."""


class Worker:
    """One contender in a process of its own; several get ready at once."""

    def __init__(self, name: str, setting: Setting) -> None:
        self.name = name
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(name, setting, there), daemon=True)
        self._process.start()
        there.close()  # so that the end of the process ends the wait for it
        self.kinds: frozenset[Kind] = frozenset()
        self.stored: int | None = None

    def ready(self) -> None:
        """Wait until the contender can be asked."""
        self.kinds, self.stored = self._received()

    def ask(self, question: Question, *, compared: bool) -> Took:
        """Ask, and say what it took; the digest only where answers are compared."""
        self._pipe.send((question, compared))
        took: Took = self._received()
        return took

    def resident(self) -> int:
        """The bytes of the process in memory."""
        return shared_once(self._process.pid or 0)

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(BrokenPipeError):
            self._pipe.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()

    def _received(self) -> Any:
        try:
            said = self._pipe.recv()
        except EOFError:
            raise Failed(f"{self.name} ended") from None
        if isinstance(said, str):
            raise Failed(f"{self.name}:\n{said}")
        return said


def _serve(name: str, setting: Setting, pipe: Connection) -> None:
    try:
        contender = CONTENDERS[name].make(setting)
        pipe.send((contender.kinds, contender.stored()))
        while (asked := pipe.recv()) is not None:
            pipe.send(_measured(contender, *asked))
        contender.close()
    except Exception:
        pipe.send(traceback.format_exc())


def _measured(contender: Contender, question: Question, compared: bool) -> Took:
    contender.ready()
    begin = time.perf_counter()
    try:
        answer = contender.ask(question)
    except TimedOut:
        return Took(time.perf_counter() - begin, None, None, None, timed_out=True)
    seconds = time.perf_counter() - begin
    if not compared:
        return Took(seconds, None, None, answer.size)
    return Took(seconds, answer.digest(), len(answer.said), answer.size)
