"""walletPasses: phones follow Apple's protocol with the token of their pass, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from shared.domain.wallets.wallet_passes import DEVICES_MAX
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import ENTRY, Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.traffic import Traffic, watched
from tests.support.wallets import PASS_TYPE, PUSH_TOKEN, Certificates, PassFile, Phone, opened


def phone_of(app: Flask, member: Member, **fields: Any) -> Phone:
    url = member.api.ok("addToWallet", {**member.ids, "wallet": "apple"})["url"]
    return Phone(app.test_client(), PassFile(opened(app, url).data), **fields)


@pytest.fixture
def member(apple: Certificates, frozen_clock: Clock, merchant: Merchant) -> Member:
    return merchant.member(balance=100)


def only_pass(merchant: Merchant) -> dict[str, Any]:
    (found,) = stored.documents_of(merchant, "walletPasses").values()
    return found


def test_a_phone_registers_fetches_and_unregisters(
    app: Flask, member: Member, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    phone = phone_of(app, member)
    pipeline.fire(member.merchant)
    assert phone.register() == 201
    first = phone.changes()
    assert first is not None
    assert first["serialNumbers"] == [phone.serial]
    assert phone.changes(first["lastUpdated"]) is None

    frozen_clock.advance(seconds=30)
    member.earn(20)
    pipeline.fire(member.merchant)

    then = phone.changes(first["lastUpdated"])
    assert then is not None
    assert then["serialNumbers"] == [phone.serial]
    assert phone.changes(then["lastUpdated"]) is None
    latest = phone.latest()
    assert (latest.balance, latest.content["serialNumber"]) == (120, phone.serial)
    assert latest.content["authenticationToken"] == phone.token
    assert phone.unregister() == 200
    assert phone.changes() is None


def test_a_phone_that_has_the_newest_gets_no_file(
    app: Flask, member: Member, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    pipeline.fire(member.merchant)
    frozen_clock.advance(seconds=30)
    phone = phone_of(app, member)
    answer = phone.fetch()
    has = answer.headers["Last-Modified"]
    assert has == "Tue, 03 Mar 2026 12:00:30 GMT"

    known = phone.fetch(has)
    assert (known.status_code, known.data) == (304, b"")

    # Two bookings within one second, of which the phone has fetched the first.
    member.earn(1)
    pipeline.fire(member.merchant)
    once = phone.fetch(has)
    assert (once.status_code, PassFile(once.data).balance) == (200, 101)
    member.earn(1)
    pipeline.fire(member.merchant)
    twice = phone.fetch(once.headers["Last-Modified"])
    assert (twice.status_code, PassFile(twice.data).balance) == (200, 102)
    assert phone.fetch("no time at all").status_code == 200


@pytest.mark.parametrize("since", ["9" * 5_000, "1" * 16, "-1", "1.5", "\u0661"])
def test_a_tag_that_is_none_of_ours_is_as_none(app: Flask, member: Member, since: str) -> None:
    phone = phone_of(app, member)
    phone.register()

    with nothing_written():
        found = phone.changes(since)

    assert found == phone.changes()
    assert phone.changes("9" * 15) is None


@pytest.mark.parametrize("zone", ["+99999999999999", "-999999999"])
def test_a_time_of_an_absurd_zone_is_as_none(app: Flask, member: Member, zone: str) -> None:
    phone = phone_of(app, member)
    since = f"Tue, 03 Mar 2026 12:00:30 {zone}"

    with nothing_written():
        own = phone.fetch(since)
        foreign = phone.fetch(since, token="x" * 32)

    assert (own.status_code, PassFile(own.data).balance) == (200, 100)
    assert foreign.status_code == 401


def test_a_program_that_looks_otherwise_is_newer(
    app: Flask, member: Member, frozen_clock: Clock
) -> None:
    phone = phone_of(app, member)
    has = phone.fetch().headers["Last-Modified"]
    frozen_clock.advance(minutes=5)
    change = {"programId": member.program_id, "branding": {"color": "#000000"}}
    member.api.ok("updateLoyaltyProgram", change)

    answer = phone.fetch(has)

    assert answer.status_code == 200
    assert PassFile(answer.data).content["backgroundColor"] == "rgb(0, 0, 0)"


def test_registers_once_and_takes_a_newer_push_token(app: Flask, member: Member) -> None:
    phone = phone_of(app, member)
    assert phone.register() == 201
    with nothing_written():
        assert phone.register() == 200
    assert phone.register("b2" * 32) == 200

    found = only_pass(member.merchant)
    assert len(found["devices"]) == 1
    assert phone.device not in str(found)
    assert PUSH_TOKEN not in str(found)


def test_several_phones_have_a_pass_but_not_any_number(app: Flask, member: Member) -> None:
    phones = [phone_of(app, member, device=f"{n:032x}") for n in range(DEVICES_MAX + 1)]

    assert {each.register(f"{n:064x}") for n, each in enumerate(phones)} == {201}

    assert len(only_pass(member.merchant)["devices"]) == DEVICES_MAX
    assert phones[0].changes() is None
    assert phones[-1].changes() is not None


@pytest.mark.parametrize("token", ["", "x" * 32, "é"])
def test_refuses_who_has_another_token(app: Flask, member: Member, token: str) -> None:
    phone = phone_of(app, member)
    phone.register()
    before = only_pass(member.merchant)

    with nothing_written():
        answers = [
            phone.register("b2" * 32, token=token or " "),
            phone.unregister(token=token or " "),
            phone.fetch(token=token or " ").status_code,
        ]

    assert answers == [401, 401, 401]
    assert only_pass(member.merchant) == before


def test_a_token_is_of_one_pass(app: Flask, member: Member) -> None:
    other = member.other("bob")
    other.enroll()
    own, theirs = phone_of(app, member), phone_of(app, other)

    with nothing_written():
        assert theirs.fetch(token=own.token).status_code == 401
        assert theirs.register(token=own.token) == 401


def test_absent_and_foreign_are_refused_alike(app: Flask, member: Member) -> None:
    phone = phone_of(app, member)
    with nothing_written():
        answers = [
            phone.call("GET", f"passes/{PASS_TYPE}/wp_absent"),
            phone.call("GET", f"passes/pass.com.example.other/{phone.serial}"),
            phone.call("GET", "devices/d1/registrations/pass.com.example.other"),
            phone.call("POST", f"devices/a%20b/registrations/{PASS_TYPE}/{phone.serial}", json={}),
            phone.call("GET", "nothing/else"),
            phone.fetch(token=" "),
        ]

    assert {each.status_code for each in answers} == {401}
    bodies = [{**each.get_json(), "requestId": ""} for each in answers]
    assert all(each == bodies[0] for each in bodies)


@pytest.mark.parametrize(
    "body", [{}, {"pushToken": 5}, {"pushToken": "zz" * 32}, {"pushToken": "a" * 500}]
)
def test_refuses_what_is_no_push_token(app: Flask, member: Member, body: dict[str, Any]) -> None:
    phone = phone_of(app, member)
    with nothing_written():
        answer = phone.call("POST", f"{phone.registrations}/{phone.serial}", json=body)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "INVALID_PARAMETERS")


def test_takes_no_other_methods(app: Flask, member: Member) -> None:
    phone = phone_of(app, member)
    answers = [
        phone.call("POST", f"passes/{PASS_TYPE}/{phone.serial}"),
        phone.call("PUT", f"{phone.registrations}/{phone.serial}"),
        phone.call("GET", "log"),
    ]

    assert {each.status_code for each in answers} == {405}


def test_notes_little_of_what_phones_complain_of(
    app: Flask, member: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = phone_of(app, member)
    lines = ["x" * 1_000, *(f"line {n}" for n in range(20))]
    with nothing_written():
        assert phone.call("POST", "log", json={"logs": lines}).status_code == 200
        assert phone.call("POST", "log", json={"logs": "no list"}).status_code == 200
        assert phone.call("POST", "log", data=b"{" * 70_000).status_code == 400

    said = [each for each in capsys.readouterr().out.splitlines() if "says of a pass" in each]
    assert len(said) == 5
    assert "x" * 201 not in said[0]


def test_who_left_or_is_suspended_has_a_pass_that_does_not_count(
    app: Flask, member: Member, frozen_clock: Clock
) -> None:
    phone = phone_of(app, member)

    def after(action: str, **fields: Any) -> dict[str, Any]:
        has = phone.fetch().headers["Last-Modified"]
        member.api.ok(action, {**member.ids, **fields})
        answer = phone.fetch(has)
        assert answer.status_code == 200
        return PassFile(answer.data).content

    suspended = after("suspendMember", reason="Test")
    assert suspended["voided"] is True
    assert "barcode" not in suspended
    assert "barcodes" not in suspended
    assert suspended["storeCard"]["primaryFields"] == []
    assert "voided" not in after("reactivateMember", reason="Test")
    assert after("leaveLoyaltyProgram")["voided"] is True
    back = after("enrollInLoyaltyProgram")
    assert "voided" not in back
    assert back["barcodes"][0]["message"].startswith("S")


def test_a_pass_of_who_was_merged_shows_who_took_over(
    app: Flask, member: Member, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    phone = phone_of(app, member)
    phone.register()
    other = member.other("bob")
    other.enroll()
    other.earn(11)
    pipeline.fire(member.merchant)
    body = {"fromUserId": member.user_id, "intoUserId": "bob"}
    member.api.ok("mergeMembers", body)
    has = phone.fetch().headers["Last-Modified"]
    pipeline.fire(member.merchant)
    assert phone.latest().balance == 111

    frozen_clock.advance(minutes=1)
    other.earn(9)
    pipeline.fire(member.merchant)

    answer = phone.fetch(has)
    assert (answer.status_code, PassFile(answer.data).balance) == (200, 120)
    exported = member.api.ok("exportMember", {"userId": "bob"})["data"]
    assert [each["userId"] for each in exported["walletPasses"]] == ["user_1"]


def test_costs_nothing_where_nothing_is_offered(
    merchant: Merchant, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = merchant.member(balance=10)

    def traffic_of_booking() -> Traffic:
        path = paths.entry(member.membership_id, member.earn(1)["entryId"])
        with watched() as traffic:
            assert pipeline.trigger(ENTRY, path) == 200
        return traffic

    def passes(named: list[str]) -> list[str]:
        return [each for each in named if each.startswith("walletPasses/")]

    without = traffic_of_booking()
    assert passes([*without.asked, *without.written]) == []
    monkeypatch.setenv("PUNKTWERK_WALLETS", "apple,google")
    offered = traffic_of_booking()
    # Both are looked for in a reading that is made anyway.
    assert len(passes(offered.asked)) == 2
    assert passes(offered.written) == []
    assert len(offered.rpcs) <= len(without.rpcs)


def test_a_booking_costs_nothing_more_where_wallets_are_offered(
    app: Flask, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone_of(app, member).register()
    member.earn(1)
    with watched() as offered:
        member.earn(1)
    monkeypatch.delenv("PUNKTWERK_WALLETS")
    with watched() as without:
        member.earn(1)

    assert offered.cost == without.cost


def test_a_picture_for_programs_without_one(app: Flask) -> None:
    answer = app.test_client().get("/apiGateway/walletPasses/logo/ffd400.png")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.data.startswith(b"\x89PNG")
    assert len(answer.data) < 10_000
    odd = app.test_client().get("/apiGateway/walletPasses/logo/..%2Fx.png")
    assert odd.status_code in {200, 401}
