"""The only functions that load an account's data. Absent and foreign data get the same 404."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from shared.auth.caller import Caller
from shared.domain.catalog.products import CatalogProduct
from shared.domain.loyalty.programs import Program
from shared.domain.orders.checkouts import Checkout
from shared.domain.orders.collect_orders import CollectOrder
from shared.domain.payments.payments import Payment
from shared.domain.stores.stores import Store
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.errors import (
    CheckoutNotFound,
    OrderNotFound,
    PaymentNotFound,
    ProductNotFound,
    ProgramNotFound,
    PunktwerkError,
    StoreNotFound,
    WebhookNotFound,
)
from shared.services import forwarding
from shared.services.commands import Reads
from shared.store.catalog import product_documents
from shared.store.loyalty import program_documents
from shared.store.orders import checkout_documents, collect_order_documents
from shared.store.payments import payment_documents
from shared.store.stores import store_documents
from shared.store.webhooks import endpoint_documents


class _Owned(Protocol):
    """A document that belongs to a store of an account."""

    @property
    def account_id(self) -> str: ...

    @property
    def store_id(self) -> str: ...


class _Personal(Protocol):
    """A document of one customer."""

    @property
    def user_id(self) -> str: ...


OwnedT = TypeVar("OwnedT", bound=_Owned)
PersonalT = TypeVar("PersonalT", bound=_Personal)


def is_own(caller: Caller, found: _Owned, store_id: str | None) -> bool:
    """Tell whether something is the caller's, and of ``store_id`` if one is given."""
    return found.account_id == caller.account_id and store_id in {None, found.store_id}


def own(
    caller: Caller, found: OwnedT | None, refusal: PunktwerkError, store_id: str | None = None
) -> OwnedT:
    """Return ``found`` if it is the caller's, and of ``store_id`` if one is given.

    Raises:
        PunktwerkError: ``refusal``: it does not exist, or is not theirs, or is another store's.
    """
    if found is None or not is_own(caller, found, store_id):
        raise refusal
    return found


def _of_customer(
    caller: Caller, found: PersonalT, refusal: PunktwerkError, reads: Reads | None
) -> PersonalT:
    """Return ``found`` if a secret key calls, or the customer whose it is, by any of their ids.

    Raises:
        PunktwerkError: ``refusal``: it is another customer's.
        Wanted: A decision, which has read ``reads``, needs to know the customer's ids.
    """
    if caller.customer is None or caller.customer.user_id == found.user_id:
        return found
    if reads is None:
        every = forwarding.every_user_id(caller.account_id, caller.customer.user_id)
    else:
        person = forwarding.person_in(reads, caller.account_id, caller.customer.user_id)
        every = () if person is None else person.every_user_id
    if found.user_id not in every:
        raise refusal
    return found


def store(caller: Caller, store_id: str) -> Store:
    """Return a store of the caller's account.

    Raises:
        StoreNotFound: It does not exist, or belongs to another account.
    """
    return own_store(caller, store_documents.find(store_id), store_id)


def named_store(caller: Caller, store_id: str | None) -> None:
    """Check a store that is named, where only its account is meant.

    Raises:
        StoreNotFound: It does not exist, or belongs to another account.
    """
    if store_id is not None:
        store(caller, store_id)


def own_store(caller: Caller, found: Store | None, store_id: str) -> Store:
    """Return ``found`` by the rules of ``store``, if the document was read already."""
    return own(caller, found, StoreNotFound(f"There is no store {store_id}."))


def program(caller: Caller, program_id: str, store_id: str | None) -> Program:
    """Return a program of the caller's account, and of ``store_id`` if one is given.

    Raises:
        ProgramNotFound: It does not exist, or belongs to another account or store.
    """
    return own_program(caller, program_documents.find(program_id), program_id, store_id)


def own_program(
    caller: Caller, found: Program | None, program_id: str, store_id: str | None
) -> Program:
    """Return ``found`` by the rules of ``program``, if the document was read already."""
    return own(caller, found, ProgramNotFound(f"There is no program {program_id}."), store_id)


def webhook(caller: Caller, webhook_id: str, store_id: str | None) -> WebhookEndpoint:
    """Return a webhook endpoint of the caller's account, and of ``store_id`` if one is given.

    Raises:
        WebhookNotFound: It does not exist, or belongs to another account or store.
    """
    return own_webhook(caller, endpoint_documents.find(webhook_id), webhook_id, store_id)


def own_webhook(
    caller: Caller, found: WebhookEndpoint | None, webhook_id: str, store_id: str | None
) -> WebhookEndpoint:
    """Return ``found`` by the rules of ``webhook``, if the document was read already."""
    return own(
        caller, found, WebhookNotFound(f"There is no webhook endpoint {webhook_id}."), store_id
    )


def payment(caller: Caller, payment_id: str, store_id: str | None) -> Payment:
    """Return a payment of the caller's account, and of ``store_id`` if one is given.

    Raises:
        PaymentNotFound: It does not exist, or belongs to another account or store.
    """
    return own_payment(caller, payment_documents.find(payment_id), payment_id, store_id)


def own_payment(
    caller: Caller, found: Payment | None, payment_id: str, store_id: str | None
) -> Payment:
    """Return ``found`` by the rules of ``payment``, if the document was read already."""
    return own(caller, found, PaymentNotFound(f"There is no payment {payment_id}."), store_id)


def checkout(caller: Caller, checkout_id: str, store_id: str | None) -> Checkout:
    """Return a checkout of the caller's, and of ``store_id`` if one is given.

    Raises:
        CheckoutNotFound: It does not exist, or belongs to another account, store or customer.
    """
    return own_checkout(caller, checkout_documents.find(checkout_id), checkout_id, store_id)


def own_checkout(
    caller: Caller,
    found: Checkout | None,
    checkout_id: str,
    store_id: str | None,
    reads: Reads | None = None,
) -> Checkout:
    """Return ``found`` by the rules of ``checkout``, if the document was read already.

    ``reads``: what a decision has read, if one asks.
    """
    refusal = CheckoutNotFound(f"There is no checkout {checkout_id}.")
    return _of_customer(caller, own(caller, found, refusal, store_id), refusal, reads)


def collect_order(caller: Caller, order_id: str, store_id: str | None) -> CollectOrder:
    """Return an order of the caller's, and of ``store_id`` if one is given.

    Raises:
        OrderNotFound: It does not exist, or belongs to another account, store or customer.
    """
    return own_order(caller, collect_order_documents.find(order_id), order_id, store_id)


def own_order(
    caller: Caller,
    found: CollectOrder | None,
    order_id: str,
    store_id: str | None,
    reads: Reads | None = None,
) -> CollectOrder:
    """Return ``found`` by the rules of ``collect_order``, if the document was read already.

    ``reads``: what a decision has read, if one asks.
    """
    refusal = OrderNotFound(f"There is no order {order_id}.")
    return _of_customer(caller, own(caller, found, refusal, store_id), refusal, reads)


def product(caller: Caller, product_id: str, store_id: str | None) -> CatalogProduct:
    """Return a product of the caller's account, and of ``store_id`` if one is given.

    Raises:
        ProductNotFound: It does not exist, or belongs to another account or store.
    """
    named = own_products(caller, product_documents.find_many([product_id]), store_id)
    named = named or former_products(caller, product_id, store_id)
    return own_product(caller, named[0] if named else None, product_id, store_id)


def former_products(caller: Caller, product_id: str, store_id: str | None) -> list[CatalogProduct]:
    """Return the caller's products that were known by an id until decision 17."""
    return own_products(caller, product_documents.find_former(product_id), store_id)


def own_products(
    caller: Caller, found: Iterable[CatalogProduct], store_id: str | None
) -> list[CatalogProduct]:
    """Return those that are the caller's, and of ``store_id`` if one is given."""
    return [each for each in found if is_own(caller, each, store_id)]


def own_product(
    caller: Caller, found: CatalogProduct | None, product_id: str, store_id: str | None
) -> CatalogProduct:
    """Return ``found`` by the rules of ``product``, if the document was read already."""
    return own(caller, found, ProductNotFound(f"There is no product {product_id}."), store_id)
