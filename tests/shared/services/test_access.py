"""What belongs to an account is reached by that account alone; others get the answer of absence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from shared.auth.caller import Caller
from shared.errors import (
    PaymentNotFound,
    ProductNotFound,
    ProgramNotFound,
    PunktwerkError,
    StoreNotFound,
    WebhookNotFound,
)
from shared.services import access
from shared.services.accounts import callers
from tests.support.hooks import created
from tests.support.merchants import Merchant
from tests.support.payments import Till
from tests.support.products import inserted


def caller_of(merchant: Merchant) -> Caller:
    return callers.acting_for(merchant.account_id)


def refusal_of(call: Callable[[], object]) -> tuple[type, str, dict[str, object]]:
    with pytest.raises(PunktwerkError) as refusal:
        call()
    return type(refusal.value), refusal.value.message, refusal.value.details


def test_a_store_is_reached_by_its_account(merchant: Merchant) -> None:
    store = access.store(caller_of(merchant), merchant.store_id)
    assert (store.store_id, store.account_id) == (merchant.store_id, merchant.account_id)


def test_a_foreign_store_is_as_absent_as_none(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger = caller_of(new_merchant())
    foreign = refusal_of(partial(access.store, stranger, merchant.store_id))
    absent = refusal_of(partial(access.store, stranger, "store_none"))
    assert foreign == (StoreNotFound, f"There is no store {merchant.store_id}.", {})
    assert absent == (StoreNotFound, "There is no store store_none.", {})


def test_a_program_is_reached_by_its_account(merchant: Merchant) -> None:
    program_id = merchant.program()
    for store_id in (None, merchant.store_id):
        program = access.program(caller_of(merchant), program_id, store_id)
        assert (program.program_id, program.store_id) == (program_id, merchant.store_id)


def test_a_foreign_program_is_as_absent_as_none(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    program_id, other = merchant.program(), new_merchant()
    stranger = caller_of(other)
    for store_id in (None, other.store_id, merchant.store_id):
        refusal = refusal_of(partial(access.program, stranger, program_id, store_id))
        assert refusal == (ProgramNotFound, f"There is no program {program_id}.", {})
    absent = refusal_of(partial(access.program, stranger, "lp_none", None))
    assert absent == (ProgramNotFound, "There is no program lp_none.", {})


def test_a_program_is_not_reached_by_way_of_another_store(merchant: Merchant) -> None:
    program_id, caller = merchant.program(), caller_of(merchant)
    for store_id in ("store_none", "", f"{merchant.store_id} "):
        refusal = refusal_of(partial(access.program, caller, program_id, store_id))
        assert refusal == (ProgramNotFound, f"There is no program {program_id}.", {})


def test_a_cached_program_is_still_checked(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    program_id = merchant.program()
    access.program(caller_of(merchant), program_id, None)
    with pytest.raises(ProgramNotFound):
        access.program(caller_of(new_merchant()), program_id, None)


def test_a_webhook_endpoint_is_reached_by_its_account(merchant: Merchant) -> None:
    webhook_id = created(merchant)
    for store_id in (None, merchant.store_id):
        endpoint = access.webhook(caller_of(merchant), webhook_id, store_id)
        assert (endpoint.endpoint_id, endpoint.store_id) == (webhook_id, merchant.store_id)


def test_a_foreign_webhook_endpoint_is_as_absent_as_none(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    webhook_id, other = created(merchant), new_merchant()
    stranger = caller_of(other)
    expected = (WebhookNotFound, f"There is no webhook endpoint {webhook_id}.", {})
    for store_id in (None, other.store_id, merchant.store_id):
        assert refusal_of(partial(access.webhook, stranger, webhook_id, store_id)) == expected
    for store_id in ("store_none", "", other.store_id):
        own = partial(access.webhook, caller_of(merchant), webhook_id, store_id)
        assert refusal_of(own) == expected
    absent = refusal_of(partial(access.webhook, stranger, "we_none", None))
    assert absent == (WebhookNotFound, "There is no webhook endpoint we_none.", {})


def test_a_foreign_payment_is_as_absent_as_none(
    till: Till, new_merchant: Callable[..., Merchant]
) -> None:
    merchant, payment_id = till.merchant, till.process().body["paymentId"]
    for store_id in (None, merchant.store_id):
        assert access.payment(caller_of(merchant), payment_id, store_id).payment_id == payment_id
    stranger = caller_of(new_merchant())
    for caller, store_id in ((stranger, None), (caller_of(merchant), "store_none")):
        refusal = refusal_of(partial(access.payment, caller, payment_id, store_id))
        assert refusal == (PaymentNotFound, f"There is no payment {payment_id}.", {})
    absent = refusal_of(partial(access.payment, stranger, "pay_none", None))
    assert absent == (PaymentNotFound, "There is no payment pay_none.", {})


def test_a_foreign_product_is_as_absent_as_none(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    product_id = inserted(merchant)["productId"]
    for store_id in (None, merchant.store_id):
        assert access.product(caller_of(merchant), product_id, store_id).product_id == product_id
    stranger = caller_of(new_merchant())
    for caller, store_id in ((stranger, None), (caller_of(merchant), "store_none")):
        refusal = refusal_of(partial(access.product, caller, product_id, store_id))
        assert refusal == (ProductNotFound, f"There is no product {product_id}.", {})
    absent = refusal_of(partial(access.product, stranger, "none", None))
    assert absent == (ProductNotFound, "There is no product none.", {})
