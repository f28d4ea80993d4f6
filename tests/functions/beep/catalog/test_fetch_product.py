"""fetchProduct: one product by any of its names, and what it has cost and will cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.catalog.goods import Price
from shared.domain.money import Money
from shared.store import client, codec, paths
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.products import EAN, inserted, kept, synced
from tests.support.refusals import assert_refused, nothing_written

ACTION = "fetchProduct"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def found(merchant: Merchant, name: str, **fields: str) -> str:
    """Return the id of the product of a name."""
    with nothing_written():
        body = merchant.api.ok(ACTION, {"productId": name, **fields})
    return str(body["product"]["productId"])


def test_shows_what_was_inserted(merchant: Merchant) -> None:
    product = inserted(merchant)

    body = merchant.api.ok(ACTION, {"productId": product["productId"]})

    prices = {"upcomingPrices": [], "priceHistory": []}
    assert body == {"success": True, "product": {**product, **prices}}


@pytest.mark.parametrize("name", [EAN, "0815"])
def test_is_found_in_its_store_by_ean_and_number(merchant: Merchant, name: str) -> None:
    product_id = inserted(merchant, number="0815")["productId"]

    assert found(merchant, name, storeId=merchant.store_id) == product_id
    assert found(merchant, product_id, storeId=merchant.store_id) == product_id
    with nothing_written():
        elsewhere = merchant.api(ACTION, {"productId": name})
    assert_refused(elsewhere, 404, "PRODUCT_NOT_FOUND", message=f"There is no product {name}.")


def test_is_found_by_a_upc_a(merchant: Merchant) -> None:
    product_id = inserted(merchant, ean="036000291452")["productId"]

    for name in ("036000291452", "0036000291452"):
        assert found(merchant, name, storeId=merchant.store_id) == product_id


def test_is_found_by_a_number_that_is_its_key(merchant: Merchant) -> None:
    product_id = inserted(merchant, ean=None, number="Öl/5 l")["productId"]

    assert found(merchant, "Öl/5 l", storeId=merchant.store_id) == product_id
    assert found(merchant, product_id) == product_id


def test_a_number_may_be_the_id_of_a_strangers_product(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    number = inserted(new_merchant())["productId"]
    product_id = inserted(merchant, ean=None, number=number)["productId"]

    assert found(merchant, number, storeId=merchant.store_id) == product_id


def test_what_is_sold_is_found_first(merchant: Merchant) -> None:
    synced(merchant, key="a", number="0815", deleted_at=NOW)
    synced(merchant, key="b", number="0815")

    assert found(merchant, "0815", storeId=merchant.store_id) == f"{merchant.store_id}_b"


def test_shows_what_is_no_longer_sold(merchant: Merchant) -> None:
    gone = synced(merchant, deleted_at=NOW, replaced_by="Öl/5 l")

    product = merchant.api.ok(ACTION, {"productId": gone.product_id})["product"]

    assert product["deletedAt"] == "2026-03-03T12:00:00.000Z"
    assert product["replacedBy"] == paths.product_id(merchant.store_id, "Öl/5 l")


def test_shows_the_last_20_prices(frozen_clock: Clock, merchant: Merchant) -> None:
    for price in range(1, 23):
        inserted(merchant, price=price, ifExists="update")
        frozen_clock.advance(days=1)

    product_id = f"{merchant.store_id}_{EAN}"
    product = merchant.api.ok(ACTION, {"productId": product_id})["product"]

    assert product["price"] == 22
    assert [each["price"] for each in product["priceHistory"]] == list(range(21, 1, -1))
    assert product["priceHistory"][0] == {
        "price": 21,
        "currency": "EUR",
        "since": "2026-03-23T12:00:00.000Z",
        "until": "2026-03-24T12:00:00.000Z",
        "source": "api",
    }


def test_a_price_begins_at_its_time(frozen_clock: Clock, merchant: Merchant) -> None:
    upcoming = tuple(
        Price(Money(cents, "EUR"), NOW + timedelta(days=days))
        for cents, days in ((119, 1), (129, 2), (139, 3))
    )
    product_id = synced(
        merchant, priced_at=NOW, upcoming=upcoming, next_price_at=upcoming[0].valid_from
    ).product_id
    frozen_clock.advance(days=2)

    with nothing_written():
        product = merchant.api.ok(ACTION, {"productId": product_id})["product"]

    assert product["price"] == 1.29
    assert product["upcomingPrices"] == [{"price": 1.39, "validFrom": "2026-03-06T12:00:00.000Z"}]
    assert product["priceHistory"] == [
        {
            "price": 1.19,
            "currency": "EUR",
            "since": "2026-03-04T12:00:00.000Z",
            "until": "2026-03-05T12:00:00.000Z",
            "source": "korona",
        },
        {
            "price": 1.49,
            "currency": "EUR",
            "since": "2026-03-03T12:00:00.000Z",
            "until": "2026-03-04T12:00:00.000Z",
            "source": "korona",
        },
    ]
    assert product["updatedAt"] == "2026-03-03T12:00:00.000Z"


@pytest.mark.parametrize("name", ["nothing", "a/b", "..", "__a__", "a_/", "store_a_%zz", "a_b\n"])
def test_what_there_is_not_is_not_found(merchant: Merchant, name: str) -> None:
    with nothing_written():
        alone = merchant.api(ACTION, {"productId": name})
        in_store = merchant.api(ACTION, {"productId": name, "storeId": merchant.store_id})

    for answer in (alone, in_store):
        message = f"There is no product {name}."
        assert_refused(answer, 404, "PRODUCT_NOT_FOUND", message=message)


def test_a_product_of_another_store_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    product_id, other = inserted(merchant)["productId"], merchant.another_store()
    stranger = new_merchant()
    inserted(stranger, ean=None, number="theirs")

    answers = [
        merchant.api(ACTION, {"productId": product_id, "storeId": other.store_id}),
        stranger.api(ACTION, {"productId": product_id}),
        stranger.api(ACTION, {"productId": product_id, "storeId": stranger.store_id}),
        stranger.api(ACTION, {"productId": EAN, "storeId": stranger.store_id}),
    ]

    for answer in answers:
        assert (answer.status, answer.error) == (404, "PRODUCT_NOT_FOUND")
    foreign = stranger.api(ACTION, {"productId": EAN, "storeId": merchant.store_id})
    assert_refused(foreign, 404, "STORE_NOT_FOUND")


def of_old(merchant: Merchant, number: str) -> str:
    """Store a product as it was stored when ids were ambiguous; return the id it had then."""
    product = synced(merchant, key=number, ean=None, number=number)
    former = f"{merchant.store_id}_{number}"
    assert former != product.product_id
    document = codec.to_document(replace(product, product_id=former))
    path = paths.store_product(merchant.store_id, number)
    mirror = client.get_one(paths.product(product.product_id))
    client.commit(
        [
            client.Delete(mirror),
            client.Put(path, document),
            client.Put(paths.product(former), document),
        ]
    )
    return former


def test_a_product_is_found_by_the_id_that_it_had_when_ids_were_ambiguous(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    former = of_old(merchant, "A_1")
    product_id = f"{merchant.store_id}_A%5F1"

    for name in (former, product_id):
        assert found(merchant, name) == product_id
        assert found(merchant, name, storeId=merchant.store_id) == product_id
    stranger = new_merchant()
    with nothing_written():
        theirs = stranger.api(ACTION, {"productId": former})
    assert_refused(theirs, 404, "PRODUCT_NOT_FOUND")


def test_its_next_change_gives_it_the_mirror_of_its_new_id(merchant: Merchant) -> None:
    former = of_old(merchant, "A_1")

    body = {"storeId": merchant.store_id, "number": "A_1", "name": "New", "price": 2}
    merchant.api.ok("insertProduct", {**body, "ifExists": "take_over"})

    assert kept(merchant, "A_1").name == "New"
    with nothing_written():
        answer = merchant.api.ok(ACTION, {"productId": former})
    assert answer["product"]["name"] == "New"


@pytest.mark.parametrize(
    "name",
    ["ä" * 749, "ä" * 750, "ä" * 1_201, "a" * 1_201, "_" * 1_201],
    ids=["fits", "bytes", "longest bytes", "longest", "underscores"],
)
def test_a_name_that_no_index_can_hold_is_nobodys(merchant: Merchant, name: str) -> None:
    for fields in ({}, {"storeId": merchant.store_id}):
        with nothing_written():
            answer = merchant.api(ACTION, {"productId": name, **fields})
        assert_refused(answer, 404, "PRODUCT_NOT_FOUND")
