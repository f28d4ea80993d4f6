"""Writes into a WooCommerce shop: cards as meta data of customers, codes as coupons.

Source: WooCommerce REST API v3, "Customers", "Coupons" and "Data", and the shop's own code.

A coupon is found by its code, which the shop writes in lower case, and is ours by its meta data.
The shop has no key by which it recognizes a repetition, and refuses a second coupon of a code: so a
code is looked for before it is made, and once more after a refusal.

``date_expires_gmt`` is only told: what is sent as that is ignored. ``date_expires`` with a zone is
taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from shared import clock
from shared.connectors.client import JsonClient, Reply, parsed
from shared.connectors.shop.woocommerce_answers import WooCoupon, WooCurrency, WooCustomer
from shared.domain.systems.shop_writes import CARD_NAMESPACE, CodeFate, ShopCard, ShopCode
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorNotFound,
    ConnectorRejected,
)
from shared.said import say

CARD_FIELDS = ("balance", "unit", "tier", "card_code")
MARK = f"{CARD_NAMESPACE}_code"
"""Meta data of a coupon: whose it is, and how its code was spelled."""
REVOKED_AT = "2000-01-01T00:00:00"
"""When a coupon expires that is being revoked: nobody else gives this time to one."""
STARTS_WITHIN = timedelta(hours=1)
"""A coupon counts at once. A code that starts so soon may, too: clocks differ."""
SAME_CODE_MAX = 5
"""Coupons of one code: two that were made in the same moment are both taken away."""

_PLAIN_ADDRESS = re.compile(
    r"[\w!#$%&'+/=?^`{|}~.-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE
)
"""What the shop keeps of an address as it is. Without any other characters nothing might be left of
it, and the coupon would be anybody's; ``*`` stands for any."""
_HELD = re.compile(r"_coupon_held_([0-9]{1,12})_")


def write_card(client: JsonClient, card: ShopCard) -> None:
    """Write a card; see ``CardWriting``."""
    values = (f"{card.balance:f}", card.unit, card.tier, card.code)
    _put_meta(client, card.customer_id, dict(zip(CARD_FIELDS, values, strict=True)))


def clear_card(client: JsonClient, customer_id: str) -> None:
    """Take a card away; see ``CardWriting``."""
    try:
        _put_meta(client, customer_id, dict.fromkeys(CARD_FIELDS))
    except ConnectorNotFound:
        return


def put_code(client: JsonClient, code: ShopCode) -> str:
    """Make a coupon, and return its id; see ``CodeWriting``."""
    found = _find(client, code)
    if found is None:
        found = _make(client, code)
    elif found.date_expires_gmt == REVOKED_AT:
        found = _set_expiry(client, found, _expiry_of(code))
    return str(found.id)


def revoke_code(client: JsonClient, code: ShopCode) -> CodeFate:
    """Delete a coupon, unless it was used; see ``CodeWriting``.

    It expires first, so that nobody begins to use it between the last look and its end. One that
    was used is left as it was: if its order is cancelled, the shop lets it be used again.
    """
    for _ in range(SAME_CODE_MAX):
        try:
            found = _find(client, code)
        except ConnectorRejected:
            return CodeFate.REVOKED  # Somebody else's is none of ours.
        if found is None:
            return CodeFate.REVOKED
        try:
            if _ends_used(client, found, code):
                return CodeFate.USED
        except ConnectorNotFound:
            pass  # Somebody has deleted it meanwhile.
    raise ConnectorAnswerInvalid(
        say(
            "coupon_not_deleted",
            "{system} has a coupon after it was deleted.",
            system="woocommerce",
        )
    )


def _ends_used(client: JsonClient, coupon: WooCoupon, code: ShopCode) -> bool:
    """Delete a coupon and tell ``False``, or leave it and tell that it was used."""
    if not _is_used(coupon):
        _set_expiry(client, coupon, f"{REVOKED_AT}Z")
        path = f"/coupons/{coupon.id}"
        coupon = _coupon(client.get(path))
        if not _is_used(coupon):
            # The answer says what the coupon was when it was deleted.
            gone = client.call("DELETE", f"{path}?force=true", is_repeatable=True)
            return _is_used(_coupon(gone))
    if coupon.date_expires_gmt == REVOKED_AT:
        _set_expiry(client, coupon, _expiry_of(code))
    return True


def _is_used(coupon: WooCoupon) -> bool:
    """Tell whether an order has used a coupon, or is being paid.

    An order that waits for its payment is not counted yet, but holds the coupon for a while.
    """
    now_s = clock.real_now().timestamp()
    held = (_HELD.match(each.key) for each in coupon.meta_data)
    return coupon.usage_count > 0 or any(each and int(each[1]) > now_s for each in held)


def _find(client: JsonClient, code: ShopCode) -> WooCoupon | None:
    """Return our coupon of a code.

    Raises:
        ConnectorRejected: The code is somebody else's.
    """
    rows = client.get("/coupons", {"code": code.code}).body
    if not isinstance(rows, list):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "The answer of {system} is no list.", system="woocommerce")
        )
    for row in rows:
        found = parsed(WooCoupon, row, system="woocommerce")
        if found.code.lower() != code.code.lower():
            continue
        if not any((each.key, each.value) == (MARK, _mark_of(code)) for each in found.meta_data):
            raise ConnectorRejected(
                say(
                    "coupon_of_another",
                    "{system} has another coupon with this code.",
                    system="woocommerce",
                )
            )
        return found
    return None


def _make(client: JsonClient, code: ShopCode) -> WooCoupon:
    if code.starts_at > clock.real_now() + STARTS_WITHIN:
        raise ConnectorRejected(
            say(
                "no_later_coupons",
                "{system} has no coupons that count from later on.",
                system="woocommerce",
            )
        )
    body = {**_discount(client, code), **dict(_terms(client, code))}
    try:
        return _coupon(client.post("/coupons", body))
    except ConnectorRejected:
        # It was made meanwhile, by a call whose answer was lost.
        found = _find(client, code)
        if found is None:
            raise
        return found


def _discount(client: JsonClient, code: ShopCode) -> Mapping[str, str]:
    """Return what a coupon takes off. An amount is in the currency of the shop, which is asked."""
    if code.percentage is not None:
        return {"discount_type": "percent", "amount": _text(code.percentage)}
    assert code.amount is not None
    answer = client.get("/data/currencies/current").body
    currency = parsed(WooCurrency, answer, system="woocommerce").code
    if currency != code.currency:
        raise ConnectorRejected(
            say(
                "shop_currency",
                "The shop sells in {currency}, and the code is in {other}.",
                currency=currency,
                other=code.currency,
            )
        )
    return {"discount_type": "fixed_cart", "amount": _text(code.amount)}


def _terms(client: JsonClient, code: ShopCode) -> Iterator[tuple[str, Any]]:
    """Yield who can use a coupon, and when.

    A coupon knows customers by their addresses alone, so the shop is asked for it.
    """
    answer = client.get(_customer_path(code.customer_id)).body
    email = parsed(WooCustomer, answer, system="woocommerce").email
    if email is None or not _PLAIN_ADDRESS.fullmatch(email):
        raise ConnectorRejected(
            say(
                "customer_lacks_email", "The customer has no e-mail address that a coupon can have."
            )
        )
    yield "code", code.code
    yield "description", code.title
    yield "email_restrictions", [email]
    yield "usage_limit", 1
    yield "usage_limit_per_user", 1
    yield "individual_use", False
    yield "meta_data", [{"key": MARK, "value": _mark_of(code)}]
    if code.ends_at is not None:
        yield "date_expires", _expiry_of(code)


def _set_expiry(client: JsonClient, coupon: WooCoupon, at: str) -> WooCoupon:
    """Let a coupon expire at a time, or never if it is empty; check that the shop has done so."""
    changed = _coupon(
        client.send("PUT", f"/coupons/{coupon.id}", {"date_expires": at}, is_repeatable=True)
    )
    if (changed.date_expires_gmt or "") != at.removesuffix("Z"):
        raise ConnectorAnswerInvalid(
            say(
                "coupon_not_changed",
                "{system} has not changed when a coupon expires.",
                system="woocommerce",
            )
        )
    return changed


def _put_meta(client: JsonClient, customer_id: str, values: Mapping[str, str | None]) -> None:
    """Write meta data of a customer; ``None`` takes it away.

    Raises:
        ConnectorNotFound: There is no such customer.
    """
    path = _customer_path(customer_id)
    rows = [{"key": f"{CARD_NAMESPACE}_{name}", "value": each} for name, each in values.items()]
    try:
        client.send("PUT", path, {"meta_data": rows}, is_repeatable=True)
    except (ConnectorRejected, ConnectorCredentialsRefused):
        # Older shops say 400 of a customer who is gone, or 403 to who may not manage all.
        client.get(path)
        raise


def _customer_path(customer_id: str) -> str:
    if not (customer_id.isascii() and customer_id.isdigit()):
        raise ConnectorNotFound(
            say("no_such_customer", "{system} has no customer of this id.", system="woocommerce")
        )
    return f"/customers/{customer_id}"


def _coupon(reply: Reply) -> WooCoupon:
    return parsed(WooCoupon, reply.body, system="woocommerce")


def _expiry_of(code: ShopCode) -> str:
    """Return when a coupon expires, in UTC to the second; empty for never."""
    return "" if code.ends_at is None else f"{code.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _mark_of(code: ShopCode) -> str:
    return f"{code.customer_id}:{code.code}"


def _text(number: Decimal) -> str:
    return f"{number:f}"
