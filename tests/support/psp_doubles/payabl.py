"""The double of payabl. Source: docs.payabl.com; its SDK for PHP for the payment page."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from urllib.parse import urlencode

from shared import clock
from tests.support.psp_doubles.book import UNHEARD_OF, Payment
from tests.support.psp_doubles.dialect import Call, Dialect, Reply, Report, Route

_TEXT = "text/plain;charset=ISO-8859-1"


class Payabl(Dialect):
    """A transaction, which is reported in steps."""

    provider = "payabl"
    authorizes = False
    tells_page_once = True
    harmless_to_refunds = ("unknown_status",)  # its answers have codes, not words

    def create(self, call: Call) -> Reply:
        sent = call.form
        minor = int(Decimal(sent["amount"]) * 100)
        made = self.book.begin(f"pay_{sent['orderid']}", minor, sent["currency"])
        return self.line(
            transactionid=str(made.number),
            sessionid="abc",
            errorcode="0",
            errormessage="",
            start_url=f"https://sandbox.payabl.com/pay/payment/start?session={made.number}",
            user_id="7",
        )

    def diagnose(self, call: Call) -> Reply:
        sent = call.form
        if sent["type"] == "orderid":
            found = self.book.of(f"pay_{sent['orderid']}")
        else:
            made = self.book.number(sent["transactionid"])
            found = [made] if made else []
        transactions = "".join(self.transaction(each) for each in found)
        return Reply(
            200,
            '<?xml version="1.0" encoding="ISO-8859-1"?>\n<response><process>'
            "<error_message></error_message><process_time>x</process_time>"
            f"<status>0</status></process>{transactions}</response>\n",
            "text/xml;charset=ISO-8859-1",
        )

    def refund(self, call: Call) -> Reply:
        sent = call.form
        made = self.book.number(sent["transactionid"])
        if made is None:
            return self.line(transactionid="", status="-5002", errormessage="no transaction")
        refund = self.book.refund(made, sent["external_id"], int(Decimal(sent["amount"]) * 100))
        return self.line(
            transactionid=str(refund.number),
            transid=str(refund.number),
            status="0",
            errormessage="",
            amount=sent["amount"],
            currency=sent["currency"],
            orderid=made.reference.removeprefix("pay_"),
        )

    def line(self, **fields: str) -> Reply:
        return Reply(200, urlencode(fields), _TEXT)

    def transaction(self, made: Payment) -> str:
        code = 0 if made.stage == "paid" else 2000
        steps = [self.step(made, "capture", code, made.said_minor)]
        steps += [
            self.step(made, "refund", 0, each.amount_minor, each.reference) for each in made.refunds
        ]
        numbered = "".join(f"<step{n}>{each}</step{n}>" for n, each in enumerate(steps, 1))
        return (
            f"<transaction><transaction_id> {made.number}</transaction_id>"
            f"<transaction_status>{numbered}</transaction_status></transaction>"
        )

    def step(self, made: Payment, kind: str, code: int, minor: int, external_id: str = "") -> str:
        content = {
            "amount": f"{Decimal(minor) / 100:.2f}",
            "creation_date": "03.03.2026 12:00:00",
            "currency": made.currency,
            "error_code": str(code),
            "external_id": external_id,
            "order_id": made.reference.removeprefix("pay_"),
            "type": UNHEARD_OF if self.book.is_odd else kind,
        }
        return "".join(f"<{name}>{value}</{name}>" for name, value in content.items())

    routes = (
        Route("create", "POST", "/pay/payment/init", create),
        Route("status", "POST", "/pay/backoffice/tx_diagnose", diagnose),
        Route("refund", "POST", "/pay/backoffice/payment_refund", refund),
    )

    def report(self, made: Payment, what: str) -> Report:
        return self._signed(made, self.config["secret"])

    def forgeries(self, made: Payment) -> list[Report]:
        known = self.report(made, "paid").body
        return [
            self._signed(made, "another-secret"),
            Report(known.replace(b"type=capture", b"type=refund")),
            Report(known + b"&transactionid=1"),
        ]

    def _signed(self, made: Payment, secret: str) -> Report:
        fields = {
            "transactionid": str(made.number),
            "type": "capture",
            "errorcode": "0",
            "timestamp": str(int(clock.utc_now().timestamp())),
        }
        security = hashlib.sha256(f"{''.join(fields.values())}{secret}".encode()).hexdigest()
        return Report(urlencode({**fields, "security": security}).encode())
