"""Makes calls to the code of the folder in which it is started: a program for ``before``.

It must run with earlier code, too, so it uses little of it. Standard input: lines with an action
and a number of calls. Standard output: the processor time of one of them, in seconds.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import sys
import time
from collections.abc import Callable
from typing import Any

OK = 200
PREFIX = "/apiGateway/api/v1/"
RULES = {"pointsPerEuro": 10, "minimumPurchase": 5, "pointsPerCheckin": 5}
Body = dict[str, Any]

_number = itertools.count(1)


class Till:
    """An account with a store, a program and a member, called without a server."""

    def __init__(self) -> None:
        import functions_framework

        from shared.auth.keys import KeyMode
        from shared.domain.accounts.packages import Package
        from shared.services.accounts import administration

        self._app = functions_framework.create_app("apiGateway", "main.py")  # type: ignore[no-untyped-call]
        account_id = administration.create_account("Benchmark", Package.PRIME).account_id
        store = administration.create_store(
            account_id, "Benchmark", time_zone="Europe/Berlin", currency="EUR"
        )
        self._key = administration.issue_key(account_id, KeyMode.LIVE).key.text
        self.store = {"storeId": store.store_id}
        created = self.ok("createLoyaltyProgram", self.program())
        self.member = {"programId": created["programId"], "userId": "user_1"}
        self.ok("enrollInLoyaltyProgram", self.member)
        self.ok("addLoyaltyPoints", {**self.member, "points": 1_000_000})

    def program(self) -> Body:
        """Return a points program of the store."""
        return {
            **self.store,
            "programName": "Benchmark",
            "programType": "points",
            "rules": RULES,
            "isActive": True,
        }

    def ok(self, action: str, body: Body) -> Body:
        """Call an action that must succeed."""
        answer = self.prepared(action, body)()
        if answer.status_code != OK:
            raise RuntimeError(f"{action} answered {answer.status_code}: {answer.text}")
        found: Body = answer.json
        return found

    def prepared(self, action: str, body: Body) -> Callable[[], Any]:
        """Return a call whose request is made already."""
        from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

        headers = [("Authorization", f"Bearer {self._key}")]
        builder = EnvironBuilder(PREFIX + action, method="POST", json=body, headers=headers)
        environ = builder.get_environ()
        return lambda: TestResponse(*run_wsgi_app(self._app, environ), builder.get_request())


def _booking(till: Till) -> Body:
    return {**till.member, "points": 1, "transactionId": f"txn_{next(_number)}"}


BODIES: dict[str, Callable[[Till], Body]] = {
    "updateLoyaltyProgram": lambda till: {
        "programId": till.member["programId"],
        "programName": f"Program {next(_number)}",
    },
    "getLoyaltyProgram": lambda till: {"programId": till.member["programId"]},
    "enrollInLoyaltyProgram": lambda till: {**till.member, "userId": f"new_{next(_number)}"},
    "addLoyaltyPoints": _booking,
    "redeemLoyaltyPoints": lambda till: {**_booking(till), "rewardDescription": "Benchmark"},
    "syncExternalLoyalty": lambda till: {**till.member, "points": 1, "action": "add"},
    "getCustomerBalance": lambda till: till.member,
    "getLoyaltyAnalytics": lambda till: {"programId": till.member["programId"]},
}


def main() -> None:
    """Answer lines until there are no more."""
    said = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()):  # the log
        till = Till()
        for line in sys.stdin:
            action, count = json.loads(line)
            calls = [till.prepared(action, BODIES[action](till)) for _ in range(count)]
            started_s = time.process_time()
            answers = [call() for call in calls]
            took_s = (time.process_time() - started_s) / count
            assert {each.status_code for each in answers} == {OK}, answers[0].text
            print(took_s, file=said, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print(*BODIES)
    else:
        main()
