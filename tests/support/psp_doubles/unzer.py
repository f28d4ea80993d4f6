"""The double of Unzer. Sources: docs.unzer.com; recorded answers in Unzer's SDK for Java."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.support.psp_doubles.book import UNHEARD_OF, Payment, Refund
from tests.support.psp_doubles.dialect import Call, Dialect, Reply, Report, Route

_STATES = {"open": 6, "authorized": 0, "paid": 1, "canceled": 2}
_STATE_UNHEARD_OF = 77


class Unzer(Dialect):
    """A page, its payment, and the payment's transactions."""

    provider = "unzer"

    def keypair(self, call: Call) -> Reply:
        return Reply(200, {"publicKey": self.config["publicKey"]})

    def charge_page(self, call: Call) -> Reply:
        return self.page(call, captures_later=False)

    def authorize_page(self, call: Call) -> Reply:
        return self.page(call, captures_later=True)

    def page(self, call: Call, *, captures_later: bool) -> Reply:
        sent = call.json
        if self.book.of(sent["orderId"]):
            return self.refused("API.320.200.138", "The order id is in use.")
        made = self.book.begin(
            sent["orderId"],
            int(Decimal(str(sent["amount"])) * 100),
            sent["currency"],
            captures_later=captures_later,
        )
        return Reply(201, self.paged(made))

    def find_page(self, call: Call) -> Reply:
        return Reply(200, self.paged(self.made(call.parts["page"])))

    def status(self, call: Call) -> Reply:
        found = call.parts["payment"]
        known = self.book.of(found) if found.startswith("pay_") else [self.made(found)]
        if not known:
            return self.refused("API.310.100.003", "There is no such payment.", 404)
        return Reply(200, self.payment(known[0]))

    def capture(self, call: Call) -> Reply:
        made = self.made(call.parts["payment"])
        if made.stage != "authorized":
            return self.refused("API.330.000.004", "It cannot be charged.")
        self.book.capture(made, int(Decimal(str(call.json["amount"])) * 100))
        return Reply(201, self.operation("s-chg-1", made.said_minor))

    def refund(self, call: Call) -> Reply:
        made, sent = self.made(call.parts["payment"]), call.json
        minor = int(Decimal(str(sent["amount"])) * 100)
        return Reply(201, self.refunded(self.book.refund(made, sent["paymentReference"], minor)))

    def find_refund(self, call: Call) -> Reply:
        number = int(call.parts["cancel"].removeprefix("s-cnl-"))
        made = self.made(call.parts["payment"])
        [found] = [each for each in made.refunds if each.number == number]
        return Reply(200, self.refunded(found))

    def made(self, vendor_id: str) -> Payment:
        found = self.book.number(vendor_id.rpartition("-")[2])
        assert found is not None
        return found

    def refused(self, code: str, text: str, status: int = 400) -> Reply:
        fault = {"code": code, "merchantMessage": text, "customerMessage": "Sorry."}
        return Reply(status, {"id": "s-err-1", "isError": True, "errors": [fault]})

    def paged(self, made: Payment) -> dict[str, Any]:
        return {
            "id": f"s-ppg-{made.number}",
            "redirectUrl": f"https://sbx-payment.unzer.com/v1/paypage/s-ppg-{made.number}",
            "amount": self.amount(made.said_minor),
            "currency": made.currency,
            "action": "AUTHORIZE" if made.captures_later else "CHARGE",
            "resources": {"paymentId": f"s-pay-{made.number}"},
        }

    def payment(self, made: Payment) -> dict[str, Any]:
        state = _STATE_UNHEARD_OF if self.book.is_odd else _STATES[made.stage]
        done = []
        if made.captures_later and made.stage != "open":
            done.append(self.transaction(made, "authorize", "authorize/s-aut-1", made.said_minor))
        done += [
            self.transaction(made, "charge", "charges/s-chg-1", each) for each in made.captures
        ]
        for refund in made.refunds:
            path = f"charges/s-chg-1/cancels/s-cnl-{refund.number}"
            done.append(self.transaction(made, "cancel-charge", path, refund.amount_minor))
        return {
            "id": f"s-pay-{made.number}",
            "state": {"id": state, "name": "whatever"},
            "amount": {"total": self.amount(made.said_minor)},
            "currency": made.currency,
            "orderId": made.reference,
            "resources": {
                "paymentId": f"s-pay-{made.number}",
                "payPageId": f"s-ppg-{made.number}",
            },
            "transactions": done,
        }

    def transaction(self, made: Payment, kind: str, path: str, minor: int) -> dict[str, Any]:
        return {
            "date": "2026-03-03 12:00:00",
            "type": kind,
            "status": UNHEARD_OF if self.book.is_odd else "success",
            "url": f"https://api.unzer.com/v1/payments/s-pay-{made.number}/{path}",
            "amount": self.amount(minor),
        }

    def refunded(self, refund: Refund) -> dict[str, Any]:
        made = self.operation(f"s-cnl-{refund.number}", refund.amount_minor)
        return {**made, "paymentReference": refund.reference}

    def operation(self, operation_id: str, minor: int) -> dict[str, Any]:
        is_success = not self.book.is_odd
        return {
            "id": operation_id,
            "isSuccess": is_success,
            "isPending": False,
            "isError": False,
            "message": {"code": "COR.000.100.112", "merchant": "processed", "customer": "ok"},
            "amount": self.amount(minor),
        }

    def amount(self, minor: int) -> str:
        return f"{Decimal(minor) / 100:.4f}"

    routes = (
        Route("verify", "GET", "/v1/keypair", keypair),
        Route("create", "POST", "/v1/paypage/charge", charge_page),
        Route("create", "POST", "/v1/paypage/authorize", authorize_page),
        Route("find", "GET", "/v1/paypage/{page}", find_page),
        Route("status", "GET", "/v1/payments/{payment}", status),
        Route("capture", "POST", "/v1/payments/{payment}/charges", capture),
        Route("refund", "POST", "/v1/payments/{payment}/charges/{charge}/cancels", refund),
        Route(
            "find_refund",
            "GET",
            "/v1/payments/{payment}/charges/{charge}/cancels/{cancel}",
            find_refund,
        ),
    )

    def report(self, made: Payment, what: str) -> Report:
        return self._report(self.config["publicKey"], f"s-pay-{made.number}")

    def forgeries(self, made: Payment) -> list[Report]:
        other_key = "s-pub-" + "other" * 8
        key = self.config["publicKey"]
        return [
            self._report(other_key, f"s-pay-{made.number}"),
            self._report(key, f"../s-pay-{made.number}"),
        ]

    def _report(self, key: str, payment_id: str) -> Report:
        said = {
            "event": "payment.completed",
            "publicKey": key,
            "retrieveUrl": f"https://api.unzer.com/v1/payments/{payment_id}",
            "paymentId": payment_id,
        }
        return Report(json.dumps(said).encode())
