"""configureStoreTse: which TSEs a store's tills have; each belongs to one store of an account."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.tses import TestTse

A, B = "a" * 64, "b" * 64


def configured(merchant: Merchant, *tses: str) -> list[str]:
    body = {"storeId": merchant.store_id, "tses": list(tses)}
    serials: list[str] = merchant.api.ok("configureStoreTse", body)["tses"]
    return serials


def shown(merchant: Merchant) -> list[str]:
    serials: list[str] = merchant.api.ok("configureStoreTse", {"storeId": merchant.store_id})[
        "tses"
    ]
    return serials


def test_sets_all_tses_of_a_store(merchant: Merchant) -> None:
    assert shown(merchant) == []
    assert configured(merchant, A.upper(), B, A) == [A, B]
    with nothing_written():
        assert configured(merchant, A, B) == [A, B]
        assert shown(merchant) == [A, B]
    assert configured(merchant, B) == [B]
    assert configured(merchant) == []


def test_takes_a_public_key_for_its_serial_number(merchant: Merchant) -> None:
    tse = TestTse()

    assert configured(merchant, tse.public_key) == [tse.serial]


@pytest.mark.parametrize("text", ["", "abc", "z" * 64, "A" * 63, "AAAA"])
def test_other_texts_are_refused(merchant: Merchant, text: str) -> None:
    body = {"storeId": merchant.store_id, "tses": [text]}

    with nothing_written():
        answer = merchant.api("configureStoreTse", body)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert [*answer.body["details"]["fields"]] == ["tses[0]"]


def test_a_tse_belongs_to_one_store_of_the_account(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other, foreign = merchant.another_store(), new_merchant()
    assert configured(merchant, A) == [A]

    with nothing_written():
        answer = merchant.api("configureStoreTse", {"storeId": other.store_id, "tses": [B, A]})

    details = {"serial": A, "storeId": merchant.store_id}
    assert_refused(answer, 409, "TSE_TAKEN", details)
    assert configured(foreign, A) == [A]  # Nobody learns what other accounts have registered.
    configured(merchant)
    assert configured(other, A) == [A]


def test_of_two_stores_at_once_one_gets_it(merchant: Merchant) -> None:
    other = merchant.another_store()

    def ask(each: Merchant) -> int:
        return each.api("configureStoreTse", {"storeId": each.store_id, "tses": [A]}).status

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(ask, [merchant, other]))

    assert statuses == [200, 409]
    assert sorted([shown(merchant), shown(other)]) == [[], [A]]


def test_a_repeated_request_gets_the_first_answer(merchant: Merchant) -> None:
    body = {"storeId": merchant.store_id, "tses": [A]}
    first = merchant.api("configureStoreTse", body, idempotency_key="k1")
    configured(merchant, B)

    with nothing_written():
        second = merchant.api("configureStoreTse", body, idempotency_key="k1")

    assert (second.body, second.is_replay) == (first.body, True)


def test_a_store_without_euros_has_no_such_tills(merchant: Merchant) -> None:
    swiss = merchant.another_store("CHF")

    with nothing_written():
        answer = merchant.api("configureStoreTse", {"storeId": swiss.store_id, "tses": [A]})

    fields = {"tses": "are for stores with EUR"}
    assert_refused(answer, 400, "INVALID_PARAMETERS", {"fields": fields})


def test_another_accounts_store_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    body = {"storeId": new_merchant().store_id, "tses": [A]}

    with nothing_written():
        answer = merchant.api("configureStoreTse", body)

    assert_refused(answer, 404, "STORE_NOT_FOUND")
