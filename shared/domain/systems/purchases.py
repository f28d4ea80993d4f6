"""Purchases: a sale at a till, and the receipts that take it back or add to it.

What a purchase has to earn follows from all its receipts together, whatever the order in which
they are read. So a void that is read before its sale, a file that is read twice, and goods that
come back in parts end as the same receipts read in order, once.

Limits and campaigns alone know an order, because what a limit has refused stays refused, and a
campaign that was had stays had: an addition that is read before its sale asks for room first. Both
orders grant no more than the limits allow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TypeVar

from shared.domain import pseudonyms
from shared.domain.loyalty import returns
from shared.domain.loyalty.earning import Award
from shared.domain.pseudonyms import Pseudonyms
from shared.domain.systems import receipt_parts
from shared.domain.systems.receipt_parts import Parts
from shared.domain.systems.sales import Receipt, ReceiptKind, identity_of
from shared.said import say

RECEIPTS_MAX = 200
"""The most receipts that one purchase keeps."""
WAITS = timedelta(days=90)
"""A receipt that takes back goods waits this long for the sale that it names."""
OTHER_AMOUNT = say("other_amount", "It has another amount than before: what it has earned stays.")
_OTHER_CUSTOMER = say(
    "other_customer",
    "It names another customer than before, and the till does not say which reading is later: "
    "nothing was changed.",
)
_OTHER_SALE = say(
    "other_sale",
    "Its number was used before, for another time and amount: it counts as another sale.",
)
_CLOCKS_DIFFER = timedelta(days=1)
"""A sale that seems to be later than its void by less than this is its sale all the same."""

_ADDITIONS = "+"
"""``Earning.of`` of additions without a sale: this, and the customer."""

Rename = Callable[[str], str]
"""Returns the name that a user has now."""


@dataclass(frozen=True, slots=True)
class KnownSale:
    """A sale as it was last read.

    Attributes:
        amount_minor: The eligible amount, not negative.
        customer_id: The customer whom the till named.
        is_earning: The customer was a member when it was issued, and the merchant lets it earn.
        issued_at: The time on the receipt; ``None`` if it was booked without noting that.
        booked_at: The time of its booking, if ``issued_at`` is not known.
        is_void: It was voided in place, and earns nothing.
        taken_at: When that took points back.
        parts: What of it earns, by the earning base of the program when this amount was read;
            ``None`` for ``amount_minor``.
        besides_minor: What was paid for what earns besides the eligible amount, such as shipping.
        total_minor: What was paid for everything; ``None`` if that was not noted.
    """

    amount_minor: int
    customer_id: str | None
    is_earning: bool
    series: str | None = None
    issued_at: datetime | None = None
    booked_at: datetime | None = None
    revision: int | None = None
    is_void: bool = False
    taken_at: datetime | None = None
    parts: Parts | None = None
    besides_minor: int = 0
    total_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PurchaseChange:
    """A receipt that refers to a sale, or to another receipt that refers to it.

    Attributes:
        receipt_id: Its own ``Receipt.identity``.
        amount_minor: Positive if it adds to the sale, negative if it takes goods back.
        original_series: The series of the sale, if the till says it.
        original_issued_at: The time of the sale, if the till says it.
        refers_to: ``receipt_id`` of the other receipt, if it refers to one.
        customer_id: The customer whom it named; ``is_earning`` as for a sale.
        is_void: It is a void, so of a return it takes back the return.
        is_undone: It was voided in place, and changes nothing.
        is_estimate: Its amount follows from the units that it took back, and may be a cent off.
        taken_at: When it took points back.
        parts: As for a sale; negative for what came back; so is ``besides_minor``.
        total_minor: As for a sale.
    """

    receipt_id: str
    amount_minor: int
    issued_at: datetime
    original_series: str | None = None
    original_issued_at: datetime | None = None
    refers_to: str | None = None
    customer_id: str | None = None
    is_earning: bool = False
    is_void: bool = False
    is_undone: bool = False
    revision: int | None = None
    is_estimate: bool = False
    taken_at: datetime | None = None
    parts: Parts | None = None
    besides_minor: int = 0
    total_minor: int | None = None

    @property
    def money_minor(self) -> int:
        """All that it adds or takes back."""
        return self.amount_minor + self.besides_minor


PartT = TypeVar("PartT", KnownSale, PurchaseChange)


@dataclass(frozen=True, slots=True)
class Earning:
    """The units that an amount has earned by the rules of its day.

    Attributes:
        of: The sale, by its place in the purchase, or the customer of additions without a sale.
        amount_minor: The eligible amount.
        units: The units that it has earned.
        parts: What of the amount earned; ``None`` for all of it.
        refused_units: The units that limits have refused.
        tier: The tier of the member when it began to earn.
        campaigns: The campaigns that it had, of those that count how often they are had.
    """

    of: str
    amount_minor: int
    units: int
    parts: Parts | None = None
    refused_units: int = 0
    tier: str | None = None
    campaigns: tuple[str, ...] = ()

    @property
    def earning_parts(self) -> Parts:
        """What of the amount earned."""
        return _parts(self.amount_minor, self.parts)


@dataclass(frozen=True, slots=True)
class Growth:
    """What of a sale and its additions earns now, and what earned before.

    Attributes:
        user_id: The member who earns.
        at: The time of the sale.
        after: What earns now.
        before: What of it earned before, with tier and campaigns; ``None`` if nothing was decided.
        held_units: The units that the member has of the purchase, and that no sale of it counts.
    """

    user_id: str
    at: datetime
    after: Parts
    before: Earning | None
    held_units: int


@dataclass(frozen=True, slots=True)
class Grown:
    """What a growth earns: the award, and the tier and the counted campaigns that it is made of.

    ``campaigns`` are all of the purchase; the award is for what is more, or less, than before.
    ``refused_units`` are those that the limits of days and months have cut.
    """

    award: Award
    refused_units: int = 0
    tier: str | None = None
    campaigns: tuple[str, ...] = ()


Decide = Callable[[Growth], Grown]
"""Decides what a growth earns by the program's rules."""


@dataclass(frozen=True, slots=True)
class Grant:
    """An entry of the ledger that granted units, and what was asked back of it.

    ``taken_units`` are the units that were taken of ``asked_units``: fewer if the member had spent
    them. ``receipt_id`` is the ``Receipt.identity`` of the receipt that caused it.
    ``booked_for``: the member in whose membership the entry is, if that one was merged since.
    ``pending_until``: until then it could not be spent; ``None`` if it could at once.
    """

    user_id: str
    entry_id: str
    receipt_id: str
    units: int
    booked_at: datetime
    asked_units: int = 0
    taken_units: int = 0
    booked_for: str | None = None
    pending_until: datetime | None = None

    @property
    def entry_user_id(self) -> str:
        """The member in whose membership the entry is."""
        return self.booked_for or self.user_id


@dataclass(frozen=True, slots=True)
class Netted:
    """Units that a member never got, because what takes them back was known before the sale."""

    user_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """The receipts with one id, those that refer to it, and what they have earned in a program.

    A till that was put in use again may have several sales under one id.

    Attributes:
        receipt_id: ``Receipt.external_id`` of its sales.
        bookings: The number of its entries so far, from which the next one gets its id.
        waiting_since: When the first receipt was read that takes back goods of a sale that is not
            known; ``None`` if there is none.
        part_of: The purchase to which the receipt of this id belongs, because it refers to a sale.
            What refers to the receipt belongs there, too.
        expires_at: When it is deleted: its sale has no member, and is kept for a claim. ``None``
            for all others.
    """

    purchase_id: str
    account_id: str
    store_id: str
    program_id: str
    system: str
    receipt_id: str
    sales: tuple[KnownSale, ...] = ()
    changes: tuple[PurchaseChange, ...] = ()
    earnings: tuple[Earning, ...] = ()
    grants: tuple[Grant, ...] = ()
    netted: tuple[Netted, ...] = ()
    bookings: int = 0
    waiting_since: datetime | None = None
    part_of: str | None = None
    expires_at: datetime | None = None

    @property
    def waiting(self) -> tuple[PurchaseChange, ...]:
        """The receipts that take back goods of a sale that is not known."""
        return tuple(each for each in _without_sale(self) if _amount_minor(self, each) < 0)

    @property
    def is_empty(self) -> bool:
        """True if it says nothing."""
        return not (self.sales or self.changes or self.grants or self.part_of)


@dataclass(frozen=True, slots=True)
class Reading:
    """A purchase after a receipt was read.

    ``doubt`` says what was read in doubt; ``refusal`` why the receipt was not taken.
    """

    purchase: Purchase
    doubt: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be booked for a member so that a purchase has earned what it has to.

    ``take_units`` are to be taken back; negative to be given back. ``award`` says what
    ``earn_units`` are made of, if this reading decided on it; ``campaigns_before`` are those that
    the purchase had before, ``None`` if it had earned nothing.
    """

    user_id: str
    earn_units: int
    take_units: int
    award: Award | None = None
    campaigns_before: tuple[str, ...] | None = None


@dataclass(slots=True)
class _Standing:
    """What a member's receipts earn, and what takes it back.

    ``held_units`` are those that were granted and that no sale counts any more; the award is the
    latest of this reading.
    """

    earned_units: int = 0
    taken_units: int = 0
    held_units: int = 0
    award: Award | None = None
    campaigns_before: tuple[str, ...] | None = None


@dataclass(slots=True)
class _Group:
    """A sale with the receipts that refer to it, or a customer's additions without a sale.

    ``sold_parts`` are what of ``sold_minor`` earns, ``returned_base`` what came back of that.
    """

    of: str
    user_id: str | None
    at: datetime | None
    is_void: bool = False
    sold_minor: int = 0
    returned_minor: int = 0
    sold_parts: Parts = ()
    returned_base: Fraction = Fraction(0)

    def add(self, amount_minor: int, parts: Parts) -> None:
        """Add goods that were sold."""
        self.sold_minor += amount_minor
        self.sold_parts = receipt_parts.merged((*self.sold_parts, *parts))

    @property
    def is_returned(self) -> bool:
        """Tell whether it was voided, or all its money is back."""
        return self.is_void or 0 < self.sold_minor <= self.returned_minor

    def units_taken(self, earned_units: int) -> int:
        """Return the units that what came back takes: everything, once all the money is back."""
        if earned_units == 0 or self.is_returned:
            return earned_units
        sold = receipt_parts.total(self.sold_parts)
        to_whole = sold.denominator * self.returned_base.denominator
        return returns.units_to_take(
            earned_units, int(self.returned_base * to_whole), int(sold * to_whole)
        )


def with_receipt(
    purchase: Purchase,
    receipt: Receipt,
    *,
    is_earning: bool,
    parts: Parts | None = None,
    besides_minor: int = 0,
) -> Reading:
    """Return a purchase after one of its receipts was read.

    The purchase is unchanged if the receipt says nothing new.

    Args:
        purchase: The purchase of ``receipt.voids``, if it names a sale, else of the receipt itself.
        receipt: A sale, a void or an exchange; a void names its sale.
        is_earning: The customer whom it names was a member when it was issued, and the merchant
            lets it earn.
        parts: What of it earns by the program's base; ``None`` for its eligible amount.
        besides_minor: What was paid for what earns besides that amount.
    """
    receipt = _of_erased(purchase, receipt, is_earning=is_earning)
    if len(purchase.sales) + len(purchase.changes) >= RECEIPTS_MAX:
        sentence = "More than {most} receipts belong to the same sale."
        refusal = say("too_many_of_sale", sentence, most=RECEIPTS_MAX)
        return Reading(purchase, refusal=refusal)
    if receipt.kind is ReceiptKind.VOID and receipt.voids == receipt.external_id:
        return _with_void(purchase, receipt)
    if receipt.voids is not None:
        return _with_change(purchase, receipt, parts, besides_minor, is_earning=is_earning)
    return _with_sale(purchase, receipt, parts, besides_minor, is_earning=is_earning)


def _of_erased(purchase: Purchase, receipt: Receipt, *, is_earning: bool) -> Receipt:
    """Return a receipt with the pseudonym, if its customer was erased since it was first read.

    The till still names the person. Whoever is no member is taken for the person who was erased.
    """
    if receipt.customer_id is None or is_earning:
        return receipt
    known = users(purchase)
    erased = next((each for each in known if pseudonyms.is_pseudonym(each)), None)
    if erased is None or receipt.customer_id in known:
        return receipt
    return replace(receipt, customer_id=erased)


def users(purchase: Purchase) -> tuple[str, ...]:
    """Return everybody whom a purchase names."""
    named = (
        *(each.customer_id for each in purchase.sales),
        *(each.customer_id for each in purchase.changes),
        *(each.user_id for each in purchase.grants),
        *(each.entry_user_id for each in purchase.grants),
        *(each.user_id for each in purchase.netted),
    )
    return tuple(sorted({each for each in named if each is not None}))


def erased(purchase: Purchase, names: Pseudonyms) -> Purchase:
    """Return a purchase with pseudonyms for its customers, under which their entries are now."""
    return _renamed(purchase, names.of, entries_as=names.of)


def with_merged(purchase: Purchase, into: Mapping[str, str]) -> Purchase:
    """Return a purchase in the names of the members who took over: what was earned is theirs.

    Args:
        purchase: A purchase.
        into: The user ids of members who were merged, with those of the members who took over.
            Entries stay where they are.
    """

    def current(user_id: str) -> str:
        return into.get(user_id, user_id)

    return _renamed(purchase, current, entries_as=lambda user_id: user_id)


def _renamed(purchase: Purchase, name_of: Rename, *, entries_as: Rename) -> Purchase:
    """Return a purchase with other names for its customers; two may become one.

    ``entries_as`` gives the present name of the member in whose membership an entry is.
    """
    netted: dict[str, int] = {}
    for each in purchase.netted:
        netted[name_of(each.user_id)] = netted.get(name_of(each.user_id), 0) + each.units
    earnings: dict[str, Earning] = {}
    for earning in purchase.earnings:
        of = earning.of
        if of.startswith(_ADDITIONS):
            of = _ADDITIONS + name_of(of.removeprefix(_ADDITIONS))
        known = earnings.get(of)
        earnings[of] = replace(earning, of=of) if known is None else _together(known, earning)
    return replace(
        purchase,
        sales=tuple(_named(each, name_of) for each in purchase.sales),
        changes=tuple(_named(each, name_of) for each in purchase.changes),
        grants=tuple(_granted_to(each, name_of, entries_as) for each in purchase.grants),
        netted=tuple(Netted(user_id, units) for user_id, units in netted.items()),
        earnings=tuple(earnings.values()),
    )


def _together(one: Earning, other: Earning) -> Earning:
    """Return what the additions of two members have earned who became one."""
    amount_minor = one.amount_minor + other.amount_minor
    parts = receipt_parts.merged((*one.earning_parts, *other.earning_parts))
    return replace(
        one,
        amount_minor=amount_minor,
        units=one.units + other.units,
        parts=receipt_parts.compact(parts, amount_minor),
        refused_units=one.refused_units + other.refused_units,
        campaigns=tuple(dict.fromkeys((*one.campaigns, *other.campaigns))),
    )


def _granted_to(grant: Grant, name_of: Rename, entries_as: Rename) -> Grant:
    user_id, entry_user_id = name_of(grant.user_id), entries_as(grant.entry_user_id)
    booked_for = None if entry_user_id == user_id else entry_user_id
    return replace(grant, user_id=user_id, booked_for=booked_for)


def _named(part: PartT, name_of: Rename) -> PartT:
    """Return a sale or a change with another name for its customer."""
    if part.customer_id is None:
        return part
    return replace(part, customer_id=name_of(part.customer_id))


def of_user_alone(purchase: Purchase, user_id: str) -> Purchase:
    """Return what a purchase says of one of its customers."""

    def is_own(name: str | None) -> bool:
        return name in {None, user_id}

    return replace(
        purchase,
        sales=tuple(each for each in purchase.sales if is_own(each.customer_id)),
        changes=tuple(each for each in purchase.changes if is_own(each.customer_id)),
        earnings=tuple(each for each in purchase.earnings if each.of == f"+{user_id}"),
        grants=tuple(each for each in purchase.grants if each.user_id == user_id),
        netted=tuple(each for each in purchase.netted if each.user_id == user_id),
    )


def with_earlier(
    purchase: Purchase, sale: KnownSale, grant: Grant, taken: Sequence[tuple[str, int]]
) -> Purchase:
    """Add a sale that was booked before purchases were kept.

    Args:
        purchase: The purchase of its id.
        sale: The sale, as far as its entry tells.
        grant: Its entry, with all that was asked back.
        taken: Each receipt that took units back, with the units that it asked for.
    """
    if grant.entry_id in {each.entry_id for each in purchase.grants}:
        return purchase
    changes = []
    for receipt_id, units in taken:
        # The amount is not in the entry. Units were rounded up, so the amount is, too.
        amount_minor = -(-units * sale.amount_minor // max(grant.units, 1))
        changes.append(PurchaseChange(receipt_id, -amount_minor, grant.booked_at, is_estimate=True))
    is_void = purchase.receipt_id in {receipt_id for receipt_id, _ in taken}
    place = str(len(purchase.sales))
    return replace(
        purchase,
        sales=(*purchase.sales, replace(sale, is_void=is_void)),
        changes=(
            *(each for each in changes if each.receipt_id != purchase.receipt_id),
            *purchase.changes,
        ),
        earnings=(*purchase.earnings, Earning(place, sale.amount_minor, grant.units)),
        grants=(*purchase.grants, grant),
    )


def taken_over(purchase: Purchase, receipt: Receipt, sale: KnownSale, grant: Grant) -> Purchase:
    """Add a sale that has earned otherwise already, such as by the claim of its receipt.

    Nothing of it came back before, unless the purchase has kept it without a member.
    """
    place = _place_of(purchase.sales, receipt)
    if place is None or purchase.sales[place].is_earning:
        sales, of = (*purchase.sales, sale), str(len(purchase.sales))
    else:
        known = purchase.sales[place]
        same = replace(sale, is_void=known.is_void, taken_at=known.taken_at)
        sales, of = _with_sale_at(purchase, place, same).purchase.sales, str(place)
    earned = Earning(of, sale.amount_minor, grant.units, parts=sale.parts)
    return replace(
        purchase,
        sales=sales,
        earnings=(*(each for each in purchase.earnings if each.of != of), earned),
        grants=(*purchase.grants, grant),
    )


def sale_in(purchase: Purchase, receipt: Receipt) -> KnownSale | None:
    """Return the sale that a receipt is, if it was read before."""
    place = _place_of(purchase.sales, receipt)
    return None if place is None else purchase.sales[place]


def returned(purchase: Purchase) -> list[tuple[str, str]]:
    """Return the sales that came back as a whole: each with its member, by ``Receipt.identity``."""
    groups = zip(_groups(purchase), purchase.sales, strict=False)
    return [
        (group.user_id, identity_of(purchase.receipt_id, sale.series))
        for group, sale in groups
        if group.user_id is not None and group.is_returned
    ]


def lacks_sale(purchase: Purchase, receipt: Receipt) -> bool:
    """Tell whether a receipt that was read refers to a sale that the purchase does not know."""
    if receipt.voids == receipt.external_id:
        is_noted = any(_is_same(each.receipt_id, receipt) for each in purchase.changes)
        return not is_noted and all(each.is_void and not each.is_earning for each in purchase.sales)
    return receipt.identity in {each.receipt_id for each in _without_sale(purchase)}


def with_part(purchase: Purchase, part: Purchase, receipt: Receipt) -> tuple[Purchase, Purchase]:
    """Take over what refers to a receipt that was added to a purchase.

    Args:
        purchase: The purchase, to which the receipt was added.
        part: The purchase of the receipt's own id.
        receipt: The receipt.

    Returns:
        Both; ``part`` says that it belongs to ``purchase`` from now on. Unchanged if a sale has the
        same id, which what refers to it may mean.
    """
    if part.part_of is not None or any(not each.is_void for each in part.sales):
        return purchase, part
    is_undone = bool(part.sales)
    own = tuple(
        replace(each, is_undone=is_undone or each.is_undone)
        if each.receipt_id == receipt.identity
        else each
        for each in purchase.changes
    )
    moved = (
        each if each.refers_to else replace(each, refers_to=receipt.identity)
        for each in part.changes
    )
    return (
        replace(purchase, changes=(*own, *moved)),
        replace(part, sales=(), changes=(), waiting_since=None, part_of=purchase.purchase_id),
    )


def with_taken(purchase: Purchase, receipt: Receipt, now: datetime) -> Purchase:
    """Note when a receipt took points back."""
    for place, change in enumerate(purchase.changes):
        if _is_same(change.receipt_id, receipt):
            return _with_change_at(purchase, place, replace(change, taken_at=now))
    place_of_sale = _place_of(purchase.sales, receipt)
    if place_of_sale is None:
        return purchase
    sale = replace(purchase.sales[place_of_sale], taken_at=now)
    return _with_sale_at(purchase, place_of_sale, sale).purchase


def taken_at(purchase: Purchase, receipt: Receipt) -> datetime | None:
    """Return when a receipt took points back; ``None`` if it took none."""
    for change in purchase.changes:
        if _is_same(change.receipt_id, receipt):
            return change.taken_at
    place = _place_of(purchase.sales, receipt)
    return None if place is None else purchase.sales[place].taken_at


def without_waiting(purchase: Purchase) -> Purchase:
    """Return a purchase without the receipts whose sale has not come."""
    gone = set(purchase.waiting)
    left = tuple(each for each in purchase.changes if each not in gone)
    return replace(purchase, changes=left, waiting_since=None)


def settled(purchase: Purchase, decide: Decide, now: datetime) -> tuple[Purchase, tuple[Due, ...]]:
    """Compute what its receipts earn together.

    The units of an amount stay those of the day when it was read: a later amount adds what the sum
    earns more than the earlier amount, so that minimum and caps are judged on the sum.

    Returns:
        The purchase with these earnings, and what is to be booked for them.
    """
    standings: dict[str, _Standing] = {each.user_id: _Standing() for each in purchase.grants}
    before = {each.of: each for each in purchase.earnings}
    earnings: dict[str, Earning] = dict(before)
    groups = [(each, each.user_id) for each in _groups(purchase)]
    for group, user_id in groups:
        if user_id is not None:
            standing = standings.setdefault(user_id, _Standing())
            standing.held_units -= before[group.of].units if group.of in before else 0
    for user_id, standing in standings.items():
        standing.held_units = max(standing.held_units + _got_units(purchase, user_id), 0)
    for group, user_id in groups:
        if user_id is None:
            continue
        standing = standings[user_id]
        earned = _earned(before, group, user_id, standing, decide, now)
        earnings[group.of] = earned
        standing.earned_units += earned.units
        standing.taken_units += group.units_taken(earned.units)
    since = (purchase.waiting_since or now) if purchase.waiting else None
    dues, netted = [], []
    for user_id, standing in standings.items():
        due, netted_units = _due(purchase, user_id, standing)
        if due.earn_units or due.take_units:
            dues.append(due)
        if netted_units:
            netted.append(Netted(user_id, netted_units))
    after = replace(
        purchase,
        earnings=tuple(earnings.values()),
        netted=tuple(netted),
        waiting_since=since,
        expires_at=None if dues or netted or purchase.grants else purchase.expires_at,
    )
    return after, tuple(dues)


def _got_units(purchase: Purchase, user_id: str) -> int:
    """Return the units that a member got of a purchase, or would have got if nothing came back."""
    granted = sum(each.units for each in purchase.grants if each.user_id == user_id)
    return granted + sum(each.units for each in purchase.netted if each.user_id == user_id)


def _with_sale(
    purchase: Purchase,
    receipt: Receipt,
    parts: Parts | None,
    besides_minor: int,
    *,
    is_earning: bool,
) -> Reading:
    sale = KnownSale(
        amount_minor=max(receipt.eligible.amount_minor, 0),
        customer_id=receipt.customer_id,
        is_earning=is_earning,
        series=receipt.series,
        issued_at=receipt.issued_at,
        revision=receipt.revision,
        parts=parts,
        besides_minor=besides_minor,
        total_minor=receipt.total.amount_minor,
    )
    place = _place_of(purchase.sales, receipt)
    if place is not None:
        return _with_known_sale(purchase, place, sale)
    is_doubtful = any(None in {each.series, sale.series} for each in purchase.sales)
    return Reading(
        replace(purchase, sales=(*purchase.sales, sale)), _OTHER_SALE if is_doubtful else None
    )


def _with_known_sale(purchase: Purchase, place: int, sale: KnownSale) -> Reading:
    """Return a purchase after one of its sales was read again.

    Only a later revision corrects it. A reading that lacks the customer corrects nothing: tills
    forget customers.
    """
    known = purchase.sales[place]
    is_later = _is_later(sale.revision, known.revision)
    is_earlier = _is_later(known.revision, sale.revision)
    if is_earlier:  # What is known stays as late as it is, also if this reading adds to it.
        sale = replace(sale, revision=known.revision)
    if not (known.is_void and is_later):
        sale = replace(sale, is_void=known.is_void, taken_at=known.taken_at)
    if known.customer_id is None:
        return _with_sale_at(purchase, place, sale)
    if sale.customer_id is None:
        sale = replace(sale, customer_id=known.customer_id, is_earning=known.is_earning)
    is_same_customer = sale.customer_id == known.customer_id
    is_same_amount = sale.amount_minor == known.amount_minor
    if is_same_amount and is_same_customer and not (is_later and _is_other_total(known, sale)):
        sale = _with_worth_of(known, sale)
    if is_later or (is_same_customer and is_same_amount):
        # Whoever lets older receipts earn after all corrects nothing either, but adds points.
        sale = replace(sale, is_earning=sale.is_earning or (is_same_customer and known.is_earning))
        return _with_sale_at(purchase, place, sale)
    if is_earlier:
        return Reading(purchase)
    if not is_same_customer:
        return Reading(purchase, refusal=_OTHER_CUSTOMER)
    return Reading(purchase, OTHER_AMOUNT)


def _is_other_total(known: PartT, told: PartT) -> bool:
    """Tell whether something else than what always earns has changed, such as the shipping."""
    return known.total_minor not in {None, told.total_minor}


def _with_worth_of(known: PartT, told: PartT) -> PartT:
    """Return a reading of the same amount with what earned by the rules of then."""
    return replace(told, parts=known.parts, besides_minor=known.besides_minor)


def _is_later(one: int | None, other: int | None) -> bool:
    """Tell whether one reading is later than another: a till that tells revisions goes on to."""
    return one is not None and (other is None or one > other)


def _with_void(purchase: Purchase, receipt: Receipt) -> Reading:
    """Mark a receipt as void; note one that was not read yet, so that it earns nothing.

    Only a later revision of the receipt makes it valid again.
    """
    for place, change in enumerate(purchase.changes):
        if _is_same(change.receipt_id, receipt):
            if _is_later(change.revision, receipt.revision):
                return Reading(purchase)
            undone = replace(change, is_undone=True, revision=receipt.revision or change.revision)
            return Reading(_with_change_at(purchase, place, undone))
    place_of_sale = _place_of(purchase.sales, receipt)
    if place_of_sale is None:
        noted = KnownSale(
            amount_minor=0,
            customer_id=None,
            is_earning=False,
            series=receipt.series,
            issued_at=receipt.issued_at,
            revision=receipt.revision,
            is_void=True,
        )
        return Reading(replace(purchase, sales=(*purchase.sales, noted)))
    known = purchase.sales[place_of_sale]
    if _is_later(known.revision, receipt.revision):
        return Reading(purchase)
    if known.is_void and not _is_later(receipt.revision, known.revision):
        return Reading(purchase)  # Else no reading from in between makes it valid again.
    void = replace(known, is_void=True, revision=receipt.revision or known.revision)
    return _with_sale_at(purchase, place_of_sale, void)


def _with_change(
    purchase: Purchase,
    receipt: Receipt,
    parts: Parts | None,
    besides_minor: int,
    *,
    is_earning: bool,
) -> Reading:
    amount_minor = receipt.eligible.amount_minor
    is_void = receipt.kind is ReceiptKind.VOID
    change = PurchaseChange(
        receipt_id=receipt.identity,
        amount_minor=-abs(amount_minor) if is_void else amount_minor,
        issued_at=receipt.issued_at,
        original_series=receipt.voids_series,
        original_issued_at=receipt.voids_issued_at,
        refers_to=_change_named(purchase, receipt),
        customer_id=receipt.customer_id,
        is_earning=is_earning,
        is_void=is_void,
        revision=receipt.revision,
        parts=parts,
        besides_minor=besides_minor,
        total_minor=receipt.total.amount_minor,
    )
    for place, known in enumerate(purchase.changes):
        if _is_same(known.receipt_id, receipt):
            return _with_known_change(purchase, place, change)
    if is_void and amount_minor == 0 and not parts and besides_minor == 0:
        return Reading(purchase)
    doubt = None
    if len(list(_candidates(purchase.sales, change))) > 1:
        doubt = say(
            "several_sales",
            "Several sales have the number that it names: it counts for the latest before it.",
        )
    return Reading(replace(purchase, changes=(*purchase.changes, change)), doubt)


def _with_known_change(purchase: Purchase, place: int, change: PurchaseChange) -> Reading:
    """Return a purchase after a receipt that refers to a sale was read again."""
    known = purchase.changes[place]
    if _is_later(change.revision, known.revision):
        is_same = change.amount_minor == known.amount_minor and not _is_other_total(known, change)
        if is_same:
            change = _with_worth_of(known, change)
        return Reading(_with_change_at(purchase, place, change))
    # What was booked before purchases were kept has no exact amount.
    is_exact = known.receipt_id == change.receipt_id and not known.is_estimate
    if is_exact and known.amount_minor != change.amount_minor:
        return Reading(
            purchase, None if _is_later(known.revision, change.revision) else OTHER_AMOUNT
        )
    return Reading(purchase)


def _change_named(purchase: Purchase, receipt: Receipt) -> str | None:
    """Return the receipt to which one refers, if that is no sale of the purchase itself."""
    names = {receipt.voids, receipt.voided_identity}
    for each in purchase.changes:
        if each.receipt_id in names or each.receipt_id.partition("@")[0] in names:
            return each.receipt_id
    return None


def _is_same(receipt_id: str, receipt: Receipt) -> bool:
    """Tell whether a receipt is the one of an id.

    Receipts that were booked before purchases were kept are noted without their series.
    """
    return receipt_id in {receipt.identity, receipt.external_id}


def _with_change_at(purchase: Purchase, place: int, change: PurchaseChange) -> Purchase:
    changes = (*purchase.changes[:place], change, *purchase.changes[place + 1 :])
    return replace(purchase, changes=changes)


def _with_sale_at(purchase: Purchase, place: int, sale: KnownSale) -> Reading:
    sales = (*purchase.sales[:place], sale, *purchase.sales[place + 1 :])
    return Reading(replace(purchase, sales=sales))


def _place_of(sales: tuple[KnownSale, ...], receipt: Receipt) -> int | None:
    """Return the place of the sale that a receipt is, if it was read before."""
    for place, sale in enumerate(sales):
        if None in {sale.series, receipt.series}:
            is_same = _is_alike(sale, receipt)
        else:
            is_same = sale.series == receipt.series or _is_copy(sale, receipt)
        if is_same:
            return place
    return None


def _is_copy(sale: KnownSale, receipt: Receipt) -> bool:
    """Tell whether only the series differs: some tills make it anew with each export."""
    return (
        receipt.kind is ReceiptKind.SALE
        and sale.issued_at == receipt.issued_at
        and sale.amount_minor == receipt.eligible.amount_minor
        and sale.customer_id == receipt.customer_id
    )


def _is_alike(sale: KnownSale, receipt: Receipt) -> bool:
    """Tell by time and amount whether a receipt is a sale, because the series does not tell.

    Times alone may differ, because somebody has corrected the time zone. An amount alone may
    differ, because somebody has corrected the receipt. A system with revisions has unique ids.
    """
    has_no_amount = receipt.kind is ReceiptKind.VOID or (sale.is_void and sale.amount_minor == 0)
    is_same_amount = has_no_amount or sale.amount_minor == receipt.eligible.amount_minor
    if sale.booked_at is not None:
        is_same_customer = sale.customer_id == receipt.customer_id
        return receipt.issued_at <= sale.booked_at and (is_same_amount or is_same_customer)
    has_revisions = None not in {sale.revision, receipt.revision}
    return has_revisions or is_same_amount or sale.issued_at == receipt.issued_at


def _candidates(sales: tuple[KnownSale, ...], change: PurchaseChange) -> Iterator[int]:
    """Yield the places of the sales to which a change may refer.

    A system with revisions has unique ids, and may pay back before the rest was paid. Of others a
    sale that is later than the change is another one, which got its number anew.
    """
    for place, sale in enumerate(sales):
        is_series = None in {change.original_series, sale.series} or (
            change.original_series == sale.series
        )
        is_early = sale.issued_at is None or (sale.issued_at <= change.issued_at + _CLOCKS_DIFFER)
        if is_series and (is_early or sale.revision is not None):
            yield place


def _sale_of(purchase: Purchase, change: PurchaseChange) -> int | None:
    """Return the place of the sale to which a change refers.

    It is the one of the time that the till tells, else the latest before the change.
    """
    original = _original(purchase, change)
    if original is not None:
        return _sale_of(purchase, original)

    def preference(place: int) -> tuple[bool, float, bool, float]:
        sale = purchase.sales[place]
        is_named = change.original_series is not None and sale.series == change.original_series
        if sale.issued_at is None:
            return is_named, -math.inf, False, 0.0
        told = change.original_issued_at
        distance_s = abs((sale.issued_at - told).total_seconds()) if told else 0.0
        return is_named, -distance_s, True, sale.issued_at.timestamp()

    return max(_candidates(purchase.sales, change), key=preference, default=None)


def _original(purchase: Purchase, change: PurchaseChange) -> PurchaseChange | None:
    """Return the change to which another one refers; an earlier one, so that there is no circle."""
    if change.refers_to is None:
        return None
    for each in purchase.changes:
        if each is change:
            return None
        if each.receipt_id == change.refers_to:
            return each
    return None


def _amount_minor(purchase: Purchase, change: PurchaseChange) -> int:
    """Return what a change adds to the sale, negative if it takes goods back.

    The void of a return gives back what the return took. Every other void, also one that names an
    exchange, takes goods back.
    """
    if change.is_undone:
        return 0
    original = _original(purchase, change)
    if change.is_void and original is not None:
        voided_minor = _amount_minor(purchase, original)
        if voided_minor < 0:
            return min(-change.money_minor, -voided_minor)
    return change.money_minor


def _earning_base(purchase: Purchase, change: PurchaseChange) -> Fraction:
    """Return what a change adds to what earns, as ``_amount_minor`` does, in minor units."""
    if change.is_undone:
        return Fraction(0)
    base = receipt_parts.total(_parts(change.amount_minor, change.parts))
    original = _original(purchase, change)
    if change.is_void and original is not None and _amount_minor(purchase, original) < 0:
        return min(-base, -_earning_base(purchase, original))
    return base


def _parts(amount_minor: int, parts: Parts | None) -> Parts:
    return receipt_parts.of_amount(amount_minor) if parts is None else parts


def _without_sale(purchase: Purchase) -> list[PurchaseChange]:
    return [each for each in purchase.changes if _sale_of(purchase, each) is None]


def _groups(purchase: Purchase) -> list[_Group]:
    groups = [
        _Group(
            of=str(place),
            user_id=sale.customer_id if sale.is_earning else None,
            at=sale.issued_at or sale.booked_at,
            is_void=sale.is_void,
            sold_minor=sale.amount_minor + sale.besides_minor,
            sold_parts=_parts(sale.amount_minor, sale.parts),
        )
        for place, sale in enumerate(purchase.sales)
    ]
    loose: dict[str, _Group] = {}
    for change in purchase.changes:
        amount_minor = _amount_minor(purchase, change)
        base = _earning_base(purchase, change)
        place = _sale_of(purchase, change)
        if place is not None:
            group = groups[place]
        elif amount_minor > 0 and change.customer_id is not None and change.is_earning:
            of = f"{_ADDITIONS}{change.customer_id}"
            group = loose.setdefault(of, _Group(of, change.customer_id, change.issued_at))
        else:
            continue
        # A void of a return takes the return back, and is no addition. What is sold in exchange
        # for goods that earn nothing may earn more than the amount says.
        is_sold = not change.is_void and base > 0
        if is_sold:
            group.add(0, _parts(change.amount_minor, change.parts))
        else:
            group.returned_base -= base
        if amount_minor > 0 and not change.is_void:
            group.sold_minor += amount_minor
        else:
            group.returned_minor -= amount_minor
    return [*groups, *loose.values()]


def _earned(
    before: Mapping[str, Earning],
    group: _Group,
    user_id: str,
    standing: _Standing,
    decide: Decide,
    now: datetime,
) -> Earning:
    """Return what a group earns; what it has earned of the same goods before stays."""
    known = before.get(group.of) or Earning(group.of, 0, 0)
    kept = replace(
        known,
        amount_minor=group.sold_minor,
        parts=receipt_parts.compact(group.sold_parts, group.sold_minor),
    )
    if known.earning_parts == group.sold_parts:
        return kept
    # What was added before its sale was known has begun to earn for it.
    begun = before.get(group.of) or before.get(f"{_ADDITIONS}{user_id}")
    context = begun and replace(
        begun, of=group.of, amount_minor=known.amount_minor, parts=known.parts
    )
    grown = decide(Growth(user_id, group.at or now, group.sold_parts, context, standing.held_units))
    units = grown.award.awarded_units
    refused_units = known.refused_units + grown.refused_units
    if units >= 0:
        standing.held_units -= min(standing.held_units, units)
        units += known.units
    else:
        # Of what is less, the units go first that were refused before.
        asked_units = max(known.units + refused_units + units, 0)
        units = min(known.units, asked_units)
        refused_units = asked_units - units
    if grown.award.awarded_units > 0:
        standing.award = grown.award
        standing.campaigns_before = begun.campaigns if begun and begun.units else None
    return replace(
        kept,
        units=units,
        refused_units=refused_units,
        tier=grown.tier,
        campaigns=grown.campaigns,
    )


def _due(purchase: Purchase, user_id: str, standing: _Standing) -> tuple[Due, int]:
    """Return what is due for a member, and the units that they never get."""
    own = [each for each in purchase.grants if each.user_id == user_id]
    granted = sum(each.units for each in own)
    asked = sum(each.asked_units for each in own)
    before = sum(each.units for each in purchase.netted if each.user_id == user_id)
    netted = min(before, standing.taken_units)
    earned = standing.earned_units - netted
    # A sale that turns out to be smaller, or another customer's, has granted too much.
    earn_units = max(earned - granted, 0)
    take_units = standing.taken_units - netted + max(granted - earned, 0) - asked
    both = max(min(earn_units, take_units), 0)
    due = Due(
        user_id,
        earn_units - both,
        take_units - both,
        standing.award,
        standing.campaigns_before,
    )
    return due, netted + both
