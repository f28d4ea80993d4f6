"""The whole journey of a customer, as docs/mobile.md tells it: its snippets, typed in their order.

The merchant has the official client, the customer the Firebase JavaScript SDK.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import beep.client
import pytest

from tests.e2e.conftest import ROOT, Run, eventually
from tests.support.receivers import Received, receiving, verify

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(400)]

SNIPPET = re.compile(r"^```(sh|python|javascript)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"""(\w+) = (["'])\.\.\.\2""")
PROMPT_TIMEOUT_S = 60
CALENDAR_TIMEOUT_S = 60
SHOWN_TIMEOUT_S = 10
"""A booking must be in the app by then; it is there in a second, but the machine may be busy."""

EVENTS = {
    "loyalty.membership_merged": 1,
    # Purchase, order, receipt, referral. What was before is of the till's member.
    "loyalty.points_earned": 4,
    "loyalty.qr_earned": 1,
    "loyalty.checkin_earned": 1,
    "loyalty.reward_unlocked": 1,
    "loyalty.milestone_reached": 2,
    "loyalty.points_redeemed": 1,
    "store.checkin": 2,
    "checkout.started": 1,
    "checkout.completed": 1,
    "clickcollect.order": 1,
    "clickcollect.status_changed": 3,
    "clickcollect.picked_up": 1,
}


class App:
    """The customer's prompt: a process of Node."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, snippet: str) -> None:
        self._send({"run": snippet})

    def show(self, expression: str) -> Any:
        """Return the value of an expression."""
        return self._send({"show": expression})

    def _send(self, request: dict[str, str]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # A process that says nothing is ended, so that reading from it ends too.
        too_late = threading.Timer(PROMPT_TIMEOUT_S, self._process.kill)
        too_late.start()
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            too_late.cancel()
        assert line, f"the app has ended or does not answer: {request}"
        answer = json.loads(line)
        assert "error" not in answer, f"{request}: {answer['error']}"
        return answer["result"]


class Journey:
    """The snippets of the page, and the two prompts at which they are typed."""

    def __init__(self, app: App, snippets: list[tuple[str, str]]) -> None:
        self.app = app
        self.till: dict[str, Any] = {}
        self._snippets = iter(snippets)

    def types(self, language: str) -> None:
        """Type the next snippet, which is in this language."""
        found, snippet = next(self._snippets)
        assert found == language, snippet
        if language == "python":
            exec(PLACEHOLDER.sub(self._from_app, snippet), self.till)
        else:
            self.app.run(PLACEHOLDER.sub(self._from_till, snippet))

    def is_over(self) -> bool:
        return next(self._snippets, None) is None

    def balance(self) -> Any:
        """Return what Firestore has told the app: the balance of its only card."""
        return self.app.show("cards.map((card) => balanceOf(card))")

    def shows(self, balance: int) -> bool:
        """Wait for Firestore to tell the app of a balance."""
        return eventually(lambda: self.balance() == [balance], SHOWN_TIMEOUT_S)

    def _from_app(self, found: re.Match[str]) -> str:
        first, *others = found[1].split("_")
        return f"{found[1]} = {self.app.show(first + ''.join(map(str.title, others)))!r}"

    def _from_till(self, found: re.Match[str]) -> str:
        name = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", found[1])
        return f"{found[1]} = {json.dumps(self.till[name])}"


@contextmanager
def app_in(folder: Path) -> Iterator[App]:
    process = subprocess.Popen(
        ["node", str(Path(__file__).with_name("prompt.mjs"))],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield App(process)
    finally:
        process.communicate(timeout=PROMPT_TIMEOUT_S)  # closes its input, which ends it


def test_the_whole_journey(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "mobile.md").read_text("utf-8")
    section = page.partition("\n## The whole journey\n")[2].partition("\n## ")[0]
    snippets = SNIPPET.findall(section)
    shell = [snippet for language, snippet in snippets if language == "sh"]
    begin_till, begin_app = [snippet.replace(".local/", f"{run.local}/") for snippet in shell]
    assert begin_till == f". {run.local}/dev.env && venv/bin/python\n"
    make_app, prompt = begin_app.rsplit("cd ", 1)
    assert prompt == f"{run.local}/app && node\n"
    subprocess.run(["bash", "-eu", "-c", make_app], cwd=ROOT, check=True)
    monkeypatch.setattr(beep.client, "API_BASE", "set by the page")  # restored after the test
    monkeypatch.setenv("URL", run.base_url)
    monkeypatch.setenv("KEY", run.key)
    monkeypatch.setenv("STORE", run.store_id)

    typed = [each for each in snippets if each[0] != "sh"]
    with receiving() as receiver, app_in(run.local / "app") as app:
        monkeypatch.setenv("HOOK", receiver.url)
        journey = Journey(app, typed)
        user_id = walk(journey)

        def of_customer() -> list[Received]:
            return [each for each in receiver.received if each.event["data"]["userId"] == user_id]

        eventually(lambda: len(of_customer()) >= sum(EVENTS.values()))
        received = of_customer()

    assert Counter(each.type for each in received) == EVENTS, [each.type for each in received]
    assert len({each.headers["webhook-id"] for each in received}) == len(received)
    for each in received:
        verify(each, journey.till["webhook"]["secret"])


def walk(journey: Journey) -> str:
    """Go the whole way; return the customer's id."""
    app, till = journey.app, journey.till
    journey.types("python")
    journey.types("python")
    journey.types("javascript")
    user_id: str = app.show("user.uid")

    journey.types("javascript")
    assert app.show("linked.error ?? linked.linkedUserIds") == [till["till_user_id"]]
    assert app.show("joined.error ?? joined.alreadyEnrolled") is True
    assert journey.shows(35), journey.balance()

    journey.types("javascript")
    journey.types("python")
    identified = [till[name] for name in ("by_static", "by_rotating")]
    assert [each["codeKind"] for each in identified] == ["static", "rotating"]
    assert [each["member"]["userId"] for each in identified] == [user_id] * 2

    journey.types("python")
    journey.types("javascript")
    earned = [
        app.show(f"{name}.error ?? {name}.earned[0].points") for name in ("scanned", "located")
    ]
    assert earned == [5, 5]
    assert journey.shows(45), journey.balance()

    journey.types("javascript")
    assert journey.balance() == [45]  # it is not paid yet
    journey.types("python")
    assert till["bought"]["status"] == "completed"
    assert journey.shows(130), journey.balance()

    journey.types("javascript")
    journey.types("python")
    assert journey.shows(300), journey.balance()

    journey.types("python")
    journey.types("javascript")
    assert app.show("claimed.error ?? claimed.earned[0].points") == 125
    assert journey.shows(425), journey.balance()

    journey.types("javascript")
    journey.types("python")
    assert eventually(lambda: journey.balance() == [500], CALENDAR_TIMEOUT_S), journey.balance()

    journey.types("javascript")
    assert app.show("redeemed.error ?? redeemed.newBalance") == 400
    assert app.show("redeemed.rewardCode").startswith("RW-")
    assert journey.shows(400), journey.balance()
    assert journey.is_over()
    return user_id
