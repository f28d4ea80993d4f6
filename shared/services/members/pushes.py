"""Tell a member's devices of a booking, or of points that expire: what the task of it does.

It looks at what is there when it runs: who has left, is suspended or was erased meanwhile is told
nothing. A task may run twice, so every message has a tag that follows from its cause: a device
shows one notice for each tag, and the push service keeps one message for each topic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from shared import clock, config, ids, logs
from shared.connectors import fcm
from shared.connectors.fcm import TokenGoneError
from shared.domain.loyalty import customer_balances, ledger, rewards_in_reach
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.members import push_notices
from shared.domain.members.push_notices import Notice, Reached
from shared.domain.members.push_subscriptions import PushDevice
from shared.errors import ConnectorError
from shared.services.accounts import test_clocks
from shared.services.events import push_outbox
from shared.services.members import push_subscriptions
from shared.store import client, paths
from shared.store.loyalty import membership_documents, program_documents
from shared.store.stores import store_documents

TOLD_WITHIN = timedelta(days=1)
"""A booking that is older is no news. The push service keeps a message for as long."""
TAG_CHARS = 32
"""The most that a topic of the Web Push protocol has: RFC 8030, 5.4."""

Tell = Callable[[PushDevice], Notice | None]


@dataclass(frozen=True, slots=True)
class _Card:
    """A membership as it is now, and what its notices name."""

    membership: Membership
    program: Program
    store_name: str
    now: datetime


def send(membership_id: str, kind: str, cause: str) -> None:
    """Tell the devices of a membership.

    Args:
        membership_id: The membership.
        kind: ``push_outbox.ENTRY`` or ``EXPIRING``.
        cause: The id of the entry, or when the points expire.

    Raises:
        ConnectorError: FCM has not taken all messages, and may take them later.
    """
    url = config.fcm_url()
    if config.push_key() is None or url is None:
        logs.warning("push not sent", reason="it is not configured")
        return
    own_path, path = paths.push_subscription(membership_id), paths.member(membership_id)
    entry_paths = [paths.entry(membership_id, cause)] if kind == push_outbox.ENTRY else []
    reads = client.get([own_path, path, *entry_paths])
    membership = membership_documents.decode(reads[path])
    devices = push_subscriptions.devices_in(reads[own_path])
    if membership is None or not devices or not _is_told(membership):
        return
    with test_clocks.time_of(membership.account_id):
        card = _card(membership)
    if kind == push_outbox.ENTRY:
        tell = _of_entry(card, membership_documents.decode_entry(reads[entry_paths[0]]))
    else:
        tell = _of_expiring(card, datetime.fromisoformat(cause))
    tag = ids.digest(membership_id, kind, cause)[:TAG_CHARS]
    _deliver(url, card, [(each, tell(each)) for each in devices], tag)


def _is_told(membership: Membership) -> bool:
    is_person = membership.erasure_id is None and membership.erased_at is None
    return is_person and membership.is_active


def _card(membership: Membership) -> _Card:
    now = clock.utc_now()
    program = program_documents.find(membership.program_id)
    assert program is not None, f"membership {membership.membership_id} of unknown program"
    store = store_documents.find(membership.store_id)
    name = store.name if store is not None else program.program_name
    return _Card(ledger.current(membership, program, now), program, name, now)


def _of_entry(card: _Card, entry: Entry | None) -> Tell:
    if entry is None or clock.real_now() - entry.recorded_at > TOLD_WITHIN:
        return lambda _: None
    reached = Reached(
        rewards_in_reach.of_entry(entry, card.membership, card.program, card.now),
        rewards_in_reach.fills_card(entry, card.membership, card.program),
    )
    balance = customer_balances.of(card.membership)
    return lambda device: push_notices.of_entry(
        device, entry, reached, balance, card.program, card.store_name
    )


def _of_expiring(card: _Card, expires_at: datetime) -> Tell:
    units = sum(lot.units for lot in card.membership.lots if lot.expires_at == expires_at)
    return lambda device: push_notices.of_expiring(
        device, units, expires_at, card.program, card.store_name
    )


def _deliver(url: str, card: _Card, told: list[tuple[PushDevice, Notice | None]], tag: str) -> None:
    """Send each notice; forget tokens that have ended.

    Raises:
        ConnectorError: FCM may take a message later; the others were sent.
    """
    gone: list[str] = []
    later: ConnectorError | None = None
    headers = {"TTL": str(int(TOLD_WITHIN.total_seconds())), "Urgency": "normal", "Topic": tag}
    for device, notice in told:
        if notice is None:
            continue
        data = {
            "title": notice.title,
            "body": notice.body,
            "lang": device.language,
            "tag": tag,
            "path": f"/c/{quote(card.program.program_id, safe='')}",
        }
        try:
            fcm.send(url, device.token, data, headers)
        except TokenGoneError:
            gone.append(device.token)
        except ConnectorError as failure:
            logs.warning("push not sent", reason=failure.message)
            later = failure if failure.retryable else later
    if gone:
        push_subscriptions.forget(card.membership.membership_id, gone)
    if later is not None:
        raise later
