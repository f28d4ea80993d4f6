"""Pay and refund through a running ``make run``: ``venv/bin/python -m tools.try_payments``.

A stand-in of a provider, made to our own contract (docs/connectors/custom-psp.openapi.json),
replaces a real one; nothing leaves this machine. The customer gets points, and loses them again
with the refunds.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from standardwebhooks import Webhook

from tools import psp_stand_in
from tools.emulators import LOOPBACK, ROOT
from tools.psp_stand_in import API_KEY, NOTIFICATION_SECRET

DEV_JSON = ROOT / ".local" / "dev.json"
EVENT_TIMEOUT_S = 60.0
EVENTS = (
    "integration.psp.configured",
    "payment.created",
    "payment.requires_action",
    "payment.paid",
    "payment.refunded",
    "payment.refunded",
)
POINTS = 109
"""The points for 10.99 EUR at 10 points a euro."""
Json = dict[str, Any]


class Api:
    """The API of the running product, with the demo merchant's key."""

    def __init__(self, dev: Json) -> None:
        self.store_id: str = dev["storeId"]
        self._url, self._key = dev["baseUrl"], dev["keys"]["live"]["PRIME"]

    def __call__(self, action: str, **body: Any) -> Json:
        """Call an action, print both sides, and return the answer."""
        request = Request(
            f"{self._url}/{action}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._key}"},
        )
        with urlopen(request, timeout=60) as answer:
            found: Json = json.load(answer)
        print(f"\n{action}\n  {json.dumps(found)}")
        return found


def main(dev_json: Path = DEV_JSON) -> int:
    """Run the whole story; return the exit status."""
    if not dev_json.exists():
        print("Start the product first, in another terminal: make run", file=sys.stderr)
        return 1
    api = Api(json.loads(dev_json.read_text()))
    received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
    with psp_stand_in.running() as provider, listening(received) as url:
        webhook = api(
            "createWebhookEndpoint",
            storeId=api.store_id,
            url=url,
            events=["payment.*", "integration.psp.configured"],
        )
        verifier = Webhook(webhook["secret"])
        config = {
            "apiUrl": provider.url,
            "apiKey": API_KEY,
            "notificationSecret": NOTIFICATION_SECRET,
            "mode": "test",
        }
        api("configurePSP", storeId=api.store_id, provider="custom", config=config)
        member = {"programId": new_program(api), "userId": "anna"}
        api("enrollInLoyaltyProgram", **member)
        payment = api(
            "processPayment",
            **member,
            storeId=api.store_id,
            amount=1099,
            currency="EUR",
            purchaseId=f"order-{webhook['webhook']['webhookId']}",
            provider="custom",
            returnUrl="https://shop.example.com/done",
        )
        print(f"\nThe customer pays at {payment['redirectUrl']}")
        urlopen(payment["redirectUrl"], timeout=60).close()
        api("getPayment", paymentId=payment["paymentId"])
        earned = api("getCustomerBalance", **member)["currentBalance"]
        api("refundPayment", paymentId=payment["paymentId"], amount=500, refundReference="return-1")
        api("refundPayment", paymentId=payment["paymentId"])
        left = api("getCustomerBalance", **member)["currentBalance"]
        ended = api("getPayment", paymentId=payment["paymentId"])["payment"]
        print("\nEvents, verified:")
        told = []
        for _ in EVENTS:
            headers, body = received.get(timeout=EVENT_TIMEOUT_S)
            event = verifier.verify(body, headers)
            told.append(event["type"])
            print(f"  {event['type']}  {json.dumps(event['data'])}")
        # The stand-in ends now, so nothing may be left that refers to it.
        api("deletePSPConfiguration", storeId=api.store_id, provider="custom")
        api("deleteWebhookEndpoint", webhookId=webhook["webhook"]["webhookId"])
    found = (ended["status"], earned, left, sorted(told))
    return 0 if found == ("refunded", POINTS, 0, sorted(EVENTS)) else 1


def new_program(api: Api) -> str:
    """Create a program that gives 10 points a euro."""
    program_id: str = api(
        "createLoyaltyProgram",
        storeId=api.store_id,
        programName="Points for payments",
        programType="points",
        rules={"pointsPerEuro": 10},
        isActive=True,
    )["programId"]
    return program_id


@contextmanager
def listening(received: queue.Queue[tuple[dict[str, str], bytes]]) -> Iterator[str]:
    """Take webhooks on this machine; yield the URL for them."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Receiver)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/payments"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
