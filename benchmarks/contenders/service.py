"""tracegraph over HTTP: one connection that is kept alive, to a service on this machine."""

from __future__ import annotations

import http.client
import time
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from benchmarks.asked import Answer, Kind, Question
from benchmarks.contenders import Setting

IDLE_SECONDS = 2.0  # the service closes after five


def on_sqlite(setting: Setting) -> Service:
    """A service of the embedded engine."""
    return Service(setting.services["sqlite"])


def on_neo4j(setting: Setting) -> Service:
    """A service of the engine of production."""
    return Service(setting.services["neo4j"])


class Service:
    """`tracegraph serve`. What is measured ends with the last byte of the answer.

    It is read afterwards, and only for what is compared.
    """

    kinds: frozenset[Kind] = frozenset({"trace", "scope", "gate", "search", "history", "empty"})

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._used = 0.0

    def ready(self) -> None:
        """Connect again where the service has closed a connection that was idle."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
            self._connection.connect()

    def ask(self, question: Question) -> Answer:
        """Answer by one request."""
        keys = question.keys
        match question.kind:
            case "empty":
                return self._get("/health", lambda said: [])
            case "trace":
                query = {"direction": question.way, "view": "list"}
                if len(keys) == 1:
                    path = f"/v1/items/{quote(keys[0], safe='')}/genealogy?{urlencode(query)}"
                else:
                    seeds = [("item", key) for key in keys]
                    path = f"/v1/genealogy?{urlencode([*query.items(), *seeds])}"
                return self._get(path, lambda said: [row["key"] for row in said["list"]])
            case "scope":
                body = {"seeds": list(keys), "save": False, "budget": 1_000_000}
                return self._post(
                    "/v1/scopes",
                    body,
                    lambda said: [
                        f"{i['key']} {i['certainty']} {i['units_min']}" for i in said["items"]
                    ],
                )
            case "gate":
                return self._post(
                    "/v1/gate",
                    {"items": list(keys), "purpose": "ship"},
                    lambda said: [f"{r['item']} {r['rule']}" for r in said["refusals"]],
                )
            case "search":
                path = f"/v1/items?{urlencode({'text': question.text, 'limit': 50})}"
                return self._get(path, lambda said: [item["key"] for item in said["items"]])
            case "history":
                path = f"/v1/items/{quote(keys[0], safe='')}/history"
                return self._get(path, lambda said: [entry["key"] for entry in said["entries"]])
        raise ValueError(question.kind)

    def stored(self) -> int | None:
        """Nothing of its own."""
        return None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _get(self, path: str, read: Any) -> Answer:
        return self._answer("GET", path, None, read)

    def _post(self, path: str, body: Any, read: Any) -> Answer:
        return self._answer("POST", path, orjson.dumps(body), read)

    def _answer(self, method: str, path: str, body: bytes | None, read: Any) -> Answer:
        headers = {"content-type": "application/json"} if body else {}
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        self._used = time.monotonic()
        if response.status != 200:
            raise ValueError(f"{method} {path[:100]}: {response.status} {content[:300]!r}")
        return Answer(Later(content, read), len(content))


class Later:
    """What an answer says, parsed only when somebody looks."""

    def __init__(self, content: bytes, read: Any) -> None:
        self._content = content
        self._read = read

    def __iter__(self) -> Any:
        return iter(self._read(orjson.loads(self._content)))

    def __len__(self) -> int:
        return len(self._read(orjson.loads(self._content)))

    def __contains__(self, one: object) -> bool:
        return one in list(self)
