"""Codes of rewards at Shopify: each is a discount of its own, for one customer, once.

Source: the Admin GraphQL schema 2026-10: ``discountCodeBasicCreate``, ``codeDiscountNodeByCode``
and ``discountCodeDeactivate``. Codes are unique in a shop, whatever the case of their letters, so
the code itself tells a repetition: it is looked for before one is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field

from shared import clock
from shared.connectors.client import parsed
from shared.connectors.shop.shopify_answers import id_of
from shared.connectors.shop.shopify_payloads import (
    NAME,
    Ask,
    customer_gid,
    errors_in,
    no_customer,
    refusal,
    require_done,
)
from shared.domain.systems.shop_writes import CARD_NAMESPACE, CodeFate, ShopCode
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

TITLE_CHARS_MAX = 255

_PERCENT = 100
_TAKEN = "TAKEN"
_EXPIRED = "EXPIRED"

_FOUND: Final = """
fragment Found on DiscountCodeNode {
  id
  codeDiscount {
    ... on DiscountCodeBasic {
      status
      usageLimit
      asyncUsageCount
      tags
      context { ... on DiscountCustomers { customers { id } } }
    }
  }
}
"""

LOOK: Final = (
    """query CodeToPut($code: String!, $customer: ID!) {
  shop { currencyCode }
  customer(id: $customer) { id }
  codeDiscountNodeByCode(code: $code) { ...Found }
}
"""
    + _FOUND
)

FIND: Final = (
    """query Code($code: String!) {
  codeDiscountNodeByCode(code: $code) { ...Found }
}
"""
    + _FOUND
)

_CREATE = "discountCodeBasicCreate"
_UPDATE = "discountCodeBasicUpdate"
_DEACTIVATE = "discountCodeDeactivate"

CREATE: Final = """mutation PutCode($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { code message }
  }
}
"""

SET_TIMES: Final = """mutation SetTimes($id: ID!, $discount: DiscountCodeBasicInput!) {
  discountCodeBasicUpdate(id: $id, basicCodeDiscount: $discount) {
    userErrors { code message }
  }
}
"""

DEACTIVATE: Final = """mutation RevokeCode($id: ID!) {
  discountCodeDeactivate(id: $id) { userErrors { code message } }
}
"""


class _Identified(BaseModel):
    id: str


class _Context(BaseModel):
    customers: tuple[_Identified, ...] = ()


class _Discount(BaseModel):
    status: str
    usage_limit: int | None = Field(alias="usageLimit")
    uses: int = Field(alias="asyncUsageCount")
    tags: tuple[str, ...]
    context: _Context


class _Node(BaseModel):
    """A discount. ``discount`` is ``None`` for one of a kind that we never make."""

    id: str
    discount: Annotated[_Discount | None, BeforeValidator(lambda told: told or None)] = Field(
        alias="codeDiscount"
    )


class _Shop(BaseModel):
    currency: str = Field(alias="currencyCode")


class _Found(BaseModel):
    node: _Node | None = Field(alias="codeDiscountNodeByCode")


class _Looked(_Found):
    shop: _Shop
    customer: _Identified | None


class _Made(BaseModel):
    node: _Identified = Field(alias="codeDiscountNode")


def put(ask: Ask, code: ShopCode) -> str:
    """Make a code usable, and return its id; see ``CodeWriting``."""
    customer = customer_gid(code.customer_id)
    told = ask(LOOK, {"code": code.code, "customer": customer})
    looked = parsed(_Looked, told, system=NAME)
    if looked.customer is None:
        raise no_customer()
    if looked.node is not None:
        return _put_again(ask, looked.node, code)
    if code.amount is not None and looked.shop.currency != code.currency:
        raise ConnectorRejected(
            say(
                "shop_currency",
                "The shop sells in {currency}, and the code is worth {other}.",
                currency=looked.shop.currency,
                other=code.currency,
            )
        )
    made = ask(CREATE, {"discount": discount_of(code)})
    errors = errors_in(made, [_CREATE])
    if not errors:
        return _digits(parsed(_Made, made[_CREATE], system=NAME).node.id)
    if not any(each.code == _TAKEN for each in errors):
        raise refusal(errors)
    # A call that was slower than its repetition has made it meanwhile.
    found = _find(ask, code)
    if found is None:
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} says that the code is taken, and does not find it.",
                system="shopify",
            )
        )
    return _put_again(ask, found, code)


def revoke(ask: Ask, code: ShopCode) -> CodeFate:
    """Make a code unusable, unless it was used; see ``CodeWriting``.

    The uses are read once Shopify says that nobody can use it any more.
    """
    found = _find(ask, code)
    if found is None or found.discount is None or not _is_ours(found, code):
        return CodeFate.REVOKED
    if found.discount.uses or found.discount.status == _EXPIRED:
        return _fate_of(found.discount)
    errors = errors_in(ask(DEACTIVATE, {"id": found.id}), [_DEACTIVATE])
    after = _find(ask, code)
    if after is None or after.discount is None or after.discount.status == _EXPIRED:
        return _fate_of(after.discount if after else None)
    if errors:
        raise refusal(errors)
    raise ConnectorAnswerInvalid(
        say("code_not_ended", "{system} has not ended the code yet.", system="shopify")
    )


def discount_of(code: ShopCode) -> Mapping[str, Any]:
    """Return a code as Shopify's ``DiscountCodeBasicInput``."""
    if code.percentage is not None:
        value: dict[str, Any] = {"percentage": code.percentage / _PERCENT}
    else:
        assert code.amount is not None
        value = {"discountAmount": {"amount": f"{code.amount:f}", "appliesOnEachItem": False}}
    return {
        "code": code.code,
        "title": code.title[:TITLE_CHARS_MAX],
        "tags": [_mark_of(code)],
        "startsAt": _time(code.starts_at),
        "endsAt": _end_of(code),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"customers": {"add": [customer_gid(code.customer_id)]}},
        "customerGets": {"items": {"all": True}, "value": value},
    }


def _fate_of(ended: _Discount | None) -> CodeFate:
    return CodeFate.USED if ended is not None and ended.uses else CodeFate.REVOKED


def _find(ask: Ask, code: ShopCode) -> _Node | None:
    return parsed(_Found, ask(FIND, {"code": code.code}), system=NAME).node


def _put_again(ask: Ask, found: _Node, code: ShopCode) -> str:
    """Return the id of a code that is there; one that was revoked can be used again."""
    discount = found.discount
    if discount is None or not _is_ours(found, code):
        raise ConnectorRejected(
            say("code_of_another", "The shop has a code of somebody else that is spelled so.")
        )
    is_over = code.ends_at is not None and code.ends_at <= clock.real_now()
    if discount.status == _EXPIRED and not discount.uses and not is_over:
        times = {"startsAt": _time(code.starts_at), "endsAt": _end_of(code)}
        require_done(ask(SET_TIMES, {"id": found.id, "discount": times}), [_UPDATE])
    return _digits(found.id)


def _is_ours(found: _Node, code: ShopCode) -> bool:
    """Tell whether we have made it. What a merchant may have changed since tells nothing else."""
    discount = found.discount
    if discount is None:
        return False
    customers = [id_of(each.id) for each in discount.context.customers]
    is_as_made = discount.usage_limit == 1 and customers == [code.customer_id]
    return _mark_of(code) in discount.tags or is_as_made


def _mark_of(code: ShopCode) -> str:
    """Return the tag of a discount that we have made: whose it is."""
    return f"{CARD_NAMESPACE}:{code.customer_id}"


def _digits(gid: str) -> str:
    return str(id_of(gid))


def _end_of(code: ShopCode) -> str | None:
    return _time(code.ends_at) if code.ends_at else None


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
