"""A till system for trials: the part of KORONA.cloud's API v3 that the connector uses.

It keeps products, receipts and stock adjustments in memory, and lists them in the order of their
revisions, as the real one does. It does not prove the vendor's contract; the tests against the
vendor's own definition do that::

    python -m tools.korona_stand_in --port 4030
"""

from __future__ import annotations

import argparse
import base64
import itertools
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tools.emulators import LOOPBACK

ACCOUNT_ID = "9f8e7d6c-0000-4000-8000-00000000000a"
POINT_OF_SALE = "9f8e7d6c-0000-4000-8000-00000000000b"
USERNAME = "api-user"
PASSWORD = "password-of-the-stand-in"  # noqa: S105 - of a till that sells nothing
COUPLING_ID = "coupling-of-the-stand-in"
STOP_POLL_S = 0.01
TAX_ID, SECTOR_ID = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
Json = dict[str, Any]
Instead = tuple[int, bytes, dict[str, str]]
DEMO = (
    ("Milch", "Bio-Vollmilch 1 l", "4006381333931", "1.49"),
    ("Milch", "Butter 250 g", "4000417025005", "2.29"),
    ("Getreide", "Roggenbrot 750 g", "4001724819806", "3.20"),
    ("Getreide", "Haferflocken 500 g", "4000521006136", "0.99"),
    ("Getränke", "Apfelsaft 1 l", "4008400202037", "1.79"),
)


class Refused(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": "INVALID", "message": message}


@dataclass
class StandIn:
    """The till system of one account.

    ``tables`` hold its objects by path and id. ``calls`` are the requests that it got. ``after`` is
    called with each request's method and path, after the work is done and before the answer: its
    result (status, body, further headers) replaces the answer, and its error cuts the connection.
    """

    url: str
    tables: dict[str, dict[str, Json]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    after: Callable[[str, str], Instead | None] = lambda *_: None
    _revisions: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def credentials(self) -> Json:
        """The credentials with which syncPOS and pushToPOS can call this stand-in."""
        return {
            "server": "128",
            "accountId": ACCOUNT_ID,
            "username": USERNAME,
            "password": PASSWORD,
            "pointOfSale": POINT_OF_SALE,
            "couplingId": COUPLING_ID,
            "paymentMethods": {"cash": "1", "card": "2", "voucher": "3", "other": "4"},
            "warehouse": "100",
            "baseUrl": self.url,
        }

    def put(self, table: str, row: Json) -> Json:
        """Add or change an object, which gets a new revision."""
        with self._lock:
            known = self.tables.setdefault(table, {})
            object_id = row.get("id") or str(uuid.uuid4())
            known[object_id] = {
                "active": True,
                **known.get(object_id, {}),
                **row,
                "id": object_id,
                "revision": next(self._revisions),
            }
            return known[object_id]

    def put_product(
        self, number: str, name: str, price: str | None, ean: str | None = None, **fields: Any
    ) -> Json:
        """Add or change the product with a number. ``price`` is in euros, with taxes."""
        object_id = str(uuid.uuid5(uuid.NAMESPACE_OID, number))
        row = {
            "id": object_id,
            "number": number,
            "name": name,
            "codes": [{"productCode": ean}] if ean else [],
            "prices": [{"value": float(price), "validFrom": "2020-01-01T00:00:00+00:00"}]
            if price is not None
            else [],
            "sector": {"id": SECTOR_ID},
        }
        return self.put("products", {**row, **fields})

    def put_receipt(
        self, number: str, amount: str, *, customer: str | None = None, **fields: Any
    ) -> Json:
        """Issue a receipt of goods. ``amount`` is in euros."""
        gross = float(amount)
        price: Json = {"base": gross, "gross": gross, "net": gross, "taxPayments": []}
        row: Json = {
            "number": number,
            "bookingTime": "2026-03-03T12:00:00+00:00",
            "items": [{"type": "PRODUCT", "total": {**price, "discount": 0.0}}],
            "total": price,
        }
        if customer is not None:
            row["customer"] = {"number": customer}
        return self.put("receipts", {**row, **fields})

    def serve(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, Any]:
        """Answer a request of the API."""
        url = urlsplit(target)
        with self._lock:
            self.calls.append((method, url.path))
            pair = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
            if headers.get("Authorization") != f"Basic {pair}":
                raise Refused(401, "The user or the password is wrong.")
            account, _, path = url.path.removeprefix("/accounts/").partition("/")
            if account != ACCOUNT_ID:
                raise Refused(404, "There is no such account.")
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            if method == "GET":
                return self._read(path, query)
            return 200, self._write(method, path, query, json.loads(body or b"null"))

    def _read(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if not path:
            return 200, {"id": ACCOUNT_ID, "name": "Stand-in"}
        rows = sorted(self.tables.get(path, {}).values(), key=lambda row: row["revision"])
        after = int(query.get("revision", 0))
        found = [row for row in rows if row["revision"] > after and _fits(row, query)]
        if not found:
            return 204, None
        size = int(query.get("size", 100))
        return 200, {
            "links": {},
            "currentPage": 1,
            "pagesTotal": ceil(len(found) / size),
            "resultsOfPage": min(size, len(found)),
            "resultsTotal": len(found),
            "maxRevision": found[-1]["revision"],
            "results": found[:size],
        }

    def _write(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        match (method, path.split("/")):
            case ("POST", ["pointsOfSale", till, "receipts"]):
                if (till, query.get("couplingId")) != (POINT_OF_SALE, COUPLING_ID):
                    raise Refused(403, "The till is not coupled.")
                rows = [self._receipt(row) for row in body]
            case ("POST", ["stockAdjustments"]):
                rows = [self.put("stockAdjustments", {**row, "status": "OPEN"}) for row in body]
            case ("POST", ["stockAdjustments", object_id, "items"]):
                rows = [self.put(f"stockAdjustments/{object_id}/items", row) for row in body]
            case ("PATCH", ["stockAdjustments", object_id, "book"]):
                return self.put("stockAdjustments", {"id": object_id, "status": "BOOKED"})
            case _:
                raise Refused(404, "There is nothing here.")
        return [{"action": "ADDED", "status": "OK", "id": row["id"]} for row in rows]

    def _receipt(self, row: Json) -> Json:
        gross = sum(item["total"]["gross"] for item in row["items"])
        return self.put("receipts", {**row, "total": {"gross": gross}})


def _fits(row: Json, query: dict[str, str]) -> bool:
    codes = [each["productCode"] for each in row.get("codes", [])]
    return (
        query.get("orderNumber", row.get("orderNumber")) == row.get("orderNumber")
        and query.get("number", row.get("number")) == row.get("number")
        and ("productCodes" not in query or query["productCodes"] in codes)
    )


def fill(provider: StandIn) -> None:
    """Add the objects that every account has, and a small catalog."""
    provider.put("salesTaxes", {"id": TAX_ID, "included": True, "rates": [{"rate": 7}]})
    provider.put("sectors", {"id": SECTOR_ID, "salesTaxes": [{"salesTax": {"id": TAX_ID}}]})
    groups: dict[str, Json] = {}
    for number, (group, name, ean, price) in enumerate(DEMO, start=1001):
        if group not in groups:
            groups[group] = provider.put("commodityGroups", {"name": group, "number": group})
        link = {"commodityGroup": {"id": groups[group]["id"], "name": group}}
        provider.put_product(str(number), name, price, ean, **link)


@contextmanager
def running(port: int = 0) -> Iterator[StandIn]:
    """Run a till system on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                status, found = system.serve(self.command, self.path, self.headers, body)
            except Refused as refused:
                status, found = refused.status, refused.body
            text = b"" if found is None else json.dumps(found).encode()
            instead = system.after(self.command, urlsplit(self.path).path)
            status, text, headers = instead or (status, text, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - named by the library

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Ignore connections that were cut."""

    server = Server((LOOPBACK, port), Handler)
    system = StandIn(f"http://{LOOPBACK}:{server.server_port}")
    fill(system)
    threading.Thread(target=server.serve_forever, args=(STOP_POLL_S,), daemon=True).start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    """Run until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tools.korona_stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=4030)
    with running(parser.parse_args().port) as system:
        print(json.dumps(system.credentials, indent=2))
        threading.Event().wait()


if __name__ == "__main__":
    main()
