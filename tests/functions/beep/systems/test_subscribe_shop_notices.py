"""subscribeShopNotices: a connected shop sends its notices here, each topic once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.connectors import client as http
from shared.services.systems import shop_addresses
from tests.support import woocommerce_site
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.system_samples import CONFIGS
from tests.support.woocommerce_site import WooSite

TOPICS = ["order.created", "order.updated", "order.deleted", "order.restored"]


@pytest.fixture
def site(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> Iterator[WooSite]:
    """The store's shop, connected by a key that somebody has pasted."""
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    with woocommerce_site.woo_site() as made:
        made.take_the_key_of_the_samples()
        configure(merchant, "woocommerce", woocommerce_site.credentials(made))
        yield made


def configure(merchant: Merchant, system: str, credentials: dict[str, Any]) -> None:
    body = {"kind": "shop", "system": system, "storeId": merchant.store_id}
    merchant.api.ok("configureSync", {**body, "credentials": credentials})


def subscribe(merchant: Merchant, system: str = "woocommerce", **options: Any) -> Any:
    body = {"system": system, "storeId": merchant.store_id}
    return merchant.api("subscribeShopNotices", body, **options)


def address(merchant: Merchant) -> str:
    return shop_addresses.of_notices("woocommerce", merchant.store_id)


def test_the_shop_is_told_once_what_to_send(merchant: Merchant, site: WooSite) -> None:
    with nothing_written():
        first, second = subscribe(merchant), subscribe(merchant)

    assert first.body == {
        "success": True,
        "system": "woocommerce",
        "storeId": merchant.store_id,
        "address": address(merchant),
        "topics": TOPICS,
    }
    assert second.body == first.body
    secret = CONFIGS["shop", "woocommerce"]["webhookSecret"]
    assert site.webhooks == [
        {
            "id": number,
            "name": f"Punktwerk {topic}",
            "topic": topic,
            "delivery_url": address(merchant),
            "secret": secret,
            "status": "active",
        }
        for number, topic in enumerate(TOPICS, start=1)
    ]


def test_what_is_there_is_set_right_and_what_goes_elsewhere_stays(
    merchant: Merchant, site: WooSite
) -> None:
    elsewhere = {"topic": "order.updated", "delivery_url": "https://erp.example.com", "secret": "s"}
    ours = {"topic": "order.updated", "delivery_url": address(merchant), "status": "disabled"}
    others = [{"id": number, **elsewhere} for number in range(1, 121)]
    site.webhooks = [*others, {"id": 121, **ours, "secret": "typed by hand"}]

    assert subscribe(merchant).status == 200

    assert site.webhooks[:120] == others
    mended = site.webhooks[120]
    assert (mended["status"], mended["id"]) == ("active", 121)
    assert mended["secret"] == CONFIGS["shop", "woocommerce"]["webhookSecret"]
    topics = [each["topic"] for each in site.webhooks[121:]]
    assert topics == ["order.created", "order.deleted", "order.restored"]


def test_a_shop_that_refuses_half_way_is_told_the_rest_later(
    merchant: Merchant, site: WooSite
) -> None:
    def refusing_the_third(method: str, *rest: Any) -> tuple[int, Any]:
        if method == "POST" and len(site.webhooks) == 2:
            return 500, {"message": "Out of memory."}
        return answered(method, *rest)

    answered, site.answer = site.answer, refusing_the_third  # type: ignore[method-assign]
    refused = subscribe(merchant)
    assert (refused.status, refused.error) == (503, "CONNECTOR_UNAVAILABLE")
    assert len(site.webhooks) == 2

    site.answer = answered  # type: ignore[method-assign]
    assert subscribe(merchant).status == 200
    assert [each["topic"] for each in site.webhooks] == TOPICS


@pytest.mark.parametrize("listed", [{"message": "?"}, ["x"], None])
def test_nonsense_of_a_shop_is_refused(merchant: Merchant, site: WooSite, listed: Any) -> None:
    site.refuse = [(200, listed)]
    assert subscribe(merchant).error == "CONNECTOR_ANSWER_INVALID"
    assert site.webhooks == []


def test_a_shop_that_was_never_connected_is_refused(merchant: Merchant) -> None:
    with nothing_written():
        answer = subscribe(merchant)
    assert (answer.status, answer.error) == (400, "CONNECTOR_NOT_CONFIGURED")


def test_shops_that_are_told_otherwise_are_refused(merchant: Merchant) -> None:
    for system in ("generic", "shopware"):
        answer = subscribe(merchant, system)
        assert (answer.status, answer.error) == (400, "CONNECTOR_UNSUPPORTED")
        assert answer.body["details"]["offers"] == {"docs": f"docs/connectors/shop-{system}.md"}


def test_the_store_of_others_is_refused(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    body = {"system": "woocommerce", "storeId": new_merchant().store_id}
    assert_refused(merchant.api("subscribeShopNotices", body), 404, "STORE_NOT_FOUND")
