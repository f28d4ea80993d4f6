"""Bodies for Google: what does not fit a number, and what a card without a code says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from shared.connectors.wallets import google_bodies
from shared.domain.loyalty.programs import ProgramType
from tests.shared.connectors.wallets.test_apple_pass import FACE
from tests.support.google_wallet import validator


def test_more_points_than_a_number_holds_are_a_text() -> None:
    most = google_bodies.object_of(replace(FACE, free=Decimal(2**31 - 1)), "3388", "wp_1")
    more = google_bodies.object_of(replace(FACE, free=Decimal(2**31)), "3388", "wp_1")

    assert most["loyaltyPoints"]["balance"] == {"int": 2_147_483_647}
    assert more["loyaltyPoints"]["balance"] == {"string": "2147483648"}
    for each in (most, more):
        validator("LoyaltyObject").validate(each)


def test_what_is_reserved_or_owed_is_the_second_amount() -> None:
    reserved = replace(FACE, reserved=Decimal(50), more_stamps=2)
    owed = replace(FACE, kind=ProgramType.CASHBACK, free=Decimal(0), owed=Decimal("3.20"))

    told = [google_bodies.object_of(each, "3388", "wp_1") for each in (FACE, reserved, owed)]

    for each in told:
        validator("LoyaltyObject").validate(each)
    seconds = [each.get("secondaryLoyaltyPoints") for each in told]
    assert [each and (each["label"], each["balance"]) for each in seconds] == [
        None,
        ("Reserved", {"int": 50}),
        ("To make up for", {"money": {"micros": "3200000", "currencyCode": "EUR"}}),
    ]
    texts = [[(x["id"], x["body"]) for x in each["textModulesData"]] for each in told]
    why = (
        "Something came back after you had spent it. What you collect next makes up for that first."
    )
    assert texts == [[], [("more", "2")], [("owed", why)]]


def test_where_codes_change_the_card_says_where_they_are() -> None:
    found = google_bodies.object_of(replace(FACE, code=None), "3388", "wp_1")

    validator("LoyaltyObject").validate(found)
    assert "barcode" not in found
    assert [each["id"] for each in found["textModulesData"]] == ["how"]


def test_the_validator_refuses_what_google_does_not_know() -> None:
    wrong = {**google_bodies.object_of(FACE, "3388", "wp_1"), "points": 5}

    assert not validator("LoyaltyObject").is_valid(wrong)
    assert not validator("LoyaltyObject").is_valid({**wrong, "state": "GONE"})
