"""getStoreQrCode: the code that a poster or a screen of a store shows."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from shared.domain.stores.store_codes import CodeKind
from shared.services.stores import store_qr_codes
from shared.store.stores import store_documents
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written


def read(merchant: Merchant, text: str, now: datetime) -> CodeKind:
    """Return which kind of code a customer has read in the merchant's store."""
    store = store_documents.find(merchant.store_id)
    assert store is not None
    return store_qr_codes.verify(text, store, now).kind


def test_a_poster_has_one_code_for_ever(merchant: Merchant, frozen_clock: Clock) -> None:
    with nothing_written():
        first = merchant.api.ok("getStoreQrCode", {"storeId": merchant.store_id})
        frozen_clock.advance(days=400)
        second = merchant.api.ok("getStoreQrCode", {"storeId": merchant.store_id, "kind": "static"})

    assert first == second
    assert (first["kind"], first["validFrom"], first["validUntil"]) == ("static", None, None)
    assert read(merchant, first["code"], frozen_clock.now) is CodeKind.STATIC


def test_a_screen_has_another_code_every_thirty_seconds(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    frozen_clock.now = datetime(2026, 3, 3, 12, 0, 10, tzinfo=UTC)
    body = {"storeId": merchant.store_id, "kind": "rotating"}

    shown = merchant.api.ok("getStoreQrCode", body)
    same = merchant.api.ok("getStoreQrCode", body)
    frozen_clock.advance(seconds=20)
    following = merchant.api.ok("getStoreQrCode", body)

    assert (shown["validFrom"], shown["validUntil"]) == (
        "2026-03-03T12:00:00.000Z",
        "2026-03-03T12:00:30.000Z",
    )
    assert same == shown
    assert following["validFrom"] == shown["validUntil"]
    assert following["code"] != shown["code"]
    assert read(merchant, shown["code"], frozen_clock.now) is CodeKind.ROTATING


@pytest.mark.parametrize("wanted", [None, "svg", "png"])
def test_draws_the_pictures_that_are_wanted(merchant: Merchant, wanted: str | None) -> None:
    body = {"storeId": merchant.store_id, **({"format": wanted} if wanted else {})}

    answer = merchant.api.ok("getStoreQrCode", body)

    drawn = {name for name in ("svg", "png") if answer[name] is not None}
    assert drawn == ({"svg", "png"} if wanted is None else {wanted})
    if answer["svg"]:
        assert ET.fromstring(answer["svg"]).tag == "{http://www.w3.org/2000/svg}svg"
    if answer["png"]:
        assert base64.b64decode(answer["png"]).startswith(b"\x89PNG\r\n")


def test_a_picture_can_hold_a_link_to_the_card(
    merchant: Merchant, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNKTWERK_CARD_URL", "https://card.example/")
    body = {"storeId": merchant.store_id, "format": "svg"}

    shown = merchant.api.ok("getStoreQrCode", {**body, "content": "link"})
    of_code = merchant.api.ok("getStoreQrCode", body)

    assert shown["link"] == f"https://card.example/check-in#{shown['code']}" == of_code["link"]
    assert shown["svg"] == store_qr_codes.draw_svg(shown["link"])
    assert of_code["svg"] == store_qr_codes.draw_svg(shown["code"])
    assert read(merchant, shown["link"], frozen_clock.now) is CodeKind.STATIC


def test_another_kind_or_format_is_refused(merchant: Merchant) -> None:
    body = {"storeId": merchant.store_id}

    with nothing_written():
        kind = merchant.api("getStoreQrCode", {**body, "kind": "paper"})
        form = merchant.api("getStoreQrCode", {**body, "format": "gif"})
        content = merchant.api("getStoreQrCode", {**body, "content": "picture"})

    assert_invalid(kind, kind="must be one of 'static' or 'rotating'")
    assert_invalid(form, format="must be one of 'svg' or 'png'")
    assert_invalid(content, content="must be one of 'code' or 'link'")


def test_another_accounts_store_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    with nothing_written():
        answer = merchant.api("getStoreQrCode", {"storeId": other.store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")
