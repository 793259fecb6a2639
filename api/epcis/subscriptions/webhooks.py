"""Sending by webhook, signed, so that a receiver knows who sent what, and whether it has it.

Source: Standard Webhooks 1.0 (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`; the
symmetric signature); EPCIS 2.0, section 12.7.3 (`GS1-Signature`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from api.answers import JSON
from api.epcis.headers import VERSION
from api.epcis.subscriptions.subscription import SECRET_PREFIX

TIMEOUT_SECONDS = 10.0
GONE = 410
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receiver made of a message: taken, gone for good, or an error in words."""

    error: str | None = None
    gone: bool = False


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message, with the version of its scheme.

    A secret `whsec_…` is base64 behind its prefix; any other is its UTF-8 bytes.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
    ...           1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = f"{id}.{timestamp}.".encode() + body
    made = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def send(dest: str, secret: str | None, id: str, timestamp: int, body: bytes) -> Receipt:
    """Send a message, once. Never raises for what the receiver or the network does.

    A redirect is an error: a signed message is for the one who gave the address. However slowly
    a receiver reads and answers, once connected it has TIMEOUT_SECONDS for all of it.
    """
    headers = {
        "content-type": JSON,
        "GS1-EPCIS-Version": VERSION,
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
    }
    connection: http.client.HTTPConnection | None = None
    try:
        if secret is not None:
            signed = signature(secret, id, timestamp, body)
            headers |= {"webhook-signature": signed, "GS1-Signature": signed}
        connection, target = _connected(dest)
        cut = threading.Timer(TIMEOUT_SECONDS, _cut, (connection.sock,))
        cut.daemon = True
        cut.start()
        try:
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
        finally:
            cut.cancel()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Receipt(f"{type(error).__name__}: {error}"[:200])
    finally:
        if connection is not None:
            connection.close()
    if status in _SUCCESS:
        return Receipt()
    return Receipt(f"It was answered {status}.", status == GONE)


def _connected(dest: str) -> tuple[http.client.HTTPConnection, str]:
    """A connection to a receiver, and what it is asked for."""
    parts = urlsplit(dest)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    connection.connect()
    return connection, urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _key(secret: str) -> bytes:
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except ValueError:
            pass  # only looks like one
    return secret.encode("utf-8", "surrogatepass")
