"""addToWallet of Google: what Google is told, and the link by which a person saves the card."""

from __future__ import annotations

from typing import Any

import pytest

from shared import config
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline
from tests.support.google_wallet import EMAIL, ISSUER, GoogleServer, claims_of
from tests.support.merchants import Member, Merchant
from tests.support.processes import Job, Processes
from tests.support.refusals import assert_refused, nothing_written
from tests.support.tasks import Task
from tests.support.traffic import first_answer_lost, interfered

ACTION = "addToWallet"
GOOGLE = {"wallet": "google"}
SAVE = "https://pay.google.com/gp/v/save/"
UPDATE = "updateWalletPass"


@pytest.fixture
def member(google: GoogleServer, frozen_clock: Clock, merchant: Merchant) -> Member:
    return merchant.member(balance=120, branding={"color": "#ffd400"})


def add(member: Member, **fields: Any) -> dict[str, Any]:
    return member.api.ok(ACTION, {**member.ids, **GOOGLE, **fields})


def updates(pipeline: Pipeline) -> int:
    return pipeline.tasks.run_pending(lambda task: task.queue == UPDATE)


def only_pass(member: Member) -> dict[str, Any]:
    (found,) = stored.documents_of(member.merchant, "walletPasses").values()
    return found


def tell(member: Member, pipeline: Pipeline) -> None:
    """Tell of the only pass of a merchant, as the sweep does."""
    (pass_id,) = stored.documents_of(member.merchant, "walletPasses")
    run_task(pass_id, pipeline)


def run_task(pass_id: str, pipeline: Pipeline) -> None:
    task = Task(UPDATE, "sweep", {"data": {"passId": pass_id}}, None, {})
    assert pipeline.tasks.run(task) == 200


def test_google_has_the_card_and_the_link_names_it(member: Member, google: GoogleServer) -> None:
    answer = add(member)

    code = member.api.ok("getMemberCode", {"userId": "user_1"})["code"]
    (made_class,) = google.classes.values()
    assert google.object == {
        "id": google.object["id"],
        "classId": made_class["id"],
        "state": "ACTIVE",
        "barcode": {"type": "QR_CODE", "value": code, "alternateText": code},
        "loyaltyPoints": {
            "label": "Points",
            "localizedLabel": {
                "defaultValue": {"language": "en", "value": "Points"},
                "translatedValues": [{"language": "de", "value": "Punkte"}],
            },
            "balance": {"int": 120},
        },
        "textModulesData": [],
        "notifyPreference": "NOTIFY_ON_UPDATE",
    }
    assert made_class["hexBackgroundColor"] == "#ffd400"
    assert made_class["programName"] == "Program"
    logo = made_class["programLogo"]["sourceUri"]["uri"]
    assert logo.endswith("/walletPasses/logo/ffd400.png")
    assert answer["url"].startswith(SAVE)
    assert answer["expiresAt"] is None
    claims = claims_of(answer["url"].removeprefix(SAVE), "google")
    assert (claims["iss"], claims["typ"]) == (EMAIL, "savetowallet")
    named = {"id": google.object["id"], "classId": made_class["id"]}
    assert claims["payload"] == {"loyaltyObjects": [named]}
    assert f"https://{config.project_id()}.web.app" in claims["origins"]
    assert google.object["id"].startswith(f"{ISSUER}.")
    assert "user_1" not in google.object["id"]


@pytest.mark.parametrize(
    ("program_type", "balance", "shown"),
    [
        ("stamps", 3, {"string": "3 / 10"}),
        ("cashback", 2.5, {"money": {"micros": "2500000", "currencyCode": "EUR"}}),
        ("points", 900_000_000, {"int": 900_000_000}),
    ],
)
def test_each_kind_of_balance(
    google: GoogleServer, merchant: Merchant, program_type: str, balance: float, shown: Any
) -> None:
    member = merchant.member(program_type)
    member.earn(balance)

    add(member)

    assert google.object["loyaltyPoints"]["balance"] == shown


def test_a_level_is_shown(google: GoogleServer, merchant: Merchant) -> None:
    add(merchant.member("tier", balance=600))

    (level,) = google.object["textModulesData"]
    assert (level["id"], level["body"]) == ("level", "Silber")


def test_a_booking_is_told(
    member: Member, google: GoogleServer, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    pipeline.fire(member.merchant)
    add(member)
    updates(pipeline)
    google.calls.clear()

    member.earn(30)
    pipeline.fire(member.merchant)
    assert updates(pipeline) == 1

    assert google.object["loyaltyPoints"]["balance"] == {"int": 150}
    assert google.calls == ["PUT loyaltyObject"]
    assert google.tokens == 1
    assert updates(pipeline) == 0


def test_what_is_booked_while_google_is_told_first_is_told_then(
    member: Member, google: GoogleServer, pipeline: Pipeline
) -> None:
    def meanwhile() -> None:
        google.meanwhile = lambda: (member.earn(5), pipeline.fire(member.merchant))

    google.meanwhile = meanwhile
    add(member)
    updates(pipeline)

    assert google.object["loyaltyPoints"]["balance"] == {"int": 125}


def test_a_second_link_costs_google_nothing(
    member: Member, google: GoogleServer, pipeline: Pipeline
) -> None:
    add(member)
    updates(pipeline)
    google.calls.clear()

    with nothing_written():
        again = add(member)

    assert again["url"].startswith(SAVE)
    assert google.calls == []


def test_a_repeated_request_calls_google_once(member: Member, google: GoogleServer) -> None:
    body = {**member.ids, **GOOGLE}
    first = member.api(ACTION, body, idempotency_key="k")
    calls = len(google.calls)
    with nothing_written():
        again = member.api(ACTION, body, idempotency_key="k")

    assert (first.is_replay, again.is_replay) == (False, True)
    assert len(google.calls) == calls
    tokens = [claims_of(each.body["url"].removeprefix(SAVE), "google") for each in (first, again)]
    assert tokens[0]["payload"] == tokens[1]["payload"]


def test_who_has_left_has_a_card_that_does_not_count(
    member: Member, google: GoogleServer, pipeline: Pipeline
) -> None:
    add(member)
    member.api.ok("leaveLoyaltyProgram", member.ids)
    updates(pipeline)

    assert {*google.object} == {"id", "classId", "state"}
    assert google.object["state"] == "INACTIVE"
    member.enroll()
    updates(pipeline)
    assert google.object["state"] == "ACTIVE"


def test_who_is_erased_is_erased_there(
    member: Member, google: GoogleServer, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    add(member)
    updates(pipeline)
    member.api.ok("eraseMember", {"userId": member.user_id})
    frozen_clock.advance(minutes=3)
    tell(member, pipeline)

    assert {*google.object} == {"id", "classId", "state"}
    assert google.object["state"] == "EXPIRED"
    assert stored.documents_of(member.merchant, "walletPasses") == {}


def test_a_logo_that_google_cannot_load_is_replaced_by_ours(
    google: GoogleServer, merchant: Merchant
) -> None:
    logo = "https://shop.example.com/logo.svg"
    member = merchant.member(branding={"color": "#1d5fbf", "logo": logo})
    google.bad_logos.add(logo)
    add(member)
    (made,) = google.classes.values()
    assert made["programLogo"]["sourceUri"]["uri"].endswith("/walletPasses/logo/1d5fbf.png")

    google.bad_logos.clear()
    other = member.other("bob")
    other.enroll()
    add(other)
    (made,) = google.classes.values()
    assert made["programLogo"]["sourceUri"]["uri"] == logo


@pytest.mark.parametrize(
    ("faults", "status", "code", "is_due"),
    [
        ([503] * 9, 503, "CONNECTOR_UNAVAILABLE", True),
        ([403] * 2, 503, "UNHEALTHY", False),
        ([400] * 2, 503, "UNHEALTHY", False),
    ],
)
def test_what_google_refuses_is_kept_and_gives_no_link(
    member: Member,
    google: GoogleServer,
    faults: list[int],
    status: int,
    code: str,
    is_due: bool,
) -> None:
    body = {**member.ids, **GOOGLE}
    google.faults = faults
    answer = member.api(ACTION, body, idempotency_key="k")

    assert (answer.status, answer.error) == (status, code)
    assert "as told" not in answer.body["message"] or code.startswith("CONNECTOR")
    assert google.objects == {}
    kept = only_pass(member)
    assert (kept["wasTold"], kept["leaseId"]) == (False, None)
    assert (kept["nextAttemptAt"] is not None) == is_due
    google.faults = []
    again = member.api(ACTION, body, idempotency_key="k")
    assert (again.status, again.is_replay) == (200, False)
    assert google.object["state"] == "ACTIVE"
    assert only_pass(member)["wasTold"] is True
    assert member.balance()["currentBalance"] == 120


def test_a_card_that_google_took_without_an_answer_ends_with_the_member(
    member: Member, google: GoogleServer, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    google.lost = [503] * 9
    answer = member.api(ACTION, {**member.ids, **GOOGLE})
    assert (answer.status, google.object["state"]) == (503, "ACTIVE")
    google.lost = []

    member.api.ok("eraseMember", {"userId": member.user_id})
    frozen_clock.advance(minutes=3)
    tell(member, pipeline)

    assert {*google.object} == {"id", "classId", "state"}
    assert google.object["state"] == "EXPIRED"
    assert stored.documents_of(member.merchant, "walletPasses") == {}


def test_a_card_that_google_did_not_take_is_told_by_the_task(
    member: Member, google: GoogleServer, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    google.faults = [503] * 9
    assert member.api(ACTION, {**member.ids, **GOOGLE}).status == 503
    google.faults = []

    frozen_clock.advance(minutes=3)
    tell(member, pipeline)

    assert google.object["state"] == "ACTIVE"
    kept = only_pass(member)
    assert (kept["wasTold"], kept["error"], kept["nextAttemptAt"]) == (True, None, None)


def test_who_is_erased_while_google_is_told_gets_no_link(
    member: Member, google: GoogleServer, pipeline: Pipeline
) -> None:
    google.meanwhile = lambda: member.api.ok("eraseMember", {"userId": member.user_id})

    answer = member.api(ACTION, {**member.ids, **GOOGLE}, idempotency_key="k")

    assert_refused(answer, 404, "MEMBERSHIP_NOT_FOUND")
    updates(pipeline)
    assert {*google.object} == {"id", "classId", "state"}
    assert google.object["state"] == "EXPIRED"
    assert stored.documents_of(member.merchant, "walletPasses") == {}


def test_who_leaves_while_google_is_told_has_a_card_that_does_not_count(
    member: Member, google: GoogleServer, pipeline: Pipeline
) -> None:
    def after_the_face_was_read() -> None:
        google.meanwhile = lambda: member.api.ok("leaveLoyaltyProgram", member.ids)

    google.meanwhile = after_the_face_was_read
    add(member)
    updates(pipeline)

    assert {*google.object} == {"id", "classId", "state"}
    assert google.object["state"] == "INACTIVE"


def test_a_lost_answer_of_the_database_changes_nothing(
    member: Member, google: GoogleServer
) -> None:
    member.api.ok("getMemberCode", {"userId": "user_1"})
    with first_answer_lost():
        assert add(member)["url"].startswith(SAVE)

    assert google.object["state"] == "ACTIVE"
    kept = only_pass(member)
    assert (kept["wasTold"], kept["leaseId"], kept["nextAttemptAt"]) == (True, None, None)


def test_two_at_once_tell_google_once(member: Member, google: GoogleServer) -> None:
    others = []

    def meanwhile() -> None:
        with nothing_written():
            others.append(member.api(ACTION, {**member.ids, **GOOGLE}))

    google.meanwhile = meanwhile
    add(member)

    (other,) = others
    assert (other.status, other.error) == (503, "BUSY")
    assert google.calls.count("POST loyaltyObject") == 1
    with nothing_written():
        assert add(member)["url"].startswith(SAVE)


@pytest.mark.parametrize(
    ("wallet", "read"),
    [*(("apple", each) for each in range(2, 5)), *(("google", each) for each in range(2, 8))],
)
def test_an_erasure_after_any_read_leaves_nothing(
    member: Member,
    google: GoogleServer,
    pipeline: Pipeline,
    servers: Processes,
    wallet: str,
    read: int,
) -> None:
    assert member.api.key is not None
    erasure = Job("eraseMember", {"userId": member.user_id}, member.api.key)
    reads = 0

    def after_read() -> None:
        nonlocal reads
        reads += 1
        if reads == read:
            (erased,) = servers.run(erasure)
            assert erased.status == 200

    with interfered(after_read):
        answer = member.api(ACTION, {**member.ids, "wallet": wallet})

    assert reads >= read
    assert_refused(answer, 404, answer.error)
    assert answer.error in {"MEMBERSHIP_NOT_FOUND", "MEMBER_NOT_FOUND"}
    updates(pipeline)
    assert stored.documents_of(member.merchant, "walletPasses") == {}
    assert [each for each in google.objects.values() if each["state"] != "EXPIRED"] == []


def test_a_failure_of_google_is_tried_again(
    own_database: None,
    google: GoogleServer,
    new_merchant: Any,
    pipeline: Pipeline,
    frozen_clock: Clock,
) -> None:
    member = new_merchant().member(balance=1)
    pipeline.fire(member.merchant)
    add(member)
    updates(pipeline)
    member.earn(4)
    pipeline.fire(member.merchant)
    google.faults = [503] * 9
    updates(pipeline)
    assert google.object["loyaltyPoints"]["balance"] == {"int": 1}

    google.faults = []
    frozen_clock.advance(minutes=3)
    pipeline.sweep()
    updates(pipeline)

    assert google.object["loyaltyPoints"]["balance"] == {"int": 5}


def test_a_token_that_google_forgot_is_asked_for_anew(
    member: Member, google: GoogleServer, pipeline: Pipeline
) -> None:
    pipeline.fire(member.merchant)
    add(member)
    updates(pipeline)
    google.tokens += 1  # The former one does not count any more.
    member.earn(1)
    pipeline.fire(member.merchant)
    updates(pipeline)

    assert google.object["loyaltyPoints"]["balance"] == {"int": 121}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUNKTWERK_GOOGLE_WALLET_KEY", "{}"),
        ("PUNKTWERK_GOOGLE_WALLET_KEY", "no JSON"),
        ("PUNKTWERK_GOOGLE_WALLET_ISSUER", "BCR2DN"),
    ],
)
def test_credentials_that_cannot_be_read_are_the_operators_to_mend(
    member: Member,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    with nothing_written():
        answer = member.api(ACTION, {**member.ids, **GOOGLE})

    assert_refused(answer, 503, "UNHEALTHY", {"googleWallet": False})
    assert "wallet credentials unreadable" in capsys.readouterr().out


def test_one_wallet_may_be_offered_alone(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNKTWERK_WALLETS", "apple")
    with nothing_written():
        answer = member.api(ACTION, {**member.ids, **GOOGLE})

    assert_refused(answer, 400, "WALLET_NOT_OFFERED")
