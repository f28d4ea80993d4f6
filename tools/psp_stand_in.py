"""A payment provider for trials, made to docs/connectors/custom-psp.openapi.json.

It keeps payments in memory, takes no money, and has a page where the customer pays by opening it::

    python -m tools.psp_stand_in --port 4020
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from tools.emulators import LOOPBACK

API_KEY = "key-of-the-stand-in-1"
STOP_POLL_S = 0.01
NOTIFICATION_SECRET = "secret-of-the-stand-in"  # noqa: S105 - of a provider that takes no money
Json = dict[str, Any]


class Refused(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


@dataclass
class StandIn:
    """The provider.

    ``calls`` are the requests that it got. ``after`` is called with each request's method and path,
    after the work is done and before the answer: its result replaces the answer, and its error cuts
    the connection.
    """

    url: str
    payments: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, list[Json]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    after: Callable[[str, str], tuple[int, bytes] | None] = lambda *_: None
    _answers: dict[tuple[str, str], tuple[int, Json]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def serve(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, Json]:
        """Answer a request of the API."""
        url = urlsplit(target)
        with self._lock:
            self.calls.append((method, url.path))
            if headers.get("Authorization") != f"Bearer {API_KEY}":
                raise Refused(
                    401, "unauthorized", f"The key {headers.get('Authorization')} is wrong."
                )
            if method == "GET":
                return 200, self._read(url.path, parse_qs(url.query))
            if not headers.get("Idempotency-Key"):
                raise Refused(422, "no_key", "The header Idempotency-Key is missing.")
            key = (url.path, headers["Idempotency-Key"])
            if key not in self._answers:
                status, answer = self._write(url.path, _parsed(body))
                # A copy: a repeated call gets the first answer, even if the object has changed.
                self._answers[key] = status, dict(answer)
            return self._answers[key]

    def pay(self, payment_id: str, *, succeeds: bool = True, notifies: bool = True) -> None:
        """Pay as a customer does on the page, and report the payment."""
        with self._lock:
            payment = self.payments[payment_id]
            if payment["status"] not in {"requires_action", "pending"}:
                return
            if not succeeds:
                payment["status"] = "failed"
            elif payment["captureLater"]:
                payment["status"] = "authorized"
            else:
                payment |= {"status": "paid", "capturedMinor": payment["amountMinor"]}
        if notifies:
            self.notify(payment_id)

    def notify(self, payment_id: str) -> int:
        """Report a payment; return the status of the answer."""
        payment = self.payments[payment_id]
        body = json.dumps({"paymentId": payment_id, "reference": payment["reference"]}).encode()
        request = Request(
            payment["notificationUrl"], body, {"X-Signature": sign(body)}, method="POST"
        )
        with urlopen(request, timeout=30) as answer:
            status: int = answer.status
            return status

    def _read(self, path: str, query: dict[str, list[str]]) -> Json:
        wanted = query.get("reference", [""])[0]
        match path.strip("/").split("/"):
            case ["account"]:
                return {"id": "acct_1"}
            case ["payments"]:
                found = [each for each in self.payments.values() if each["reference"] == wanted]
                return {"payments": found}
            case ["payments", payment_id]:
                return self._payment(payment_id)
            case ["payments", payment_id, "refunds"]:
                made = self.refunds.get(self._payment(payment_id)["id"], [])
                return {"refunds": [each for each in made if each["reference"] == wanted]}
        raise Refused(404, "not_found", "There is nothing here.")

    def _write(self, path: str, body: Json) -> tuple[int, Json]:
        match path.strip("/").split("/"):
            case ["payments"]:
                return 201, self._create(body)
            case ["payments", payment_id, "capture"]:
                _require(body, amountMinor=int)
                return 200, self._capture(self._payment(payment_id), body["amountMinor"])
            case ["payments", payment_id, "cancel"]:
                return 200, self._cancel(self._payment(payment_id))
            case ["payments", payment_id, "refunds"]:
                return 201, self._refund(self._payment(payment_id), body)
        raise Refused(404, "not_found", "There is nothing here.")

    def _payment(self, payment_id: str) -> Json:
        if payment_id not in self.payments:
            raise Refused(404, "not_found", f"There is no payment {payment_id}.")
        return self.payments[payment_id]

    def _create(self, body: Json) -> Json:
        _require(body, reference=str, amountMinor=int, currency=str, returnUrl=str)
        payment_id = f"p_{next(self._numbers)}"
        self.payments[payment_id] = {
            **body,
            "id": payment_id,
            "status": "requires_action",
            "capturedMinor": 0,
            "refundedMinor": 0,
            "redirectUrl": f"{self.url}/page/{payment_id}",
            "failure": None,
        }
        return self.payments[payment_id]

    def _capture(self, payment: Json, amount_minor: int) -> Json:
        if payment["status"] != "authorized":
            raise Refused(409, "wrong_status", f"The payment is {payment['status']}.")
        payment |= {"status": "paid", "capturedMinor": amount_minor}
        return payment

    def _cancel(self, payment: Json) -> Json:
        if payment["status"] == "paid":
            raise Refused(409, "wrong_status", "The payment is paid.")
        payment["status"] = "canceled"
        return payment

    def _refund(self, payment: Json, body: Json) -> Json:
        _require(body, reference=str, amountMinor=int, reason=str)
        left = payment["capturedMinor"] - payment["refundedMinor"]
        if body["amountMinor"] > left:
            raise Refused(422, "too_much", f"Only {left} is left.")
        payment["refundedMinor"] += body["amountMinor"]
        made = {"id": f"r_{next(self._numbers)}", "status": "succeeded", **body, "failure": None}
        self.refunds.setdefault(payment["id"], []).append(made)
        return made


def _parsed(body: bytes) -> Json:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(422, "no_object", "The body is no JSON object.")
    return found


def _require(body: Json, **kinds: type) -> None:
    """Refuse a body without these fields, or with invalid amounts."""
    for name, kind in kinds.items():
        if not isinstance(body.get(name), kind) or (kind is int and body[name] < 1):
            raise Refused(422, "invalid_field", f"{name} is missing or wrong.")


def sign(body: bytes, *, at_s: int | None = None, secret: str = NOTIFICATION_SECRET) -> str:
    """Sign a notification."""
    moment_s = int(time.time()) if at_s is None else at_s
    signature = hmac.new(secret.encode(), f"{moment_s}.".encode() + body, hashlib.sha256)
    return f"t={moment_s},v1={signature.hexdigest()}"


@contextmanager
def running(port: int = 0) -> Iterator[StandIn]:
    """Run a provider on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers

        def do_GET(self) -> None:
            page = re.fullmatch(r"/page/(p_\d+)", self.path)
            if page:
                provider.pay(page[1])
                self._send(200, b"<p>Paid.</p>", "text/html")
            else:
                self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, method: str, body: bytes) -> None:
            try:
                status, answer = provider.serve(method, self.path, self.headers, body)
                text = json.dumps(answer).encode()
            except Refused as refused:
                status, text = refused.status, json.dumps(refused.body).encode()
            instead = provider.after(method, urlsplit(self.path).path)
            self._send(*(instead or (status, text)), "application/json")

        def _send(self, status: int, text: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    server.daemon_threads = True
    provider = StandIn(f"http://{LOOPBACK}:{server.server_port}")
    # Check often for the stop: by default it takes half a second, in every test.
    threading.Thread(target=server.serve_forever, args=(STOP_POLL_S,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    """Run until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tools.psp_stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=4020)
    with running(parser.parse_args().port) as provider:
        print(f"{provider.url}  key {API_KEY}  notifications signed with {NOTIFICATION_SECRET}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
