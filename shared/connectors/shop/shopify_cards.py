"""Cards of customers at Shopify: metafields of the customer, and a tag for the tier.

Source: the Admin GraphQL schema 2026-10: ``metafieldsSet``, ``metafieldsDelete``, ``tagsAdd`` and
``tagsRemove``. The parts of a writing are done one after the other. If one of them is refused the
others stay, and the next writing, which says all there is, mends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, Field

from shared.connectors.client import parsed
from shared.connectors.shop.shopify_payloads import (
    NAME,
    Ask,
    customer_gid,
    is_id,
    no_customer,
    require_done,
)
from shared.domain.systems.shop_writes import CARD_NAMESPACE, TIER_TAG_PREFIX, ShopCard

_TEXT = "single_line_text_field"
FIELDS: Mapping[str, tuple[str, str]] = {
    "balance": ("number_decimal", "Loyalty balance"),
    "unit": (_TEXT, "Unit of the loyalty balance"),
    "tier": (_TEXT, "Loyalty tier"),
    "card_code": (_TEXT, "Code of the loyalty card"),
}
"""The keys of the metafields, with their types, and their names for the merchant."""

CUSTOMER: Final = f"""query CardCustomer($id: ID!) {{
  customer(id: $id) {{ tags }}
  metafieldDefinitions(first: 10, ownerType: CUSTOMER, namespace: "{CARD_NAMESPACE}") {{
    nodes {{ key }}
  }}
}}
"""

DEFINE: Final = """mutation Define($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) { userErrors { code message } }
}
"""

WRITE: Final = """mutation Card(
  $id: ID!
  $set: [MetafieldsSetInput!]!
  $cleared: [MetafieldIdentifierInput!]!
  $removed: [String!]!
  $added: [String!]!
  $sets: Boolean!
  $clears: Boolean!
  $removes: Boolean!
  $adds: Boolean!
) {
  metafieldsSet(metafields: $set) @include(if: $sets) { userErrors { code message } }
  metafieldsDelete(metafields: $cleared) @include(if: $clears) { userErrors { message } }
  tagsRemove(id: $id, tags: $removed) @include(if: $removes) { userErrors { message } }
  tagsAdd(id: $id, tags: $added) @include(if: $adds) { userErrors { message } }
}
"""


class _Customer(BaseModel):
    tags: tuple[str, ...]


class _Definition(BaseModel):
    key: str


class _Definitions(BaseModel):
    nodes: tuple[_Definition, ...]


class _Found(BaseModel):
    customer: _Customer | None
    definitions: _Definitions = Field(alias="metafieldDefinitions")


def write(ask: Ask, card: ShopCard) -> None:
    """Write a card over the one before; see ``CardWriting``."""
    owner = customer_gid(card.customer_id)
    found = parsed(_Found, ask(CUSTOMER, {"id": owner}), system=NAME)
    if found.customer is None:
        raise no_customer()
    _define(ask, {each.key for each in found.definitions.nodes})
    values = {
        "balance": f"{card.balance:f}",
        "unit": _line(card.unit),
        "tier": _line(card.tier),
        "card_code": _line(card.code),
    }
    _write(ask, owner, found.customer.tags, values, tag_of(card))


def clear(ask: Ask, customer_id: str) -> None:
    """Take away all that ``write`` has written; see ``CardWriting``."""
    if not is_id(customer_id):
        return
    owner = customer_gid(customer_id)
    found = parsed(_Found, ask(CUSTOMER, {"id": owner}), system=NAME)
    if found.customer is not None:
        _write(ask, owner, found.customer.tags, dict.fromkeys(FIELDS, ""), None)


def tag_of(card: ShopCard) -> str | None:
    """Return the tag of a card's tier; a comma would make it two tags."""
    return _line(card.tier_tag.replace(",", " ")) if card.tier_tag else None


def _define(ask: Ask, known: set[str]) -> None:
    """Let the storefront and the customer's account read the fields, once for a shop.

    Refusals are not told: the merchant may have as many definitions as Shopify takes, and the
    fields are written all the same. Definitions that are there are the merchant's to change.
    """
    for key, (kind, name) in FIELDS.items():
        if key not in known:
            definition = {
                "ownerType": "CUSTOMER",
                "namespace": CARD_NAMESPACE,
                "key": key,
                "name": name,
                "type": kind,
                "access": {"storefront": "PUBLIC_READ", "customerAccount": "READ"},
            }
            ask(DEFINE, {"definition": definition})


def _write(
    ask: Ask, owner: str, tags: Sequence[str], values: Mapping[str, str], tag: str | None
) -> None:
    """Write the fields that have a value, take away the others, and leave one tag of a tier."""
    kept = (tag or "").casefold()  # Shopify takes tags that differ in their case for one.
    others = [each for each in tags if each.startswith(TIER_TAG_PREFIX) and each.casefold() != kept]
    is_there = any(each.casefold() == kept for each in tags)
    fields: list[dict[str, Any]] = [
        {"ownerId": owner, "namespace": CARD_NAMESPACE, "key": key} for key in values
    ]
    present = [
        {**each, "type": FIELDS[each["key"]][0], "value": values[each["key"]]}
        for each in fields
        if values[each["key"]]
    ]
    absent = [each for each in fields if not values[each["key"]]]
    added = [tag] if tag and not is_there else []
    parts = {
        "metafieldsSet": present,
        "metafieldsDelete": absent,
        "tagsRemove": others,
        "tagsAdd": added,
    }
    variables = {
        "id": owner,
        "set": present,
        "cleared": absent,
        "removed": others,
        "added": added,
        "sets": bool(present),
        "clears": bool(absent),
        "removes": bool(others),
        "adds": bool(added),
    }
    require_done(ask(WRITE, variables), (part for part, asked in parts.items() if asked))


def _line(text: str | None) -> str:
    """Return a text on one line, as the fields are; empty without one."""
    return " ".join((text or "").split())
