"""Notices of shops: what is signed is booked, and what was carried out is not carried out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared import clock, config, ids, logs
from shared.connectors import sane, systems
from shared.connectors.shop.base import (
    NoticeNotGenuine,
    ShopConnector,
    ShopNotice,
    ShopTopic,
)
from shared.domain.systems import sync_events
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.domain.systems.syncs import Connection, Sync, SyncSchedule, SyncState, SystemKind
from shared.errors import ConnectorError, MemberNotFound
from shared.services import commands
from shared.services import credentials as stored_credentials
from shared.services.accounts import callers, test_clocks
from shared.services.commands import Effect, Reads
from shared.services.events import emission
from shared.services.members import erasures
from shared.services.systems import shop_orders
from shared.services.systems.shop_customers import Shop
from shared.store import client, paths
from shared.store.client import Delete, Snapshot
from shared.store.systems import shop_documents, sync_documents
from shared.store.systems.shop_documents import TakenNotice

KEPT = timedelta(days=7)
"""A notice that comes again so late is carried out again, which changes nothing."""
_IDLE = frozenset({ShopTopic.ORDER, ShopTopic.PING, ShopTopic.OTHER})


def notify(system: str, store_id: str, headers: Mapping[str, str], raw: bytes) -> ShopTopic:
    """Carry out a notice of a shop; return what it was about.

    Raises:
        NoticeNotGenuine: The signature is wrong, or the store has no such shop.
        ConnectorError: The shop was asked and did not answer, and no sweep will ask it again.
        PunktwerkError: The database is busy; the shop will send the notice again.
    """
    connection = sync_documents.find_connection(store_id, SystemKind.SHOP, system)
    if connection is None:
        raise NoticeNotGenuine
    module = systems.shop_module_of(system)
    path = paths.connection(store_id, SystemKind.SHOP, system)
    settings = stored_credentials.decrypted(module.Config, connection.config_token, path)
    notice = module.read_notice(settings, headers, raw)
    if notice.unread is not None:
        _warn_of(connection, ",".join(notice.orders_to_read), notice.unread)
    if _says_nothing(notice):
        return notice.topic
    notice_id = ids.derived("ntc", store_id, connection.source, notice.event_id)
    read = client.get_one(paths.shop_notice(notice_id))
    if read.data is not None:
        return notice.topic
    account = module.connect(settings, is_emulated=config.is_emulated())
    with test_clocks.time_of(connection.account_id):
        is_done = _carry_out(connection, account, notice, notice_id)
    if is_done:
        _keep(connection, notice_id, read)
    return notice.topic


def _says_nothing(notice: ShopNotice) -> bool:
    """Tell whether there is nothing to do, so that nothing need be noted either."""
    return notice.topic in _IDLE and not (notice.orders or notice.orders_to_read)


def sync_of(connection: Connection) -> Sync:
    """Return a sync that books as the connection says, and that is stored nowhere."""
    now = clock.real_now()
    return Sync(
        sync_id="",
        account_id=connection.account_id,
        store_id=connection.store_id,
        kind=connection.kind,
        system=connection.system,
        state=SyncState.RUNNING,
        started_at=now,
        updated_at=now,
        streams=(),
        program_id=connection.program_id,
        issued_since=connection.orders_since,
    )


def _carry_out(
    connection: Connection, account: ShopConnector, notice: ShopNotice, notice_id: str
) -> bool:
    """Do what a notice says; ``False`` if the next sweep has to do the rest."""
    shop = Shop(connection.account_id, connection.store_id, connection.system)
    match notice.topic:
        case ShopTopic.CUSTOMER:
            _link(connection, shop, notice.customer)
        case ShopTopic.DATA_REQUEST:
            _tell_of_data_request(connection, notice_id, shop, notice.customer)
        case ShopTopic.CUSTOMER_ERASURE:
            _erase(shop, notice.customer)
        case ShopTopic.SHOP_ERASURE:
            _delete_all(connection, shop)
        case ShopTopic.UNINSTALLED:
            _end_schedule(connection)
        case _:
            return _book(connection, account, notice)
    return True


def _book(connection: Connection, account: ShopConnector, notice: ShopNotice) -> bool:
    orders: Sequence[ShopOrder] = notice.orders
    is_whole = True
    if notice.orders_to_read:
        try:
            asked = account.orders(notice.orders_to_read)
            orders = [*orders, *asked.items]
            for skipped in asked.skipped:
                _warn_of(connection, skipped.external_id, skipped.reason)
        except ConnectorError as failure:
            # Some shops switch off who does not answer well. Then the sweep finds the order.
            if connection.schedule is SyncSchedule.NONE:
                raise
            logs.warning("order left to the sweep", system=connection.system, error=failure.code)
            is_whole = False
    for order in orders:
        fault = sane.fault_of(order)
        if fault is not None:
            _warn_of(connection, order.external_id, fault)
            continue
        booked = shop_orders.take(sync_of(connection), order)
        for receipt, result in booked.results:
            if result.reason:
                logs.warning(
                    "receipt of a shop refused",
                    storeId=connection.store_id,
                    receiptId=receipt.external_id,
                    reason=result.reason,
                )
    return is_whole


def _warn_of(connection: Connection, order_id: str, reason: str) -> None:
    """Say which order could not be taken: the shop's answer is that it was."""
    logs.warning(
        "order of a shop refused", storeId=connection.store_id, orderId=order_id, reason=reason
    )


def _link(connection: Connection, shop: Shop, customer: ShopCustomer | None) -> None:
    """Link a customer whose address the shop has verified, and book what has waited."""
    if customer is None or not customer.id or connection.program_id is None:
        return
    user_id = shop.member_of(customer)
    if user_id is not None:
        lookups = shop.lookups([shop.id_key(customer.id)])
        shop_orders.book_waiting(sync_of(connection), lookups, user_id)


def _tell_of_data_request(
    connection: Connection, notice_id: str, shop: Shop, customer: ShopCustomer | None
) -> None:
    """Tell the merchant who has asked: once, however often the notice comes."""
    user_id = shop.linked_to(customer.id) if customer and customer.id else None
    told = sync_events.from_data_request(connection, notice_id, user_id, clock.utc_now())
    emission.emit_once(told)
    is_member = user_id is not None
    logs.warning("data request of a shop's customer", storeId=shop.store_id, isMember=is_member)


def _erase(shop: Shop, customer: ShopCustomer | None) -> None:
    """Erase the member who is linked to a customer, and what waits for the customer.

    An e-mail address alone erases nobody: the shop need not have verified it.
    """
    if customer is None:
        return
    lookups = shop.lookups(shop.keys(customer))
    if lookups:
        shop_orders.forget(lookups)
    user_id = shop.linked_to(customer.id) if customer.id else None
    if user_id is not None:
        with suppress(MemberNotFound):
            erasures.erase(callers.acting_for(shop.account_id), user_id)


def _delete_all(connection: Connection, shop: Shop) -> None:
    """Delete what is held of a shop's customers who are no members, and the access to the shop."""
    for page in shop_documents.pages_of_shop(shop.id):
        for read in page:
            commands.run([read.path], _deleted, known={read.path: read})
    path = paths.connection(connection.store_id, connection.kind, connection.system)
    commands.run([path], _deleted)
    sync_documents.forget_shops(connection.account_id)


def _deleted(reads: Reads) -> Effect[None]:
    (read,) = reads.values()
    return Effect(None, [Delete(read)] if read.data is not None else [])


def _end_schedule(connection: Connection) -> None:
    """Stop to ask a shop that has taken our access away; what it reports is still taken."""
    path = paths.connection(connection.store_id, connection.kind, connection.system)

    def decide(reads: Reads) -> Effect[None]:
        found = sync_documents.decode_connection(reads[path])
        if found is None or found.schedule is SyncSchedule.NONE:
            return Effect(None)
        ended = replace(found, schedule=SyncSchedule.NONE, next_sync_at=None)
        return Effect(None, [sync_documents.write_connection(reads[path], ended)])

    commands.run([path], decide)


def _keep(connection: Connection, notice_id: str, read: Snapshot) -> None:
    """Note that a notice was carried out; after what it did, so that none is lost."""
    now = clock.real_now()
    kept = TakenNotice(
        notice_id, connection.account_id, connection.store_id, now, expires_at=now + KEPT
    )

    def decide(reads: Reads) -> Effect[None]:
        found = reads[read.path]
        is_noted = found.data is not None
        return Effect(None, [] if is_noted else [shop_documents.write_notice(found, kept)])

    commands.run([read.path], decide, known={read.path: read})
