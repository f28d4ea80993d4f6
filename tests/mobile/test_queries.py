"""The snippets of docs/mobile.md, run as they stand there with the Firebase JavaScript SDK."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from shared import config
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.store import client, codec, paths
from tests.conftest import Clock
from tests.support import sign_ins, stored
from tests.support.merchants import Member, Merchant
from tools.emulators import ROOT, FirestoreEmulator

PAGE = ROOT / "docs" / "mobile.md"
NODE_MODULES = ROOT / "tools" / "node_modules"
SNIPPET = re.compile(r"^```js\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWER_TIMEOUT_S = 30
LAST = {"from": "myHistory", "field": "last"}
PERMISSION_DENIED = {"code": "permission-denied"}
CUSTOMER = "user_1"


class App:
    """An app in a Node process of its own."""

    def __init__(self, module: Path, emulator: FirestoreEmulator) -> None:
        host, port = emulator.host.split(":")
        script = str(Path(__file__).with_name("queries.mjs"))
        self._process = subprocess.Popen(
            ["node", script, module.as_uri(), config.project_id(), host, port],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout

    def call(self, name: str, *arguments: Any, user_id: str | None = CUSTOMER) -> Any:
        """Return the result of a function of the module, or its refusal."""
        self._send({"call": name, "userId": user_id, "arguments": arguments})
        return self.answer()

    def ok(self, name: str, *arguments: Any, user_id: str | None = CUSTOMER) -> Any:
        return self.call(name, *arguments, user_id=user_id)["result"]

    def watch(self, name: str, *arguments: Any, user_id: str = CUSTOMER) -> None:
        """Have a function's callback answer from now on."""
        self._send({"watch": name, "userId": user_id, "arguments": arguments})

    def answer(self) -> Any:
        """Wait for the next answer."""
        # A process that says nothing is ended, so that reading from it ends too.
        too_late = threading.Timer(ANSWER_TIMEOUT_S, self._process.kill)
        too_late.start()
        try:
            line = self._output.readline()
        finally:
            too_late.cancel()
        assert line, "the app has ended or does not answer"
        return json.loads(line)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._send({"stop": True})
        self._process.communicate(timeout=ANSWER_TIMEOUT_S)

    def _send(self, request: dict[str, Any]) -> None:
        self._input.write(json.dumps(request) + "\n")
        self._input.flush()


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's snippets as a module that finds the Firebase SDK."""
    folder = tmp_path_factory.mktemp("mobile")
    (folder / "node_modules").symlink_to(NODE_MODULES)
    snippets = SNIPPET.findall(PAGE.read_text("utf-8"))
    written = folder / "app.mjs"
    written.write_text("\n".join(snippets), "utf-8")
    return written


@pytest.fixture(scope="module")
def shared_app(module: Path, firestore_emulator: FirestoreEmulator) -> Iterator[App]:
    app = App(module, firestore_emulator)
    yield app
    app.stop()


@pytest.fixture
def mobile(module: Path, firestore_emulator: FirestoreEmulator) -> Iterator[App]:
    """An app of its own for a test that watches."""
    app = App(module, firestore_emulator)
    yield app
    app.stop()


def test_every_function_of_the_page_is_run(module: Path) -> None:
    tests = Path(__file__).read_text("utf-8")
    functions = re.findall(r"^export .*?function (\w+)", module.read_text("utf-8"), re.MULTILINE)

    # One needs a real project, the other is how all the rest is run.
    assert functions[:2] == ["connect", "connectLocally"]
    assert functions[2:] == [each for each in functions[2:] if f'"{each}"' in tests] != []


@pytest.mark.parametrize(
    ("thing", "stored"), [("membership", Membership), ("program", Program), ("entry", Entry)]
)
def test_the_page_names_fields_that_there_are(thing: str, stored: Any) -> None:
    _, _, rest = PAGE.read_text("utf-8").partition(f"\n| {thing} | |\n|---|---|\n")
    rows = rest.partition("\n\n")[0].splitlines()
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert len(named) > 5
    assert named - {codec.camel(each.name) for each in dataclasses.fields(stored)} == set()


def test_shows_the_profile_of_a_store(shared_app: App, merchant: Merchant) -> None:
    program_id = merchant.program("cashback")
    merchant.program("points", isActive=False)

    profile = shared_app.ok("profileOf", merchant.store_id)

    told = ("storeId", "name", "logo", "address", "timeZone", "currency")
    assert [profile[name] for name in told] == [
        merchant.store_id,
        "Store",
        None,
        None,
        "Europe/Berlin",
        "EUR",
    ]
    assert [*profile["cards"]] == [program_id]
    assert profile["cards"][program_id]["rules"]["cashbackPercentage"] == "3"
    assert shared_app.ok("profileOf", "nowhere") is None


def test_shows_the_active_programs_of_a_store(shared_app: App, merchant: Merchant) -> None:
    rewards = [{"rewardId": "rw_1", "title": "Rabatt", "type": "voucher", "requiredPoints": 7.5}]
    program_id = merchant.program("cashback", rewards=rewards, branding={"color": "#2563EB"})
    merchant.program("points", isActive=False)

    cards = shared_app.ok("cardsOfStore", merchant.store_id)

    assert [card["programId"] for card in cards] == [program_id]
    card = cards[0]
    assert {name: card[name] for name in ("storeId", "programName", "programType")} == {
        "storeId": merchant.store_id,
        "programName": "Program",
        "programType": "cashback",
    }
    assert card["rules"]["cashbackPercentage"] == "3"
    assert card["rules"]["maxCashbackPerTransaction"] == "5"
    assert card["branding"] == {"color": "#2563EB", "logo": None}
    assert (card["currency"], card["timeZone"]) == ("EUR", "Europe/Berlin")
    assert [reward["requiredPoints"] for reward in card["rewards"]] == ["7.5"]


def test_shows_own_cards_with_their_programs(shared_app: App, member: Member) -> None:
    user_id = f"anna_{member.program_id}"
    anna = member.other(user_id)
    anna.enroll()
    anna.earn(20)

    (card,) = shared_app.ok("myCards", user_id, user_id=user_id)

    assert card["membershipId"] == f"{member.program_id}_{user_id}"
    assert (card["balanceUnits"], card["scale"], card["earnedUnits"]) == (20, 0, 20)
    assert [(each["kind"], each["units"]) for each in card["recent"]] == [("earn", 20)]
    program = shared_app.ok("programOf", card, user_id=user_id)
    assert program["programId"] == member.program_id


def test_shows_a_program_that_has_ended_to_members_alone(shared_app: App, member: Member) -> None:
    card = {"programId": member.program_id}
    assert shared_app.ok("programOf", card)["isActive"] is True

    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    assert shared_app.ok("programOf", card)["isActive"] is False
    assert shared_app.call("programOf", card, user_id="user_2") == {"result": None}


def test_shows_no_cards_of_others(shared_app: App, member: Member) -> None:
    entries = member.membership_id

    assert shared_app.call("myCards", CUSTOMER, user_id="user_2") == PERMISSION_DENIED
    assert shared_app.call("myHistory", entries, 5, user_id="user_2") == PERMISSION_DENIED


def test_watches_the_balance(mobile: App, merchant: Merchant) -> None:
    member = merchant.member("cashback", balance=12)

    mobile.watch("watchBalance", member.membership_id)

    assert mobile.answer() == {"result": 12}
    member.earn(0.75)
    assert mobile.answer() == {"result": 12.75}
    assert member.redeem(2.5).status == 200
    assert mobile.answer() == {"result": 10.25}


def test_what_has_expired_is_no_balance(
    mobile: App, frozen_clock: Clock, merchant: Merchant
) -> None:
    frozen_clock.set(2020, 1, 1)
    member = merchant.member(balance=30, pointsExpiry={"afterDays": 1})
    changes = {"programId": member.program_id, "pointsExpiry": None}
    merchant.api.ok("updateLoyaltyProgram", changes)
    member.earn(7)
    assert stored.membership(member).balance_units == 37

    mobile.watch("watchBalance", member.membership_id)

    assert mobile.answer() == {"result": 7}


def test_what_is_reserved_is_there_and_cannot_be_spent(
    shared_app: App, frozen_clock: Clock, merchant: Merchant
) -> None:
    member = Member(merchant, merchant.program(pointsExpiry={"afterDays": 1}), "holder")
    reserved = {**member.ids, "points": 20}
    frozen_clock.set(2020, 1, 1)
    member.enroll()
    member.earn(30)
    merchant.api.ok("reserveLoyaltyPoints", reserved)

    def shown() -> tuple[float, float]:
        """Return the balance and what is available, as the app computes them now."""
        shared_app.ok("myCards", member.user_id, user_id=member.user_id)
        card = {"from": "myCards", "field": "0"}
        names = ("balanceOf", "availableOf")
        balance, available = (shared_app.ok(each, card, user_id=None) for each in names)
        return balance, available

    # The reservation has ended long ago, and what it held has expired since.
    assert stored.membership(member).held_units == 20
    assert shown() == (0, 0)
    frozen_clock.set(2999, 1, 1)
    member.earn(100)
    merchant.api.ok("reserveLoyaltyPoints", {**reserved, "points": 80})
    assert shown() == (100, 20)


def test_watches_no_balance_of_others(mobile: App, member: Member) -> None:
    mobile.watch("watchBalance", member.membership_id, user_id="user_2")
    assert mobile.answer() == PERMISSION_DENIED

    mobile.watch("watchBalance", f"{member.program_id}_absent")
    assert mobile.answer() == PERMISSION_DENIED


def test_watches_for_an_enrolment(mobile: App, member: Member) -> None:
    user_id = f"anna_{member.program_id}"

    mobile.watch("watchMyCards", user_id, user_id=user_id)

    assert mobile.answer() == {"result": []}
    member.other(user_id).enroll()
    (card,) = mobile.answer()["result"]
    assert card["membershipId"] == f"{member.program_id}_{user_id}"


def test_pages_through_the_history(shared_app: App, frozen_clock: Clock, member: Member) -> None:
    # All of one moment: no entry may get lost between pages.
    for points in (1, 2, 3):
        member.earn(points)
    member.redeem(50)
    everything = {
        each.id: (each.data or {})["units"]
        for each in client.query(f"{paths.member(member.membership_id)}/entries")
    }

    first = shared_app.ok("myHistory", member.membership_id, 2)
    second = shared_app.ok("myHistory", member.membership_id, 2, LAST)
    third = shared_app.ok("myHistory", member.membership_id, 2, LAST)

    pages = [first["entries"], second["entries"], third["entries"]]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {each["entryId"]: each["units"] for page in pages for each in page} == everything
    assert first["last"] == first["entries"][-1]["entryId"]
    after = shared_app.ok("myHistory", member.membership_id, 2, LAST)
    assert after == {"entries": [], "last": None}


def test_pages_from_new_to_old(shared_app: App, frozen_clock: Clock, member: Member) -> None:
    for points in (1, 2, 3):
        frozen_clock.advance(seconds=1)
        member.earn(points)

    page = shared_app.ok("myHistory", member.membership_id, 3)

    assert [each["units"] for each in page["entries"]] == [3, 2, 1]


def test_shows_what_can_be_bought(shared_app: App, merchant: Merchant) -> None:
    def reward(reward_id: str, points: int, **fields: Any) -> dict[str, Any]:
        named = {"rewardId": reward_id, "title": reward_id, "type": "voucher"}
        return {**named, "requiredPoints": points, **fields}

    rewards = [
        reward("exact", 100),
        reward("dear", 101),
        reward("off", 1, isActive=False),
        reward("over", 1, validUntil="2020-01-01T00:00:00.000Z"),
        reward("early", 1, validFrom="2999-01-01T00:00:00.000Z"),
        reward("now", 1, validFrom="2020-01-01T00:00:00.000Z"),
    ]
    member = merchant.member("points", balance=100, rewards=rewards)

    card = {"programId": member.program_id, "balanceUnits": 100, "scale": 0, "lots": []}
    shared_app.ok("programOf", card)
    found = shared_app.ok("affordableRewards", {"from": "programOf"}, card, user_id=None)

    assert [each["rewardId"] for each in found] == ["exact", "now"]


@pytest.fixture
def base_url(app: Flask) -> Iterator[str]:
    """The API on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/apiGateway/api/v1"
    server.shutdown()


def test_the_customer_calls(shared_app: App, base_url: str, merchant: Merchant) -> None:
    reward = {"rewardId": "rw_1", "title": "Coffee", "type": "voucher", "requiredPoints": 40}
    program_id = merchant.program(rewards=[reward])
    member = Member(merchant, program_id, "user_7")
    token, key = sign_ins.unsigned("user_7"), merchant.publishable_key()

    def call(action: str, publishable_key: str | None = None, **body: Any) -> Any:
        told = (base_url, token, action, {"programId": program_id, **body}, publishable_key)
        return shared_app.ok("call", *told, user_id=None)

    joined = call("enrollInLoyaltyProgram")
    member.earn(50)
    redeemed = call("redeemLoyaltyPoints", rewardId="rw_1", points=40)
    balance = call("getCustomerBalance", key)
    refused = call("addLoyaltyPoints", points=1000)

    assert joined["alreadyEnrolled"] is False
    assert redeemed["rewardCode"].startswith("RW-")
    assert balance["currentBalance"] == 10
    assert refused["error"] == "ENDPOINT_NOT_ALLOWED"


@pytest.mark.parametrize(("units", "scale", "amount"), [(1250, 2, 12.5), (7, 0, 7), (1, 3, 0.001)])
def test_converts_units(shared_app: App, units: int, scale: int, amount: float) -> None:
    membership = {"balanceUnits": units, "scale": scale, "lots": []}

    assert shared_app.ok("balanceOf", membership, user_id=None) == amount
    assert shared_app.ok("availableOf", membership, user_id=None) == amount
