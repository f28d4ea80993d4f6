"""A merchant says yes on a page of the shop, and the shop gives us the access to it.

connectShop notes what was asked for, and answers the address of the page. The shop's answer has to
carry our state, which nobody can guess, for this store and system, within an hour, and once.
Before it, the connection stays as it is; a refused answer writes nothing. What configureSync and
deleteSyncConfiguration say later counts more, and so does what became of who has asked.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared import clock, config, ids
from shared.auth.caller import Caller
from shared.connectors import shop
from shared.connectors.config import ConnectorConfig
from shared.connectors.shop.base import ApprovalRequest, NoticeNotGenuine
from shared.domain.accounts.staff import StaffRole
from shared.domain.stores.stores import Store
from shared.domain.systems import syncs
from shared.domain.systems.shop_approvals import APPROVED_WITHIN, ShopApproval
from shared.domain.systems.syncs import Connection, SyncSchedule, SystemKind
from shared.services import access, commands, credentials
from shared.services.accounts import requesters
from shared.services.commands import Effect, Reads
from shared.services.systems import connections, shop_addresses
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.accounts import account_documents
from shared.store.client import Document, Snapshot
from shared.store.stores import store_documents
from shared.store.systems import shop_documents, sync_documents

_KEYS_PURPOSE = "shop approval"


class ApprovalUsed(NoticeNotGenuine):
    """The state was right, and the shop has answered with it before."""


@dataclass(frozen=True, slots=True)
class BegunApproval:
    """Where the merchant says yes, and until when; ``is_replay`` if it was asked for before."""

    url: str
    expires_at: datetime
    is_replay: bool = False


def checked_settings(system: str, settings: Mapping[str, Any]) -> ConnectorConfig:
    """Return what a merchant says of a shop before it gives access.

    Raises:
        InvalidParameters: It does not fit the shop.
    """
    model = shop.approval_of(system).Asked
    return credentials.checked(model, settings, within="credentials")


def require_cards(system: str, program_id: str | None, *, writes_cards: bool | None) -> None:
    """Refuse cards where there can be none; see ``connections.require_cards``."""
    connections.require_cards(
        SystemKind.SHOP, system, program_id, writes_cards=writes_cards is True
    )


def begin(
    caller: Caller,
    system: str,
    store_id: str,
    settings: Mapping[str, Any],
    *,
    schedule: SyncSchedule,
    program_id: str | None,
    writes_cards: bool | None = None,
) -> BegunApproval:
    """Note what a store asks its shop for. What it has asked for before does not count any more.

    Raises:
        StoreNotFound, ProgramNotFound, InvalidParameters, IdempotencyKeyReused, Busy.
    """
    store = access.store(caller, store_id)
    if program_id is not None:
        access.program(caller, program_id, store_id)
    require_cards(system, program_id, writes_cards=writes_cards)
    asked = checked_settings(system, settings)
    path = paths.shop_approval(store_id, system)
    now = clock.real_now()
    approval = ShopApproval(
        account_id=caller.account_id,
        store_id=store_id,
        system=system,
        approval_id=ids.new("sap"),
        settings_token=credentials.encrypted(asked, path),
        schedule=schedule,
        program_id=program_id,
        asked_at=now,
        expires_at=now + APPROVED_WITHIN,
        writes_cards=writes_cards,
        asked_by=requesters.of(caller),
    )

    def replay(kept: Document, _: Reads) -> BegunApproval:
        url = _page(asked, store, system, kept["approvalId"])
        return BegunApproval(url, kept["expiresAt"], is_replay=True)

    def decide(reads: Reads) -> Effect[BegunApproval]:
        return Effect(
            BegunApproval(_page(asked, store, system, approval.approval_id), approval.expires_at),
            [shop_documents.write_approval(reads[path], approval)],
            kept={"approvalId": approval.approval_id, "expiresAt": approval.expires_at},
        )

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def approve(system: str, store_id: str, answer: bytes, *, roles: Collection[StaffRole]) -> None:
    """Store the access that a shop gives, once the shop accepts it.

    Args:
        system: The shop's system.
        store_id: The store.
        answer: What the shop, or the browser, has brought.
        roles: Those that may ask for it.

    Raises:
        NoticeNotGenuine: The answer is not what was asked for, or too late, or comes again; or who
            has asked may not ask any more.
        ConnectorError: The shop does not accept the access that it gives, or does not answer.
        Busy.
    """
    module = shop.approval_of(system)
    state, now = module.state_of(answer), clock.real_now()
    path = paths.shop_approval(store_id, system)
    approval = _waiting(client.get_one(path), state, now)
    store = store_documents.find(store_id)
    asked_by = approval.asked_by
    if store is None or approval.settings_token is None or asked_by is None:
        raise NoticeNotGenuine
    if not requesters.is_present(asked_by, approval.asked_at):
        raise NoticeNotGenuine
    asked = credentials.decrypted(module.Asked, approval.settings_token, path)
    is_emulated = config.is_emulated()
    settings = module.access(asked, answer, now, is_emulated=is_emulated)
    shop.module_of(system).connect(settings, is_emulated=is_emulated).verify()
    connection_path = paths.connection(store_id, SystemKind.SHOP, system)
    connection = Connection(
        account_id=approval.account_id,
        store_id=store_id,
        kind=SystemKind.SHOP,
        system=system,
        config_token=credentials.encrypted(settings, connection_path),
        visible=settings.visible(),
        connected_at=now,
        schedule=approval.schedule,
        program_id=approval.program_id,
        next_sync_at=syncs.next_sync_at(approval.schedule, store_id, store.time_zone, now),
    )

    def decide(reads: Reads) -> Effect[None]:
        waiting = _waiting(reads[path], state, now)
        account = account_documents.decode_account(reads[paths.account(approval.account_id)])
        if account is None or not account.is_active:
            raise NoticeNotGenuine
        if not requesters.may_still_ask(
            asked_by,
            reads,
            account_id=approval.account_id,
            store_id=store_id,
            asked_at=approval.asked_at,
            roles=roles,
        ):
            raise NoticeNotGenuine
        shown = _with_cards(connection, approval, reads[connection_path])
        commands.want(reads, connections.needs_of(shown))
        made = connections.connecting(shown, reads)
        used = replace(waiting, settings_token=None, used_at=now)
        writes = [*made.writes, shop_documents.write_approval(reads[path], used)]
        return Effect(None, writes, tasks=made.tasks)

    of_asker = requesters.needs_of(asked_by, approval.account_id)
    commands.run([path, *connections.needs_of(connection), *of_asker], decide)
    connections.forget(connection)


def _with_cards(connection: Connection, approval: ShopApproval, read: Snapshot) -> Connection:
    """Return a connection that writes cards: as was asked for, else if that of before did."""
    shows = approval.writes_cards
    if shows is None:
        before = sync_documents.decode_connection(read)
        is_same = before is not None and before.program_id == connection.program_id
        shows = is_same and before is not None and before.writes_cards
    return replace(connection, writes_cards=shows)


def require_used(system: str, store_id: str, state: str) -> None:
    """Check that a shop has answered with a state, within the time in which it could.

    Raises:
        NoticeNotGenuine: It has not.
    """
    read = client.get_one(paths.shop_approval(store_id, system))
    try:
        _waiting(read, state, clock.real_now())
    except ApprovalUsed:
        return
    raise NoticeNotGenuine


def _waiting(read: Snapshot, state: str, now: datetime) -> ShopApproval:
    """Return the approval that waits for an answer with this state.

    Raises:
        NoticeNotGenuine: There is none.
        ApprovalUsed: It was answered before.
    """
    approval = shop_documents.decode_approval(read)
    if approval is None or now >= approval.expires_at:
        raise NoticeNotGenuine
    states = _states(approval.store_id, approval.system, approval.approval_id)
    if not any(hmac.compare_digest(each.encode(), state.encode()) for each in states):
        raise NoticeNotGenuine
    if approval.used_at is not None:
        raise ApprovalUsed
    return approval


def _page(asked: ConnectorConfig, store: Store, system: str, approval_id: str) -> str:
    address = shop_addresses.of_notices(system, store.store_id)
    request = ApprovalRequest(
        asked_by=f"Punktwerk ({store.name})",
        state=_states(store.store_id, system, approval_id)[0],
        callback_url=f"{address}/approve",
        return_url=f"{address}/connected",
    )
    return shop.approval_of(system).page(asked, request)


def _states(store_id: str, system: str, approval_id: str) -> list[str]:
    """Return the states of an approval by each key of the vault, the newest first.

    They are derived and stored nowhere, so whoever reads the database cannot answer for a shop.
    """
    subject = f"{paths.shop_approval(store_id, system)}#{approval_id}"
    return [each.hex() for each in vault().derived_keys(_KEYS_PURPOSE, subject)]
