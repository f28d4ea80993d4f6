"""addToWallet: the card as a signed pass that a phone takes, and only its member's."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shared.domain.accounts.staff import StaffRole
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired
from tests.support.wallets import PASS_TYPE, TEAM, Certificates, PassFile, opened

ACTION = "addToWallet"
APPLE = {"wallet": "apple"}
WALLETS = ("apple", "google")


def link(member: Member, **fields: Any) -> str:
    return str(member.api.ok(ACTION, {**member.ids, **APPLE, **fields})["url"])


def pass_of(app: Flask, member: Member) -> PassFile:
    answer = opened(app, link(member))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.apple.pkpass"
    assert answer.headers["Cache-Control"] == "no-store"
    return PassFile(answer.data)


def assert_no_pass(merchant: Merchant) -> None:
    assert stored.documents_of(merchant, "walletPasses") == {}


def test_a_pass_shows_what_the_card_shows(
    app: Flask, apple: Certificates, merchant: Merchant, frozen_clock: Clock
) -> None:
    branding = {"color": "#ffd400"}
    member = merchant.member(balance=120, programName="Bäckerei Plus", branding=branding)

    shown = pass_of(app, member).content

    code = member.api.ok("getMemberCode", {"userId": "user_1"})["code"]
    assert shown["passTypeIdentifier"] == PASS_TYPE
    assert shown["teamIdentifier"] == TEAM
    assert shown["formatVersion"] == 1
    assert shown["logoText"] == "Bäckerei Plus"
    assert shown["backgroundColor"] == "rgb(255, 212, 0)"
    assert shown["foregroundColor"] == shown["labelColor"] == "rgb(17, 19, 24)"
    assert shown["barcodes"] == [
        {
            "format": "PKBarcodeFormatQR",
            "message": code,
            "messageEncoding": "iso-8859-1",
            "altText": code,
        }
    ]
    (balance,) = shown["storeCard"]["primaryFields"]
    assert (balance["key"], balance["value"], balance["label"]) == ("balance", 120, "pw.points")
    assert len(shown["authenticationToken"]) >= 16
    assert shown["webServiceURL"].startswith("https://")
    assert shown["webServiceURL"].endswith("/walletPasses/apple")
    assert "voided" not in shown


@pytest.mark.parametrize(
    ("program_type", "label", "value"),
    [("stamps", "pw.stamps", "3 / 10"), ("cashback", "pw.cashback", 3), ("tier", "pw.points", 3)],
)
def test_a_pass_of_each_kind_of_program(
    app: Flask,
    apple: Certificates,
    merchant: Merchant,
    program_type: str,
    label: str,
    value: object,
) -> None:
    found = pass_of(app, merchant.member(program_type, balance=3)).content

    (balance,) = found["storeCard"]["primaryFields"]
    assert (balance["label"], balance["value"]) == (label, value)
    assert balance.get("currencyCode") == ("EUR" if program_type == "cashback" else None)
    level = [each["value"] for each in found["storeCard"]["secondaryFields"]]
    assert level == (["Bronze"] if program_type == "tier" else [])


def test_what_has_expired_is_not_in_the_balance(
    app: Flask, apple: Certificates, merchant: Merchant, frozen_clock: Clock
) -> None:
    member = merchant.member(balance=100, pointsExpiry={"afterDays": 10})
    frozen_clock.advance(days=5)
    member.earn(20)
    frozen_clock.advance(days=6)

    assert pass_of(app, member).balance == 20 == member.balance()["currentBalance"]


def test_where_codes_change_the_pass_shows_none(
    app: Flask, apple: Certificates, merchant: Merchant
) -> None:
    member = merchant.member(balance=5)
    merchant.api.ok("configureMembers", {"changingCodes": True})

    found = pass_of(app, member)

    assert found.balance == 5
    assert {"voided", "barcode", "barcodes"}.isdisjoint(found.content)
    (how,) = found.content["storeCard"]["backFields"]
    assert how["value"] == "pw.app_text"


def test_has_words_in_two_languages(app: Flask, apple: Certificates, merchant: Merchant) -> None:
    found = pass_of(app, merchant.member())

    assert '"pw.balance_now" = "Your balance is now %@";' in found.strings("en")
    assert '"pw.points" = "Punkte";' in found.strings("de")
    (balance,) = found.content["storeCard"]["primaryFields"]
    assert balance["changeMessage"] == "pw.balance_now"
    words = [line.split('"')[1] for line in found.strings("en").splitlines()]
    assert words == [line.split('"')[1] for line in found.strings("de").splitlines()]


def test_openssl_takes_the_signature_and_no_changed_manifest(
    app: Flask, apple: Certificates, merchant: Merchant, tmp_path: Path
) -> None:
    found = pass_of(app, merchant.member())
    for name in ("signature", "manifest.json"):
        (tmp_path / name).write_bytes(found.read(name))
    (tmp_path / "root.pem").write_text(apple.root)
    (tmp_path / "changed.json").write_bytes(found.read("manifest.json") + b" ")

    def verified(manifest: str) -> int:
        command = ["openssl", "smime", "-verify", "-inform", "DER", "-in", "signature"]
        command += ["-content", manifest, "-CAfile", "root.pem", "-purpose", "any"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        return done.returncode

    assert verified("manifest.json") == 0
    assert verified("changed.json") != 0


def test_a_second_call_gives_the_same_pass(
    app: Flask, apple: Certificates, merchant: Merchant
) -> None:
    member = merchant.member()
    first = pass_of(app, member).content
    with nothing_written():
        again = pass_of(app, member).content

    assert again == first
    assert len(stored.documents_of(merchant, "walletPasses")) == 1


def test_a_repeated_request_is_answered_with_a_link_to_the_same_pass(
    app: Flask, apple: Certificates, merchant: Merchant
) -> None:
    member = merchant.member()
    body = {**member.ids, **APPLE}
    first = member.api(ACTION, body, idempotency_key="k")
    with nothing_written():
        again = member.api(ACTION, body, idempotency_key="k")

    assert (first.is_replay, again.is_replay) == (False, True)
    files = [PassFile(opened(app, each.body["url"]).data) for each in (first, again)]
    assert files[0].content == files[1].content


def test_no_secret_is_stored_in_the_clear(
    app: Flask, apple: Certificates, merchant: Merchant
) -> None:
    member = merchant.member()
    answer = member.api(ACTION, {**member.ids, **APPLE}, idempotency_key="k")
    token = PassFile(opened(app, answer.body["url"]).data).content["authenticationToken"]

    kept = str(stored.documents_of(merchant, "walletPasses"))
    assert token not in kept
    assert token not in str(stored.documents("idempotencyKeys"))
    assert token not in answer.body["url"]


def test_a_link_ends_after_a_quarter_of_an_hour(
    app: Flask, apple: Certificates, merchant: Merchant, frozen_clock: Clock
) -> None:
    url = link(merchant.member())
    frozen_clock.advance(minutes=15)
    assert opened(app, url).status_code == 200
    frozen_clock.advance(seconds=1)

    answer = opened(app, url)

    assert (answer.status_code, answer.get_json()["error"]) == (404, "WALLET_LINK_EXPIRED")


@pytest.mark.parametrize("change", [lambda url: url[:-20] + ".pkpass", lambda _: "/x.pkpass"])
def test_a_changed_link_leads_nowhere(
    app: Flask, apple: Certificates, merchant: Merchant, change: Any
) -> None:
    url = link(merchant.member())
    base, _, name = url.rpartition("/")

    answer = opened(app, f"{base}/{change(name).lstrip('/')}")

    assert (answer.status_code, answer.get_json()["error"]) == (404, "WALLET_LINK_EXPIRED")


def test_customers_add_their_own(app: Flask, apple: Certificates, merchant: Merchant) -> None:
    member = merchant.member(balance=7)
    body = {"programId": member.program_id, **APPLE}

    own = merchant.customer("user_1")(ACTION, body)
    eve = merchant.customer("eve")
    with nothing_written():
        theirs = eve(ACTION, {**body, "userId": "user_1"})
        nobody = eve(ACTION, body)

    assert PassFile(opened(app, own.body["url"]).data).balance == 7
    assert (theirs.status, nobody.error) == (403, "MEMBERSHIP_NOT_FOUND")


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("role", StaffRole)
def test_no_staff_takes_the_card_of_a_member(
    apple: Certificates, merchant: Merchant, role: StaffRole
) -> None:
    member = merchant.member()
    api = hired(merchant, role)

    with nothing_written():
        answer = api(ACTION, {**member.ids, **APPLE})

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")
    assert_no_pass(merchant)


def test_is_not_there_where_the_operator_offers_nothing(merchant: Merchant) -> None:
    member = merchant.member()
    with nothing_written():
        answers = [member.api(ACTION, {**member.ids, "wallet": x}) for x in ("apple", "google")]

    for each in answers:
        assert_refused(each, 400, "WALLET_NOT_OFFERED")
    assert member.api.ok("getMemberCode", {"userId": "user_1"})["wallets"] == []
    assert_no_pass(merchant)


def test_the_member_code_says_what_is_offered(apple: Certificates, merchant: Merchant) -> None:
    member = merchant.member()

    assert member.api.ok("getMemberCode", {"userId": "user_1"})["wallets"] == ["apple"]


def test_the_sandbox_answers_for_each_wallet(merchant: Merchant) -> None:
    ids = {"programId": "lp_1", "userId": "u"}
    apple, google = (merchant.sandbox(ACTION, {**ids, "wallet": x}).body for x in WALLETS)

    assert (apple["wallet"], apple["url"][-7:]) == ("apple", ".pkpass")
    assert (google["wallet"], google["expiresAt"]) == ("google", None)
    assert google["url"].startswith("https://pay.google.com/gp/v/save/")


def refused(member: Member, **fields: Any) -> Answer:
    with nothing_written():
        return member.api(ACTION, {**member.ids, **APPLE, **fields})


def test_refuses_who_takes_no_part(
    apple: Certificates, merchant: Merchant, new_merchant: Any
) -> None:
    member = merchant.member()
    stranger = new_merchant().member()

    assert_refused(refused(member.other("bob")), 404, "MEMBERSHIP_NOT_FOUND")
    assert_refused(refused(member, programId=stranger.program_id), 404, "PROGRAM_NOT_FOUND")
    assert_refused(refused(member, storeId=stranger.merchant.store_id), 404, "PROGRAM_NOT_FOUND")
    assert refused(member, wallet="samsung").error == "INVALID_PARAMETERS"
    member.api.ok("suspendMember", {**member.ids, "reason": "Test"})
    assert refused(member).error == "MEMBER_SUSPENDED"
    left = member.other("carl")
    left.enroll()
    left.api.ok("leaveLoyaltyProgram", left.ids)
    assert refused(left).error == "MEMBERSHIP_CLOSED"
    still = member.other("dora")
    still.enroll()
    closed = {"programId": member.program_id, "isActive": False}
    member.api.ok("updateLoyaltyProgram", closed)
    assert refused(still).error == "PROGRAM_INACTIVE"
    assert_no_pass(merchant)


@pytest.mark.parametrize("pem", ["nonsense", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END"])
def test_credentials_that_cannot_be_read_are_the_operators_to_mend(
    apple: Certificates,
    merchant: Merchant,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pem: str,
) -> None:
    member = merchant.member()
    monkeypatch.setenv("PUNKTWERK_APPLE_PASS_PEM", pem)

    assert_refused(refused(member), 503, "UNHEALTHY", {"appleWallet": False})

    assert "wallet credentials unreadable" in capsys.readouterr().out
    assert_no_pass(merchant)
