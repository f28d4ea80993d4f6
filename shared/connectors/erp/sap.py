"""SAP S/4HANA by its OData V2 services: stock, sales orders and suppliers; sales and stock changes.

Source: $metadata of the services, as SAP Business Accelerator Hub had it. There is no idempotency
key: documents have our reference in a field by which they are looked up.

Lists are read by their keys: a page begins after the last key of the page before. Rows that are
added or removed meanwhile then shift no pages, as they would with ``$skip``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared import clock
from shared.connectors.base import ListedPage, PushBy, Pushed, Skipped, Stream
from shared.connectors.client import Model
from shared.connectors.config import ConnectorConfig
from shared.connectors.erp import sap_answers as answers
from shared.connectors.erp import sap_documents as documents
from shared.connectors.erp.sap_access import Access, Config
from shared.connectors.erp.sap_odata import (
    SYSTEM,
    Gateway,
    Query,
    any_of,
    literal,
    moment_literal,
)
from shared.domain.catalog.goods import Order, StockLevel, Supplier
from shared.domain.gtin import ean_of
from shared.domain.systems.sales import DataType, Record, Sale, SaleLine, StockChange
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

__all__ = ["SYSTEM", "Config", "Connector", "connect"]

STREAMS = frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS})
PUSHES: Mapping[DataType, PushBy] = dict.fromkeys(DataType, PushBy.CALL)
HAS_PUSH_KEYS = False
IS_FILE = False

STOCK_ROWS_A_PAGE = 400
STOCK_ROWS_OF_A_PLACE_MAX = 10_000
SUPPLIERS_A_PAGE = 500
ORDERS_A_PAGE = 50
"""Few, because each order comes with its items, and an answer has at most 8 MiB."""
ORDERS_OVERLAP = timedelta(minutes=10)
"""The time before a sync that is read again: clocks differ, and writes may be in progress."""
ORDERS_LISTED_EVERY = timedelta(hours=20)
"""The time between full listings of orders, which alone show deletions. Fits a nightly sync."""

_STOCK = "API_MATERIAL_STOCK_SRV/A_MatlStkInAcctMod"
_PRODUCTS = "API_PRODUCT_SRV/A_Product"
_ORDERS = "API_SALES_ORDER_SRV/A_SalesOrder"
_SUPPLIERS = "API_BUSINESS_PARTNER/A_Supplier"
_MOVEMENTS = "API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader"
_PRODUCT_ROWS_MAX = 500
_FOUND_MAX = 10
_SALES_HEADER = {
    "salesOrganization": "SalesOrganization",
    "distributionChannel": "DistributionChannel",
    "division": "OrganizationDivision",
    "soldToParty": "SoldToParty",
    "salesOrderType": "SalesOrderType",
}


@dataclass(frozen=True, slots=True)
class OrdersSync:
    """A sync of orders, as it is written into positions.

    Attributes:
        begun: The time at which the sync began.
        changed: The time since which changed orders are read; ``None`` if all orders are read.
        listed: The time of the last listing of all orders: now, if all are read.
    """

    begun: datetime
    changed: datetime | None
    listed: datetime

    @classmethod
    def begin(cls, since: str | None) -> OrdersSync:
        """Begin a sync after the one that returned ``since``."""
        now = clock.real_now()
        if since is not None:
            changed, listed = map(datetime.fromisoformat, since.split("/"))
            if now - listed < ORDERS_LISTED_EVERY:
                return cls(now, changed, listed)
        return cls(now, None, now)

    def since(self) -> str:
        """Return the ``since`` with which the next sync begins."""
        return f"{clock.to_wire(self.begun - ORDERS_OVERLAP)}/{clock.to_wire(self.listed)}"

    def position(self, key: str) -> str:
        """Return the position at which this sync continues: after an order."""
        changed = clock.to_wire(self.changed) if self.changed else ""
        return "/".join((clock.to_wire(self.begun), changed, clock.to_wire(self.listed), key))

    @classmethod
    def at(cls, position: str) -> tuple[OrdersSync, str]:
        """Read a position that ``position`` wrote."""
        begun, changed, listed, key = position.split("/", maxsplit=3)
        sync = cls(
            datetime.fromisoformat(begun),
            datetime.fromisoformat(changed) if changed else None,
            datetime.fromisoformat(listed),
        )
        return sync, key


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's SAP system.

    It keeps an access token and CSRF tokens during its lifetime, and nothing else.
    """

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        self._zone = ZoneInfo(config.time_zone)
        access = Access(config, is_emulated=is_emulated)
        self._gateway = Gateway(
            access.client,
            {"sap-client": config.sap_client, "sap-language": config.language},
            keep_secret=access.session_secrets.add,
        )

    def verify(self) -> None:
        """Read one product's number."""
        self._gateway.read(Query(_PRODUCTS, ["Product"]))

    def stock(self, position: str | None, since: str | None) -> ListedPage[StockLevel]:  # noqa: ARG002 - stock has no date of change
        """Read the merchant's own stock, added up by material and storage location.

        Stock that is reserved for an order or a project, or belongs to somebody else, is left out.
        """
        filters = ["InventorySpecialStockType eq ''"]
        if self._config.plant:
            filters.append(f"Plant eq {literal(self._config.plant)}")
        after = None
        if position is not None:
            material, plant, storage_location = after = tuple(position.split("\n"))
            filters.append(_after_place(material, plant, storage_location))
        rows, skipped, has_more = self._stock_rows(filters)
        if any(row.place == after for row in rows):
            raise _repeated(_STOCK)
        if has_more:  # the last place may have more rows: the next page reads all of them
            rows = [row for row in rows if row.place != rows[-1].place]
        eans = answers.to_eans(self._products("Product", (row.material for row in rows)))
        levels, unreadable = answers.to_stock(rows, eans)
        return ListedPage(
            tuple(levels),
            position="\n".join(rows[-1].place) if has_more else None,
            is_listing=True,
            skipped=(*skipped, *unreadable),
        )

    def orders(self, position: str | None, since: str | None) -> ListedPage[Order]:
        """Read changed sales orders, and all of them every ``ORDERS_LISTED_EVERY``."""
        sync, after = (
            (OrdersSync.begin(since), None) if position is None else OrdersSync.at(position)
        )
        filters = []
        if self._config.sales_organization:
            filters.append(f"SalesOrganization eq {literal(self._config.sales_organization)}")
        if sync.changed is not None:
            filters.append(f"LastChangeDateTime ge {moment_literal(sync.changed)}")
        items = [f"to_Item/{name}" for name in answers.ITEM_PROPERTIES]
        query = Query(
            _ORDERS,
            [*answers.properties(answers.OrderRow), *items],
            filters=filters,
            order_by=["SalesOrder"],
            expand="to_Item",
            top=ORDERS_A_PAGE,
        )
        rows, skipped, last = self._by_key(answers.OrderRow, query, after)
        found, unreadable = answers.to_orders(rows, self._zone)
        return ListedPage(
            tuple({order.external_id: order for order in found}.values()),
            position=sync.position(last) if last is not None else None,
            since=sync.since() if last is None else None,
            is_listing=sync.changed is None,
            skipped=(*skipped, *unreadable),
        )

    def suppliers(self, position: str | None, since: str | None) -> ListedPage[Supplier]:  # noqa: ARG002 - suppliers have no date of change
        """Read suppliers."""
        query = Query(
            _SUPPLIERS,
            answers.properties(answers.SupplierRow),
            order_by=["Supplier"],
            top=SUPPLIERS_A_PAGE,
        )
        rows, skipped, last = self._by_key(answers.SupplierRow, query, position)
        found, unreadable = answers.to_suppliers(rows)
        return ListedPage(
            tuple({supplier.external_id: supplier for supplier in found}.values()),
            position=last,
            is_listing=True,
            skipped=(*skipped, *unreadable),
        )

    def push(self, data_type: DataType, record: Record) -> Pushed:  # noqa: ARG002 - a receipt is a sale
        """Enter a sale as a sales order, a stock change as a material document."""
        if isinstance(record, StockChange):
            return self._push_change(record)
        return self._push_sale(record)

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:  # noqa: ARG002 - a receipt is a sale
        """Look up a document by our reference."""
        if isinstance(record, StockChange):
            reference = documents.movement_reference(record.record_id)
            name, filters = "ReferenceDocument", []
            entity, keys = _MOVEMENTS, ["MaterialDocumentYear", "MaterialDocument"]
        else:
            reference = documents.sale_reference(record.record_id)
            sold_to = self._sales_header()["SoldToParty"]
            name, filters = "PurchaseOrderByCustomer", [f"SoldToParty eq {literal(sold_to)}"]
            entity, keys = _ORDERS, ["SalesOrder"]
        filters = [f"{name} eq {literal(reference)}", *filters]
        rows = self._gateway.read(Query(entity, [*keys, name], filters, top=_FOUND_MAX))
        for row in rows.items:
            if row.get(name) == reference:
                return Pushed(documents.to_document_id(row, keys))
        if rows.has_more:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "{system} finds more than has the reference {reference}.",
                    system=SYSTEM,
                    reference=reference,
                )
            )
        return None

    def _push_sale(self, sale: Sale) -> Pushed:
        header = self._sales_header()
        products = self._products_of(sale.lines)
        body = documents.to_sales_order(
            sale,
            header,
            list(zip(sale.lines, products, strict=True)),
            place=self._sold_from(),
            price_condition=self._config.price_condition,
            zone=self._zone,
        )
        made = self._gateway.create(_ORDERS, "SalesOrder", body)
        return Pushed(documents.to_document_id(made, ["SalesOrder"]))

    def _push_change(self, change: StockChange) -> Pushed:
        [product] = self._products_of([change])
        is_taken = change.change < 0
        config = self._config
        body = documents.to_goods_movement(
            change,
            product,
            place=self._place_of(change),
            movement_type=config.issue_movement_type if is_taken else config.receipt_movement_type,
            cost_center=config.cost_center,
            zone=self._zone,
        )
        made = self._gateway.create(_MOVEMENTS, "MaterialDocument", body)
        return Pushed(documents.to_document_id(made, ["MaterialDocumentYear", "MaterialDocument"]))

    def _sales_header(self) -> dict[str, str]:
        """Return the fields with which every sales order begins.

        Raises:
            ConnectorRejected: The configuration does not tell where to enter sales.
        """
        said = self._config.visible()
        missing = [name for name in _SALES_HEADER if name not in said]
        if missing:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} needs {missing} to enter sales.",
                    system=SYSTEM,
                    missing=", ".join(missing),
                )
            )
        return {theirs: said[ours] for ours, theirs in _SALES_HEADER.items()}

    def _sold_from(self) -> Mapping[str, str]:
        said = {
            "ProductionPlant": self._config.plant,
            "StorageLocation": self._config.storage_location,
        }
        return {name: value for name, value in said.items() if value}

    def _place_of(self, change: StockChange) -> Mapping[str, str]:
        plant, storage_location = self._config.plant, self._config.storage_location
        if change.location_id is not None:
            plant, _, storage_location = change.location_id.partition("/")
        if not (plant and storage_location):
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} needs a plant and a storage location, such as 1010/101A, to "
                    "move goods.",
                    system=SYSTEM,
                )
            )
        return {"Plant": plant, "StorageLocation": storage_location}

    def _products_of(self, lines: Sequence[SaleLine | StockChange]) -> list[answers.SapProduct]:
        """Return the product that each line names.

        Raises:
            ConnectorRejected: A line's product does not exist, or is not unique.
        """
        numbers = (line.product_id or line.number for line in lines)
        eans = (ean for line in lines if not line.product_id and (ean := ean_of(line.ean)))
        spellings = (each for ean in eans for each in documents.spellings(ean))
        by_number = list(self._products("Product", filter(None, numbers)))
        by_ean = list(self._products("ProductStandardID", spellings))
        return [documents.to_product_of(line, by_number, by_ean) for line in lines]

    def _products(self, name: str, values: Iterable[str]) -> Iterator[answers.SapProduct]:
        """Read the products that have one of these values."""
        for each in any_of(f"{name} eq {literal(value)}" for value in dict.fromkeys(values)):
            query = Query(
                _PRODUCTS, answers.properties(answers.SapProduct), [each], top=_PRODUCT_ROWS_MAX
            )
            rows = self._gateway.read(query)
            if rows.has_more:
                raise ConnectorAnswerInvalid(
                    say(
                        "answer_unexpected",
                        "{system} lists more products than were asked for.",
                        system=SYSTEM,
                    )
                )
            yield from answers.readable(answers.SapProduct, rows.items, "Product")[0]

    def _stock_rows(
        self, filters: Sequence[str]
    ) -> tuple[list[answers.StockRow], list[Skipped], bool]:
        """Read all rows of at least one place, and tell whether more rows follow the last place."""
        read: list[answers.StockRow] = []
        skipped: list[Skipped] = []
        seen, has_more = 0, True
        while has_more and len({row.place for row in read}) <= 1:
            if seen >= STOCK_ROWS_OF_A_PLACE_MAX:
                raise ConnectorAnswerInvalid(
                    say("answer_unexpected", "{system} lists one place without end.", system=SYSTEM)
                )
            query = Query(
                _STOCK,
                answers.properties(answers.StockRow),
                filters,
                order_by=["Material", "Plant", "StorageLocation", "Batch", "InventoryStockType"],
                top=STOCK_ROWS_A_PAGE,
                skip=seen,
            )
            rows = self._gateway.read(query)
            readable, unreadable = answers.readable(answers.StockRow, rows.items, "Material")
            read += readable
            skipped += unreadable
            seen, has_more = seen + len(rows.items), rows.has_more
        return read, skipped, has_more

    def _by_key(
        self, model: type[Model], query: Query, after: str | None
    ) -> tuple[list[Model], list[Skipped], str | None]:
        """Read the rows after a key, and return the last key if more rows follow."""
        [key] = query.order_by
        if after is not None:
            query = replace(query, filters=[*query.filters, f"{key} gt {literal(after)}"])
        rows = self._gateway.read(query)
        keys = [found for row in rows.items if isinstance(found := row.get(key), str) and found]
        if after in keys or (rows.has_more and not keys):
            raise _repeated(query.entity)
        read, skipped = answers.readable(model, rows.items, key)
        return read, skipped, keys[-1] if rows.has_more else None


def _after_place(material: str, plant: str, storage_location: str) -> str:
    """Return the filter for rows after a place, in the order of places."""
    material, plant, location = map(literal, (material, plant, storage_location))
    in_plant = f"Plant eq {plant} and StorageLocation gt {location}"
    in_material = f"Material eq {material} and (Plant gt {plant} or ({in_plant}))"
    return f"(Material gt {material} or ({in_material}))"


def _repeated(entity: str) -> ConnectorAnswerInvalid:
    return ConnectorAnswerInvalid(
        say(
            "answer_unexpected",
            "{system} does not go on in {entity}: it lists the same again.",
            system=SYSTEM,
            entity=entity,
        )
    )
