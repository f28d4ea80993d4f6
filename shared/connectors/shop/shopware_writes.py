"""Writes into a Shopware shop: cards as custom fields and a tag of customers, codes as promotions.

Source: the vendor's OpenAPI definition of the Admin API, 6.7.10.1, and the shop's own code.

All that a card or a code consists of is written by one call of ``_action/sync``, which is one
transaction. Ids are made from what they are of, so the same call again writes the same rows. The
shop refuses a second promotion of a code, in whatever case it is spelled.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from shared.connectors.client import JsonClient, Model, parsed
from shared.connectors.rows import Number, without_nulls
from shared.connectors.shop.shopware_answers import is_id, written
from shared.domain.systems.shop_writes import (
    CARD_NAMESPACE,
    TIER_TAG_PREFIX,
    CodeFate,
    ShopCard,
    ShopCode,
)
from shared.errors import ConnectorNotFound, ConnectorRejected
from shared.said import say

CARD_FIELDS = tuple(f"{CARD_NAMESPACE}_{name}" for name in ("balance", "unit", "tier", "card_code"))
PERMISSIONS: Mapping[str, frozenset[str]] = {
    "read": frozenset(
        {"customer", "customer_tag", "tag", "currency", "sales_channel", "promotion"}
    ),
    "create": frozenset(
        {
            "tag",
            "customer_tag",
            "promotion",
            "promotion_discount",
            "promotion_discount_prices",
            "promotion_sales_channel",
            "promotion_persona_customer",
        }
    ),
    "update": frozenset(
        {
            "customer",
            "tag",
            "promotion",
            "promotion_discount",
            "promotion_discount_prices",
            "promotion_sales_channel",
        }
    ),
    "delete": frozenset({"customer_tag"}),
}
"""What an app or an integration has to be allowed, besides reading orders."""

_SYSTEM = "shopware"
_IDS = uuid.UUID("6c1e4ad2-9a6b-5f0e-8a3b-52a0c0f3d7b1")
_PAGE_ROWS = 100
_PAGES_MAX = 10


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    _drop_nulls = model_validator(mode="before")(without_nulls)


class _Tag(_Answer):
    id: str
    name: str = ""


class _Customer(_Answer):
    id: str
    tags: tuple[_Tag, ...] = ()


class _Currency(_Answer):
    id: str
    factor: Number = Field(gt=0)


class _SalesChannel(_Answer):
    id: str


class _Promotion(_Answer):
    active: bool = False
    order_count: int = 0


class _Rows(_Answer):
    data: list[dict[str, Any]]


def write_card(client: JsonClient, card: ShopCard) -> None:
    """Write a card; see ``CardWriting``.

    Custom fields are merged: those of others stay as they are.
    """
    customer = _customer(client, card.customer_id)
    values = (card.balance, card.unit, card.tier, card.code)
    tags = _tier_tags(customer)
    body: dict[str, Any] = {"customFields": dict(zip(CARD_FIELDS, values, strict=True))}
    if card.tier_tag is not None and card.tier_tag not in tags.values():
        body["tags"] = [{"id": _id_of("tag", card.tier_tag), "name": card.tier_tag}]
    others = [number for number, name in tags.items() if name != card.tier_tag]
    _write_customer(client, customer.id, body, others)


def clear_card(client: JsonClient, customer_id: str) -> None:
    """Take a card away; see ``CardWriting``."""
    try:
        customer = _customer(client, customer_id)
    except ConnectorNotFound:
        return
    body = {"customFields": dict.fromkeys(CARD_FIELDS)}
    _write_customer(client, customer.id, body, _tier_tags(customer))


def put_code(client: JsonClient, code: ShopCode) -> str:
    """Make a promotion with a code, and return its id; see ``CodeWriting``."""
    customer = _customer(client, code.customer_id)
    promotion_id = _promotion_id(code)
    criteria = {"includes": _only("sales_channel"), "sort": [{"field": "id", "order": "ASC"}]}
    channels = _search(client, "sales-channel", _SalesChannel, criteria)
    body = {
        "id": promotion_id,
        "name": code.title,
        "active": True,
        "priority": 1,
        "exclusive": False,
        "preventCombination": False,
        "useCodes": True,
        "useIndividualCodes": False,
        "useSetGroups": False,
        "code": code.code,
        "maxRedemptionsGlobal": 1,
        "maxRedemptionsPerCustomer": 1,
        "customerRestriction": True,
        "personaCustomers": [{"id": customer.id}],
        "validFrom": written(code.starts_at),
        "validUntil": None if code.ends_at is None else written(code.ends_at),
        "salesChannels": [
            {
                "id": _id_of("promotion_sales_channel", promotion_id, each.id),
                "salesChannelId": each.id,
                "priority": 1,
            }
            for each in channels
        ],
        "discounts": [_discount(client, code, promotion_id)],
    }
    _sync(client, [{"action": "upsert", "entity": "promotion", "payload": [body]}])
    return promotion_id


def revoke_code(client: JsonClient, code: ShopCode) -> CodeFate:
    """Make a promotion inactive, unless it was used; see ``CodeWriting``.

    It is looked at again afterwards: an order may have been placed meanwhile. One that was used is
    left as it was.
    """
    promotion = _promotion(client, code)
    if promotion is not None and not promotion.order_count:
        _set_active(client, code, is_active=False)
        promotion = _promotion(client, code)
        if promotion is not None and not promotion.order_count:
            return CodeFate.REVOKED
    if promotion is None:
        return CodeFate.REVOKED
    if not promotion.active:
        _set_active(client, code, is_active=True)
    return CodeFate.USED


def _discount(client: JsonClient, code: ShopCode, promotion_id: str) -> Mapping[str, Any]:
    """Return what a promotion takes off.

    The shop takes a value for one in its default currency, and multiplies it by the factor of the
    cart's. So that nothing is rounded twice, the code's own currency has a price of its own.
    """
    discount_id = _id_of("promotion_discount", promotion_id)
    body = {"id": discount_id, "scope": "cart", "considerAdvancedRules": False}
    if code.percentage is not None:
        return {**body, "type": "percentage", "value": code.percentage}
    assert code.amount is not None
    criteria = {
        "filter": [{"type": "equals", "field": "isoCode", "value": code.currency}],
        "includes": _only("currency", "factor"),
    }
    currency = next(iter(_search(client, "currency", _Currency, criteria)), None)
    if currency is None:
        raise ConnectorRejected(
            say("shop_lacks_currency", "The shop does not sell in {other}.", other=code.currency)
        )
    price = {
        "id": _id_of("promotion_discount_prices", discount_id, currency.id),
        "currencyId": currency.id,
        "price": code.amount,
    }
    value = (code.amount / currency.factor).quantize(Decimal("0.01"), ROUND_DOWN)
    return {**body, "type": "absolute", "value": value, "promotionDiscountPrices": [price]}


def _customer(client: JsonClient, customer_id: str) -> _Customer:
    """Return a customer with the tags.

    Raises:
        ConnectorNotFound: There is no such customer.
    """
    criteria = {
        "ids": [customer_id],
        "associations": {"tags": {}},
        "includes": {**_only("customer", "tags"), **_only("tag", "name")},
    }
    found = list(_search(client, "customer", _Customer, criteria)) if is_id(customer_id) else []
    if not found:
        raise ConnectorNotFound(
            say("no_such_customer", "{system} has no customer of this id.", system="shopware")
        )
    return found[0]


def _tier_tags(customer: _Customer) -> Mapping[str, str]:
    """Return the ids and names of the tags that say a tier."""
    return {each.id: each.name for each in customer.tags if each.name.startswith(TIER_TAG_PREFIX)}


def _write_customer(
    client: JsonClient, customer_id: str, body: Mapping[str, Any], without: Iterable[str]
) -> None:
    """Change a customer, and take tags away, all or nothing."""
    links = [{"customerId": customer_id, "tagId": each} for each in without]
    work: list[Mapping[str, Any]] = [
        {"action": "upsert", "entity": "customer", "payload": [{"id": customer_id, **body}]}
    ]
    if links:
        work.append({"action": "delete", "entity": "customer_tag", "payload": links})
    _sync(client, work)


def _sync(client: JsonClient, work: Sequence[Mapping[str, Any]]) -> None:
    client.post("/_action/sync", work, is_repeatable=True)


def _search(
    client: JsonClient, entity: str, model: type[Model], criteria: Mapping[str, Any]
) -> Iterator[Model]:
    for page in range(1, _PAGES_MAX + 1):
        body = {"page": page, "limit": _PAGE_ROWS, "total-count-mode": "none", **criteria}
        reply = client.post(f"/search/{entity}", body, is_repeatable=True)
        rows = parsed(_Rows, reply.body, system=_SYSTEM).data
        for each in rows:
            yield parsed(model, each, system=_SYSTEM)
        if len(rows) < _PAGE_ROWS:
            return


def _promotion(client: JsonClient, code: ShopCode) -> _Promotion | None:
    """Return a code's promotion, or ``None`` if the shop says so.

    It is searched, as 404 may be said by whatever is in front of a shop that has it.
    """
    criteria = {
        "ids": [_promotion_id(code)],
        "includes": _only("promotion", "active", "orderCount"),
    }
    return next(iter(_search(client, "promotion", _Promotion, criteria)), None)


def _set_active(client: JsonClient, code: ShopCode, *, is_active: bool) -> None:
    """Let a code be used, or not. The contract wants the id and the name of what is changed."""
    promotion_id = _promotion_id(code)
    body = {"id": promotion_id, "name": code.title, "active": is_active}
    client.send("PATCH", f"/promotion/{promotion_id}", body, is_repeatable=True)


def _only(entity: str, *fields: str) -> Mapping[str, Sequence[str]]:
    return {entity: ("id", *fields)}


def _promotion_id(code: ShopCode) -> str:
    """Return the id of a code's promotion: that of somebody else's code is another one."""
    return _id_of("promotion", code.customer_id, code.code)


def _id_of(entity: str, *of: str) -> str:
    return uuid.uuid5(_IDS, json.dumps([entity, *of])).hex
