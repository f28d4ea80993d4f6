"""Customers of the stand-in of Shopify, and the discounts that they can use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

CUSTOMER = "207119551"
GID = "gid://shopify/Customer/"
SCOPES = frozenset({"read_customers", "write_customers", "read_discounts", "write_discounts"})
_TEXT = "single_line_text_field"

Told = dict[str, Any]


@dataclass
class Customer:
    tags: list[str] = field(default_factory=list)
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Metafields by namespace and key: types and values."""


@dataclass
class Discount:
    """A discount with one code. ``given`` is Shopify's ``DiscountCodeBasicInput``."""

    number: int
    given: Told
    uses: int = 0
    is_ended: bool = False

    @property
    def id(self) -> str:
        return f"gid://shopify/DiscountCodeNode/{self.number}"

    def graphql(self) -> Told:
        customers = self.given["context"].get("customers")
        return {
            "id": self.id,
            "codeDiscount": {
                "__typename": self.given.get("kind", "DiscountCodeBasic"),
                "status": "EXPIRED" if self.is_ended else "ACTIVE",
                "usageLimit": self.given.get("usageLimit"),
                "asyncUsageCount": self.uses,
                "tags": self.given.get("tags", []),
                "context": {
                    "__typename": "DiscountCustomers",
                    "customers": [{"id": each} for each in customers["add"]],
                }
                if customers
                else {"__typename": "DiscountBuyerSelectionAll", "all": "ALL"},
            },
        }


def _refused(message: str, code: str | None = None, **fields: Any) -> Told:
    return {**fields, "userErrors": [{"message": message, "code": code}]}


def _done(**fields: Any) -> Told:
    return {**fields, "userErrors": []}


@dataclass
class ShopifyCustomers:
    """All of them. ``scopes`` is what the app may do."""

    book: dict[str, Customer] = field(default_factory=lambda: {CUSTOMER: Customer()})
    definitions: dict[str, Told] = field(default_factory=dict)
    definitions_max: int = 4
    discounts: dict[str, Discount] = field(default_factory=dict)
    scopes: frozenset[str] = SCOPES
    on_deactivate: Callable[[Discount], None] = lambda _: None
    refused_tags: str | None = None
    refused_end: str | None = None

    def add_discount(self, code: str, **given: Any) -> Discount:
        made = Discount(1_057_856_600 + len(self.discounts), {"code": code, **given})
        self.discounts[code.lower()] = made
        return made

    def use(self, code: str, customer_id: str) -> bool:
        """Order with a code; tell whether it took something off."""
        found = self.discounts.get(code.lower())
        allowed = found and found.given["context"]["customers"]["add"]
        if found is None or found.is_ended or found.uses or allowed != [f"{GID}{customer_id}"]:
            return False
        found.uses += 1
        return True

    def root(self) -> dict[str, Callable[..., Any]]:
        """Return how the fields of queries and mutations are answered."""
        return {
            "currentAppInstallation": lambda _: {
                "accessScopes": [{"handle": each} for each in self.scopes]
            },
            "customer": self._customer,
            "metafieldDefinitions": self._definitions,
            "codeDiscountNodeByCode": self._discount,
            "metafieldDefinitionCreate": self._define,
            "metafieldsSet": self._set,
            "metafieldsDelete": self._delete,
            "tagsAdd": self._add_tags,
            "tagsRemove": self._remove_tags,
            "discountCodeBasicCreate": self._create,
            "discountCodeBasicUpdate": self._update,
            "discountCodeDeactivate": self._deactivate,
        }

    def _require(self, scope: str) -> None:
        if scope not in self.scopes:
            raise GraphQLError(
                f"Access denied. Required access: `{scope}` access scope.",
                extensions={"code": "ACCESS_DENIED"},
            )

    def _of(self, gid: str) -> Customer | None:
        return self.book.get(gid.removeprefix(GID))

    def _customer(self, _: Any, id: str) -> Told | None:  # noqa: A002 - named by Shopify
        self._require("read_customers")
        found = self._of(id)
        return {"id": id, "tags": list(found.tags)} if found else None

    def _definitions(self, _: Any, first: int, **asked: Any) -> Told:
        assert asked["ownerType"] == "CUSTOMER"
        assert asked["namespace"] == "punktwerk"
        return {"nodes": [{"key": key} for key in self.definitions][:first]}

    def _define(self, _: Any, definition: Told) -> Told:
        self._require("write_customers")
        if definition["key"] in self.definitions:
            return _refused("Key is in use for Customer metafields", "TAKEN")
        if len(self.definitions) >= self.definitions_max:
            return _refused("Too many definitions", "RESOURCE_TYPE_LIMIT_EXCEEDED")
        self.definitions[definition["key"]] = definition
        return _done()

    def _set(self, _: Any, metafields: list[Told]) -> Told:
        self._require("write_customers")
        for each in metafields:
            defined = self.definitions.get(each["key"])
            if self._of(each["ownerId"]) is None:
                return _refused("Owner does not exist.", "INVALID")
            if not each["value"].strip():
                return _refused("Value can't be blank.", "BLANK")
            if defined and defined["type"] != each["type"]:
                return _refused(f"Type must be {defined['type']}.", "INVALID_TYPE")
            if each["type"] == _TEXT and "\n" in each["value"]:
                return _refused("Value must be a single line text string.", "INVALID_VALUE")
        for each in metafields:
            owner = self._of(each["ownerId"])
            assert owner is not None
            owner.fields[f"{each['namespace']}.{each['key']}"] = each["type"], each["value"]
        return _done()

    def _delete(self, _: Any, metafields: list[Told]) -> Told:
        self._require("write_customers")
        for each in metafields:
            owner = self._of(each["ownerId"])
            if owner:
                owner.fields.pop(f"{each['namespace']}.{each['key']}", None)
        return _done()

    def _add_tags(self, _: Any, id: str, tags: list[str]) -> Told:  # noqa: A002 - named by Shopify
        self._require("write_customers")
        owner = self._of(id)
        if owner is None or self.refused_tags:
            return _refused(self.refused_tags or "Resource not found")
        for tag in (part.strip() for each in tags for part in each.split(",")):
            if tag.casefold() not in {each.casefold() for each in owner.tags}:
                owner.tags.append(tag)
        return _done()

    def _remove_tags(self, _: Any, id: str, tags: list[str]) -> Told:  # noqa: A002 - named by Shopify
        self._require("write_customers")
        owner = self._of(id)
        if owner is None:
            return _refused("Resource not found")
        gone = {each.casefold() for each in tags}
        owner.tags = [each for each in owner.tags if each.casefold() not in gone]
        return _done()

    def _discount(self, _: Any, code: str) -> Told | None:
        self._require("read_discounts")
        found = self.discounts.get(code.lower())
        return found.graphql() if found else None

    def _create(self, _: Any, basicCodeDiscount: Told) -> Told:  # noqa: N803 - named by Shopify
        self._require("write_discounts")
        given = basicCodeDiscount
        if given["code"].lower() in self.discounts:
            return _refused("Code must be unique. Please try a different code.", "TAKEN")
        if given["endsAt"] is not None and given["endsAt"] <= given["startsAt"]:
            return _refused("Ends at needs to be after starts_at", "END_DATE_BEFORE_START_DATE")
        if not 0 < given["customerGets"]["value"].get("percentage", 1) <= 1:
            return _refused("Value must be between 0.0 and 1.0", "VALUE_OUTSIDE_RANGE")
        if any(self._of(each) is None for each in given["context"]["customers"]["add"]):
            return _refused("Customer is invalid", "INVALID")
        made = self.add_discount(**given)
        return _done(codeDiscountNode=made.graphql())

    def _update(self, _: Any, id: str, basicCodeDiscount: Told) -> Told:  # noqa: A002, N803 - as above
        self._require("write_discounts")
        found = next(each for each in self.discounts.values() if each.id == id)
        found.given = {**found.given, **basicCodeDiscount}
        found.is_ended = False
        return _done()

    def _deactivate(self, _: Any, id: str) -> Told:  # noqa: A002 - named by Shopify
        self._require("write_discounts")
        found = next((each for each in self.discounts.values() if each.id == id), None)
        if found is None:
            return _refused("Discount does not exist.", "INVALID")
        if self.refused_end:
            return _refused(self.refused_end, "INVALID")
        found.is_ended = True
        self.on_deactivate(found)
        return _done(codeDiscountNode=found.graphql())
