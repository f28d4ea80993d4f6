"""What waits to be written into a shop, or was: a customer's card, or the code of a redemption.

A card is a state: whatever happened, the newest one is written, and only that. A code is put once,
and taken back once. Whoever calls the shop holds the lease, so two never write the same at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from shared import ids
from shared.domain import lease
from shared.domain.pseudonyms import Pseudonyms
from shared.domain.systems.shop_writes import ShopCard, ShopWrite
from shared.domain.systems.syncs import SystemKind, source_of
from shared.said import Meaning, meaning_of

LEASE = timedelta(minutes=5)
"""Longer than whoever holds it may run: the function's time limit ends it before."""
SETTLES = timedelta(minutes=2)
"""A shop that has not answered may carry out the call so much later."""
MESSAGE_CHARS_MAX = 300
REFUSED = "refused"
ATTEMPTS_EXHAUSTED = "attempts_exhausted"


class WritingState(StrEnum):
    """How far a writing is.

    ``WRITTEN``: the shop has it. ``DEAD``: nobody tries any more. ``REVOKED`` and ``USED`` are of
    codes: nobody can use it now, or somebody has.
    """

    PENDING = "pending"
    WRITTEN = "written"
    DEAD = "dead"
    REVOKED = "revoked"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed. ``is_unknown``: the shop may have carried the call out, or may yet."""

    code: str
    message: str
    is_retryable: bool
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class CodeTerms:
    """The redemption of a code, and what it takes off. Either ``percentage`` or ``amount``."""

    membership_id: str
    entry_id: str
    title: str
    percentage: Decimal | None
    amount: Decimal | None
    currency: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class ShopWriting:
    """A card of a customer of a shop, or a code of a redemption, as the shop has it or is to.

    Attributes:
        write_id: Follows from the shop and its customer, or from the redemption.
        user_id: The member. A card's is whose card it was when it was written last.
        customer_id: The shop's id of the customer.
        version: Goes up whenever somebody else changes it, so that whoever writes it knows.
        code: As the customer types it; ``None`` for a card, as ``terms``.
        shop_address: Of the shop of a code, into which alone it is put.
        next_attempt_at: When it is to be written, or, while somebody holds the lease, when
            somebody else may; ``None`` if nothing is to be done.
        attempts: Failed ones in a row.
        lease_id: Whoever writes it now, until ``lease_until``.
        is_touched: A call has begun, so the shop may have something of it.
        unsettled_until: Until then the shop may still carry out a call that it has not answered.
        is_ending: It is to be taken out of the shop, whatever the member has.
        digest: Of the card that the shop has; ``None`` if that is not known, or it has none.
        error: The code of the latest failure; ``message`` says it in words.
        dead_reason: Why nobody tries any more.
        external_id: The shop's id of the code.
        order_id: The shop's id of the order for which the code was used.
    """

    write_id: str
    account_id: str
    store_id: str
    system: str
    kind: ShopWrite
    program_id: str
    user_id: str
    customer_id: str
    state: WritingState
    created_at: datetime
    updated_at: datetime
    version: int = 1
    code: str | None = None
    shop_address: str | None = None
    terms: CodeTerms | None = None
    next_attempt_at: datetime | None = None
    attempts: int = 0
    lease_id: str | None = None
    lease_until: datetime | None = None
    is_touched: bool = False
    unsettled_until: datetime | None = None
    is_ending: bool = False
    digest: str | None = None
    error: str | None = None
    message: str | None = None
    meaning: Meaning | None = None
    dead_reason: str | None = None
    external_id: str | None = None
    order_id: str | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether somebody may write it now."""
        due = self.next_attempt_at
        is_free = not lease.is_held(self.lease_until, now)
        return self.state is WritingState.PENDING and is_free and due is not None and due <= now

    def is_for(self, shop_address: str) -> bool:
        """Tell whether it is for the shop at an address; a card is for any: it is written anew."""
        return self.shop_address in {None, shop_address}

    @property
    def source(self) -> str:
        """The name of the shop's system, as ``Sync.source``."""
        return source_of(SystemKind.SHOP, self.system)

    @property
    def is_stuck(self) -> bool:
        """True if it is a dead letter that nothing but a person can mend."""
        return self.state is WritingState.DEAD and self.dead_reason == REFUSED


def card_id(store_id: str, source: str, customer_id: str) -> str:
    """Return the id of the card of a shop's customer, whoever that is: one member at a time."""
    return ids.derived("shw", "card", store_id, source, customer_id)


def code_id(membership_id: str, entry_id: str) -> str:
    """Return the id of the code of a redemption."""
    return ids.derived("shw", "code", membership_id, entry_id)


def marked(writing: ShopWriting, now: datetime) -> ShopWriting:
    """Return a card that is to be written because the member has changed.

    One that waits already stays as it is: its attempt reads what is newest then. If somebody writes
    it now, or the lease of who died is left, the version says that this was not the newest. What a
    shop has refused waits for a person: each change would be refused as well.
    """
    if writing.state is WritingState.PENDING and writing.lease_id is None and not writing.is_ending:
        return writing
    after = replace(writing, version=writing.version + 1, is_ending=False, updated_at=now)
    if writing.state is WritingState.PENDING or (writing.is_stuck and not writing.is_ending):
        return after
    return armed(after, now)


def armed(writing: ShopWriting, now: datetime) -> ShopWriting:
    """Return a writing that begins again with its first attempt."""
    return replace(
        writing,
        state=WritingState.PENDING,
        next_attempt_at=max(now, writing.unsettled_until or now),
        attempts=0,
        error=None,
        message=None,
        meaning=None,
        dead_reason=None,
        version=writing.version + 1,
        updated_at=now,
    )


def retried(writing: ShopWriting, now: datetime) -> ShopWriting:
    """Return a writing that a person wants to be written now.

    A card that the shop has is written again. A code that is there, revoked or used stays; so does
    what somebody writes at this moment.
    """
    is_card = writing.kind is ShopWrite.CARD
    is_over = writing.state in {WritingState.REVOKED, WritingState.USED}
    is_there = writing.state is WritingState.WRITTEN and not is_card
    if is_over or is_there or lease.is_held(writing.lease_until, now):
        return writing
    return replace(armed(writing, now), digest=None)


def filled(writing: ShopWriting, card: ShopWriting, now: datetime) -> ShopWriting:
    """Return a card that is written in any case: the shop may be another one, or show another
    program.
    """
    after = replace(armed(writing, now), user_id=card.user_id, program_id=card.program_id)
    return replace(after, digest=None, is_ending=False)


def begun(
    writing: ShopWriting, lease_id: str, user_id: str, now: datetime, *, called: str | None
) -> ShopWriting:
    """Return a writing that somebody writes now; ``called`` is the address of the shop, if any."""
    until = now + LEASE
    return replace(
        writing,
        user_id=user_id,
        lease_id=lease_id,
        lease_until=until,
        next_attempt_at=until,
        is_touched=writing.is_touched or called is not None,
        shop_address=writing.shop_address or (called if writing.terms else None),
        unsettled_until=until,
        updated_at=now,
    )


def released(writing: ShopWriting, now: datetime) -> ShopWriting:
    """Return a writing that nobody writes any more."""
    return replace(
        writing,
        lease_id=None,
        lease_until=None,
        unsettled_until=None,
        next_attempt_at=None,
        attempts=0,
        error=None,
        message=None,
        meaning=None,
        updated_at=now,
    )


def written(writing: ShopWriting, now: datetime) -> ShopWriting:
    """Return a writing that the shop has."""
    return replace(released(writing, now), state=WritingState.WRITTEN)


def again(writing: ShopWriting, now: datetime) -> ShopWriting:
    """Return a writing that is due at once, because what was written is not the newest."""
    return replace(released(writing, now), next_attempt_at=now, digest=None)


def failed(
    writing: ShopWriting, failure: Failure, delay_s: int | None, now: datetime
) -> ShopWriting:
    """Return a writing after an attempt that failed; ``delay_s`` is ``None`` if it was the last.

    What the shop has of a card is not known then. If the shop may still carry the call out, the
    card waits for that, so that no older card comes after a newer one; a code is the same code.
    """
    settled = now + SETTLES if failure.is_unknown else None
    after = replace(
        released(writing, now),
        attempts=writing.attempts + 1,
        digest=None,
        error=failure.code,
        message=failure.message[:MESSAGE_CHARS_MAX],
        meaning=meaning_of(failure.message),
        unsettled_until=settled,
    )
    if delay_s is None or not failure.is_retryable:
        reason = ATTEMPTS_EXHAUSTED if failure.is_retryable else REFUSED
        return replace(after, state=WritingState.DEAD, dead_reason=reason)
    due = now + timedelta(seconds=delay_s)
    waits = settled is not None and (writing.kind is ShopWrite.CARD or writing.is_ending)
    return replace(after, next_attempt_at=max(due, settled) if waits and settled else due)


class BeforeCancel(StrEnum):
    """What has to be done about the code of a redemption before its points are given back."""

    NOTHING = "nothing"
    REVOKE = "revoke"
    WAIT = "wait"


def before_cancel(writing: ShopWriting, now: datetime) -> BeforeCancel:
    """Return what has to be done before the points of a code are given back.

    Nothing, if nobody has ever called the shop for it, or if it is revoked. Nobody knows what a
    call in flight does, nor one that was not answered just now: that has to be waited for.
    """
    if writing.state is WritingState.REVOKED or not writing.is_touched:
        return BeforeCancel.NOTHING
    if lease.is_held(writing.lease_until, now) or lease.is_held(writing.unsettled_until, now):
        return BeforeCancel.WAIT
    return BeforeCancel.REVOKE


def revoked(writing: ShopWriting, now: datetime) -> ShopWriting:
    """Return a code that nobody can use."""
    after = replace(released(writing, now), version=writing.version + 1, dead_reason=None)
    return replace(after, state=WritingState.REVOKED)


def used(writing: ShopWriting, order_id: str | None, now: datetime) -> ShopWriting:
    """Return a code that was used for an order."""
    after = replace(released(writing, now), version=writing.version + 1, dead_reason=None)
    return replace(after, state=WritingState.USED, order_id=order_id or writing.order_id)


def erased(writing: ShopWriting, names: Pseudonyms) -> ShopWriting | None:
    """Take the member out of it; ``None`` if the shop has nothing of it.

    Else the shop's id of the customer, and the code, stay until they are out of the shop.
    """
    is_over = writing.state in {WritingState.USED, WritingState.REVOKED}
    if is_over or not writing.is_touched:
        return None
    after = replace(
        writing, user_id=names.of(writing.user_id), is_ending=True, message=None, meaning=None
    )
    if writing.terms is not None:
        membership_id = names.of(writing.terms.membership_id)
        after = replace(after, terms=replace(writing.terms, membership_id=membership_id))
    if writing.is_ending:
        return after
    if writing.lease_id is not None:
        return replace(after, version=writing.version + 1)
    return armed(after, writing.updated_at)


def digest_of(card: ShopCard) -> str:
    """Return what tells a card from another one, without its values."""
    values = (card.balance.normalize(), card.unit, card.tier, card.code)
    return ids.digest(card.customer_id, *map(str, values))
