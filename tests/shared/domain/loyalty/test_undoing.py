"""What a cashier may undo, to the second."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Entry, EntryKind, Undone
from shared.domain.loyalty.membership import Membership, RecentEntry
from shared.domain.loyalty.redemptions import RedemptionRecord
from shared.domain.loyalty.undoing import (
    UNDO_FOR,
    is_own_hand_out,
    require_code_comes_back,
    require_gives_back_own,
    require_undoable,
)
from shared.errors import PunktwerkError, UndoNotAllowed
from tests.support.strategies import NOW, make_cause, make_membership, make_program

PROGRAM = make_program()
LATER = NOW + timedelta(seconds=1)


def earned(staff_id: str | None = "uid_1") -> tuple[Membership, Entry]:
    return ledger.earn(make_membership(PROGRAM), PROGRAM, 50, make_cause(staff_id=staff_id))


def reason(earn: Entry, membership: Membership, now: datetime) -> str | None:
    try:
        require_undoable(earn, membership, "uid_1", now)
    except UndoNotAllowed as refusal:
        return str(refusal.details["reason"])
    return None


@pytest.mark.parametrize(
    ("passed", "refused"),
    [
        (timedelta(0), None),
        (UNDO_FOR, None),
        (UNDO_FOR + timedelta(milliseconds=1), "too_late"),
    ],
)
def test_for_a_quarter_of_an_hour(passed: timedelta, refused: str | None) -> None:
    membership, earn = earned()

    assert reason(earn, membership, NOW + passed) == refused


@pytest.mark.parametrize("staff_id", [None, "uid_2"])
def test_only_what_oneself_has_booked(staff_id: str | None) -> None:
    membership, earn = earned(staff_id)

    assert reason(earn, membership, NOW) == "other_staff"


def test_not_what_something_was_booked_after() -> None:
    membership, earn = earned()
    after, _ = ledger.redeem(membership, PROGRAM, 10, make_cause("le_2", now=LATER))

    assert reason(earn, after, LATER) == "not_the_last"


@pytest.mark.parametrize("kind", [EntryKind.EXPIRE, EntryKind.TIER])
def test_what_time_brings_is_no_booking(kind: EntryKind) -> None:
    membership, earn = earned()
    by_time = replace(membership.recent[0], kind=kind, recorded_at=LATER)

    assert reason(earn, replace(membership, recent=(by_time, *membership.recent)), LATER) is None


def spent(staff_id: str | None, booked_at: datetime = NOW, **facts: str) -> Entry:
    paid = {} if facts else {"amount_paid": "0.10"}
    cause = make_cause("le_2", now=booked_at, staff_id=staff_id, **paid, **facts)
    return ledger.redeem(earned()[0], PROGRAM, 10, cause)[1]


def refused(
    undone: Undone | None, redeemed: list[Entry], *between: RecentEntry, now: datetime = LATER
) -> object:
    """Return why the earn cannot be undone, which is booked at ``now``."""
    membership, earn = ledger.earn(
        make_membership(PROGRAM), PROGRAM, 50, make_cause(now=now, staff_id="uid_1")
    )
    membership = replace(membership, recent=(*membership.recent, *between))
    try:
        require_gives_back_own(undone, redeemed, earn, membership, "uid_1", now)
    except UndoNotAllowed as refusal:
        return refusal.details["reason"]
    return None


GIVEN = Undone(100, 10, redemption_ids=("le_2",))


@pytest.mark.parametrize(
    ("undone", "redeemed", "reason"),
    [
        (None, [], None),
        (GIVEN, [spent("uid_1")], None),
        (GIVEN, [spent(None)], "other_staff"),
        (GIVEN, [spent("uid_2")], "other_staff"),
        (GIVEN, [spent("uid_1", LATER - UNDO_FOR - timedelta(milliseconds=1))], "too_late"),
        (GIVEN, [spent("uid_1", reward_id="rw_1")], "no_payment"),
        (GIVEN, [spent("uid_1"), spent("uid_1", reward_id="rw_1")], "no_payment"),
        (GIVEN, [spent("uid_1", description="bare points")], "no_payment"),
        (Undone(100, reservation_ids=("rv_1",)), [], "other_staff"),
    ],
)
def test_gives_back_what_oneself_has_just_taken_to_pay(
    undone: Undone | None, redeemed: list[Entry], reason: str | None
) -> None:
    assert refused(undone, redeemed) == reason


@pytest.mark.parametrize(
    ("kind", "passed", "reason"),
    [
        (EntryKind.ADJUST, timedelta(milliseconds=1), "not_the_last"),
        (EntryKind.EXPIRE, timedelta(milliseconds=1), None),
        (EntryKind.ADJUST, timedelta(0), None),
        (EntryKind.ADJUST, LATER - NOW, None),
    ],
)
def test_gives_no_payment_back_that_something_has_followed(
    kind: EntryKind, passed: timedelta, reason: str | None
) -> None:
    """What is of the time of the payment or of the purchase came with it."""
    row = replace(earned()[0].recent[0], kind=kind, recorded_at=NOW + passed)

    assert refused(GIVEN, [spent("uid_1")], row) == reason


@pytest.mark.parametrize(
    ("code", "is_used", "is_cashier", "refused"),
    [
        (None, True, True, None),
        ("RW-7K2M-9QXT-4HBC-W3ZP", True, True, None),
        ("KINO-1", False, False, None),
        ("KINO-1", False, True, "UNDO_NOT_ALLOWED"),
        ("KINO-1", True, True, "REWARD_CODE_USED"),
        ("KINO-1", True, False, "REWARD_CODE_USED"),
        ("RW7K2M9QXT4HBCW3ZP", False, True, "UNDO_NOT_ALLOWED"),
    ],
)
def test_imported_codes_come_back_by_who_can_end_them(
    code: str | None, is_used: bool, is_cashier: bool, refused: str | None
) -> None:
    membership, _ = earned()
    _, entry = ledger.redeem(membership, PROGRAM, 10, make_cause("le_2", reward_code=code))
    record = RedemptionRecord.of(entry)
    record = record.used(NOW, "store_a", "uid_1", "uid_1") if is_used else record

    try:
        require_code_comes_back(entry, record, is_cashier=is_cashier)
        found = None
    except PunktwerkError as refusal:
        found = refusal.code

    assert found == refused


@pytest.mark.parametrize(("staff_id", "is_own"), [("uid_1", True), ("uid_2", False), (None, False)])
def test_a_hand_out_is_of_who_has_signed_in(staff_id: str | None, is_own: bool) -> None:
    _, entry = earned()
    record = RedemptionRecord.of(entry).used(NOW, "store_a", "uid_1", staff_id)

    assert is_own_hand_out(record, "uid_1") is is_own
    assert not is_own_hand_out(record, None)
