"""Customers and promotions of a stand-in of Shopware, as its Admin API and its checkout have them.

After the OpenAPI definition of the Admin API and the shop's own code: a sync is one transaction,
custom fields are merged, a promotion's code is unique in any case, an order counts when it is
placed, and each row that is read or written needs a permission.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared import clock

CENT = Decimal("0.01")
Row = dict[str, Any]


def hex_id(number: int) -> str:
    return f"{number:032x}"


ANNA, BERT = hex_id(9), hex_id(10)
EURO, FRANC = hex_id(501), hex_id(502)
CHANNELS = tuple(hex_id(600 + each) for each in range(3))


class Refused(Exception):
    """The shop refuses a call: with a status, and the code and detail of its error."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"errors": [{"status": str(status), "code": code, "detail": detail}]}


@dataclass
class Customer:
    """A customer's account."""

    fields: Row = field(default_factory=lambda: {"newsletter": True})
    tags: list[str] = field(default_factory=list)


@dataclass
class Tables:
    """What a transaction changes."""

    customers: dict[str, Customer] = field(
        default_factory=lambda: {ANNA: Customer(), BERT: Customer()}
    )
    tags: dict[str, str] = field(default_factory=dict)
    promotions: dict[str, Row] = field(default_factory=dict)


@dataclass
class BackOffice:
    """The customers and promotions of a shop.

    ``permissions`` are such as ``tag:create``; ``None`` allows everything.
    """

    tables: Tables = field(default_factory=Tables)
    permissions: frozenset[str] | None = None
    currencies: dict[str, tuple[str, Decimal]] = field(
        default_factory=lambda: {EURO: ("EUR", Decimal(1)), FRANC: ("CHF", Decimal("0.95"))}
    )
    channels: tuple[str, ...] = CHANNELS

    @property
    def anna(self) -> Customer:
        return self.tables.customers[ANNA]

    def tag_names(self, customer_id: str = ANNA) -> set[str]:
        return {self.tables.tags[each] for each in self.tables.customers[customer_id].tags}

    def add_tag(self, name: str, number: int) -> None:
        """Give a tag to Anna, as the merchant does."""
        self.tables.tags[hex_id(number)] = name
        self.anna.tags.append(hex_id(number))

    def discount(
        self,
        code: str,
        customer_id: str = ANNA,
        total: str = "100",
        currency_id: str = EURO,
        channel_id: str = CHANNELS[1],
    ) -> Decimal | None:
        """Return what a code takes off a cart; ``None`` if it cannot be used."""
        found = self._of_code(code)
        if found is None or not self._is_usable(found, customer_id, channel_id):
            return None
        (discount,) = found["discounts"]
        goods = Decimal(total)
        if discount["type"] == "percentage":
            return (goods * Decimal(str(discount["value"])) / 100).quantize(CENT)
        factor = self.currencies[currency_id][1]
        off = Decimal(str(discount["value"])) * factor
        for each in discount["promotionDiscountPrices"]:
            if each["currencyId"] == currency_id:
                off = Decimal(str(each["price"]))
        return min(off, goods).quantize(CENT)

    def order(self, code: str, **cart: Any) -> bool:
        """Place an order with a code; tell whether it took something off."""
        is_taken = self.discount(code, **cart) is not None
        if is_taken:
            self.count(code)
        return is_taken

    def count(self, code: str) -> None:
        """Count an order whose cart was computed before."""
        found = self._of_code(code)
        assert found is not None
        found["orderCount"] = (found["orderCount"] or 0) + 1

    def answer(self, method: str, path: Sequence[str], body: Any) -> tuple[int, Any]:
        try:
            return self._answer(method, path, body)
        except Refused as refused:
            return refused.status, refused.body

    def _answer(self, method: str, path: Sequence[str], body: Any) -> tuple[int, Any]:
        match [method, *path]:
            case ["POST", "search", "customer"]:
                return 200, {"data": [self._customer(each) for each in self._asked(body)]}
            case ["POST", "search", "currency"]:
                self._need("currency:read")
                (asked,) = body["filter"]
                assert (asked["type"], asked["field"]) == ("equals", "isoCode")
                rows = [
                    {"id": each, "factor": factor}
                    for each, (name, factor) in self.currencies.items()
                    if name == asked["value"]
                ]
                return 200, {"data": rows}
            case ["POST", "search", "sales-channel"]:
                self._need("sales_channel:read")
                begin = (body["page"] - 1) * body["limit"]
                ids = self.channels[begin : begin + body["limit"]]
                return 200, {"data": [{"id": each, "apiAlias": "sales_channel"} for each in ids]}
            case ["POST", "_action", "sync"]:
                self._sync(body)
                return 200, {"data": {}, "notFound": {}, "deleted": {}}
            case ["POST", "search", "promotion"]:
                self._need("promotion:read")
                known = self.tables.promotions
                asked = [each for each in body["ids"] if each in known]
                return 200, {"data": [{**known[each], "id": each} for each in asked]}
            case ["PATCH", "promotion", promotion_id]:
                return self._change_promotion(promotion_id, body)
        raise AssertionError(path)

    def _asked(self, body: Row) -> list[str]:
        self._need("customer:read")
        if "tags" in body.get("associations", {}):
            self._need("tag:read", "customer_tag:read")
        return [each for each in body["ids"] if each in self.tables.customers]

    def _customer(self, customer_id: str) -> Row:
        tags = self.tables.customers[customer_id].tags
        return {
            "id": customer_id,
            "tags": [{"id": each, "name": self.tables.tags[each]} for each in tags],
        }

    def _change_promotion(self, promotion_id: str, body: Any) -> tuple[int, Any]:
        self._need("promotion:update")
        found = self.tables.promotions.get(promotion_id)
        if found is None:
            raise Refused(404, "FRAMEWORK__RESOURCE_NOT_FOUND", "The promotion was not found.")
        found |= body
        return 204, b""

    def _sync(self, work: Sequence[Row]) -> None:
        before = copy.deepcopy(self.tables)
        try:
            for each in work:
                for row in each["payload"]:
                    getattr(self, f"_{each['action']}_{each['entity']}")(row)
        except Refused:
            self.tables = before
            raise

    def _upsert_customer(self, row: Row) -> None:
        customer = self.tables.customers.get(row["id"])
        if customer is None:
            raise Refused(400, "VIOLATION::IS_BLANK", "This value should not be blank.")
        self._need("customer:update")
        assert set(row) <= {"id", "customFields", "tags"}
        for name, value in row["customFields"].items():
            is_number = name == "punktwerk_balance"
            if value is not None and is_number is not isinstance(value, int | float):
                raise Refused(400, "VIOLATION::INVALID_TYPE", "This value has another type.")
        customer.fields |= row["customFields"]
        for tag in row.get("tags", []):
            is_known = _checked(tag["id"]) in self.tables.tags
            self._need(f"tag:{'update' if is_known else 'create'}", "customer_tag:create")
            self.tables.tags[tag["id"]] = tag["name"]
            if tag["id"] not in customer.tags:
                customer.tags.append(tag["id"])

    def _delete_customer_tag(self, row: Row) -> None:
        self._need("customer_tag:delete")
        tags = self.tables.customers[row["customerId"]].tags
        if row["tagId"] in tags:
            tags.remove(row["tagId"])

    def _upsert_promotion(self, row: Row) -> None:
        known = self.tables.promotions.get(_checked(row["id"]))
        action = "create" if known is None else "update"
        (discount,) = row["discounts"]
        self._need(f"promotion:{action}", f"promotion_discount:{action}")
        self._need("promotion_persona_customer:create", f"promotion_sales_channel:{action}")
        for each in discount.get("promotionDiscountPrices", []):
            _checked(each["id"])
            self._need(f"promotion_discount_prices:{action}")
        for channel in row["salesChannels"]:
            _checked(channel["id"])
        other = self._of_code(row["code"])
        if other is not None and other is not known:
            raise Refused(400, "PROMOTION_DUPLICATED_CODE_VIOLATION", "Code already exists.")
        if row["validUntil"] and _moment(row["validUntil"]) < _moment(row["validFrom"]):
            raise Refused(400, "PROMOTION_VALID_UNTIL_VIOLATION", "It must end after its start.")
        if any(each["id"] not in self.tables.customers for each in row["personaCustomers"]):
            raise Refused(400, "VIOLATION::IS_BLANK", "This value should not be blank.")
        self.tables.promotions[row["id"]] = {"orderCount": None, **(known or {}), **row}

    def _need(self, *permissions: str) -> None:
        missing = set(permissions) - (self.permissions or frozenset())
        if missing and self.permissions is not None:
            detail = f"Missing permissions: {sorted(missing)}"
            raise Refused(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", detail)

    def _of_code(self, code: str) -> Row | None:
        rows = self.tables.promotions.values()
        return next((each for each in rows if each["code"].lower() == code.lower()), None)

    def _is_usable(self, row: Mapping[str, Any], customer_id: str, channel_id: str) -> bool:
        now = clock.real_now()
        is_time = _moment(row["validFrom"]) <= now and (
            row["validUntil"] is None or now < _moment(row["validUntil"])
        )
        return (
            row["active"]
            and row["useCodes"]
            and is_time
            and (row["orderCount"] or 0) < row["maxRedemptionsGlobal"]
            and (not row["customerRestriction"] or {"id": customer_id} in row["personaCustomers"])
            and channel_id in {each["salesChannelId"] for each in row["salesChannels"]}
        )


def _checked(identifier: str) -> str:
    assert re.fullmatch(r"[0-9a-f]{32}", identifier)
    return identifier


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
