"""What a device shows: in its language, in the program's unit, and no more than it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.loyalty import ledger
from shared.domain.loyalty.customer_balances import CustomerBalance
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.rewards import Reward
from shared.domain.members import push_notices
from shared.domain.members.push_notices import Notice, Reached
from shared.domain.members.push_subscriptions import Language, PushDevice, PushKind
from tests.support.strategies import CASHBACK, NOW, POINTS, STAMPS, make_cause, make_membership
from tests.support.strategies import make_program as program_of

EVERY = tuple(PushKind)
STORE = "Café Morgenrot"
COFFEE, CAKE, TEA = (
    Reward(each, each, "free_product", Decimal(10)) for each in ("Coffee", "Cake", "Tea")
)


def device(language: Language = "en", kinds: tuple[PushKind, ...] = EVERY) -> PushDevice:
    return PushDevice("browser_1", "token", language, kinds, NOW)


def earned(program: Program, units: int, before: int = 0) -> Entry:
    membership = make_membership(program)
    if before:
        membership, _ = ledger.earn(membership, program, before, make_cause("le_0"))
    return ledger.earn(membership, program, units, make_cause())[1]


def shown(
    entry: Entry,
    program: Program,
    language: Language = "en",
    reached: Reached = Reached(),  # noqa: B008 - it never changes
    kinds: tuple[PushKind, ...] = EVERY,
    balance: CustomerBalance | None = None,
) -> Notice | None:
    balance = balance or CustomerBalance(max(entry.balance_after_units, 0), 0, 0)
    return push_notices.of_entry(device(language, kinds), entry, reached, balance, program, STORE)


@pytest.mark.parametrize(
    ("balance", "english", "german"),
    [
        (
            CustomerBalance(70, 50, 0),
            "You now have 70. Reserved: 50 points.",
            "Sie haben jetzt 70. Reserviert: 50 Punkte.",
        ),
        (
            CustomerBalance(0, 0, 1),
            "You now have 0. Still to make up for what came back: 1 point.",
            "Sie haben jetzt 0. Noch auszugleichen, weil etwas zurückkam: 1 Punkt.",
        ),
    ],
)
def test_what_is_reserved_or_owed_stands_beside_what_is_free(
    balance: CustomerBalance, english: str, german: str
) -> None:
    program = program_of(POINTS)
    entry = earned(program, 12)

    said = [shown(entry, program, each, balance=balance) for each in ("en", "de")]

    assert [each.body for each in said if each] == [english, german]


@pytest.mark.parametrize(
    ("program", "units", "before", "language", "title", "body"),
    [
        (program_of(POINTS), 12, 108, "en", "12 points at", "You now have 120."),
        (program_of(POINTS), 1, 0, "en", "1 point at", "You now have 1."),
        (program_of(POINTS), 1234, 0, "de", "1.234 Punkte bei", "Sie haben jetzt 1.234."),
        (program_of(POINTS), 1, 0, "de", "1 Punkt bei", "Sie haben jetzt 1."),
        (program_of(STAMPS), 1, 2, "en", "1 stamp at", "You now have 3."),
        (program_of(STAMPS), 2, 2, "de", "2 Stempel bei", "Sie haben jetzt 4."),
        (program_of(CASHBACK), 120, 80, "en", "€1.20 at", "You now have €2.00."),
        (program_of(CASHBACK), 120, 0, "de", "1,20\xa0€ bei", "Sie haben jetzt 1,20\xa0€."),
        (
            program_of(CASHBACK, currency="CHF"),
            5,
            0,
            "en",
            "CHF\xa00.05 at",
            "You now have CHF\xa00.05.",
        ),
        (
            program_of(CASHBACK, currency="JPY"),
            1500,
            0,
            "de",
            "1.500\xa0JPY bei",
            "Sie haben jetzt 1.500\xa0JPY.",
        ),
    ],
)
def test_tells_what_was_earned(
    program: Program, units: int, before: int, language: Language, title: str, body: str
) -> None:
    assert shown(earned(program, units, before), program, language) == Notice(
        f"{title} {STORE}", body
    )


def test_tells_from_when_it_can_be_spent() -> None:
    program = replace(program_of(POINTS), pending_days=14)
    pending = ledger.earn(
        make_membership(program), program, 12, make_cause(purchase_amount="1.20")
    )[1]
    assert pending.kind is EntryKind.PENDING

    assert shown(pending, program) == Notice(
        f"12 points at {STORE}", "You can spend them from 18 March."
    )
    assert shown(pending, program, "de") == Notice(
        f"12 Punkte bei {STORE}", "Einlösbar ab 18. März."
    )
    activated = replace(earned(program, 12), activates_entry_id="le_0")
    assert shown(activated, program) == Notice(
        f"12 points at {STORE}", "You can spend them now. You now have 12."
    )


def test_tells_in_one_notice_what_is_in_reach_too() -> None:
    program = program_of(POINTS)
    entry = earned(program, 12)
    reached = Reached((COFFEE, CAKE, TEA))

    both = shown(entry, program, reached=reached)
    alone = shown(entry, program, "de", reached, (PushKind.REWARD_IN_REACH,))

    assert both == Notice(f"12 points at {STORE}", "You now have 12. Enough for: Coffee, Cake.")
    assert alone == Notice(STORE, "Sie haben jetzt 12 Punkte. Das reicht für: Coffee, Cake.")
    full = shown(entry, program, reached=Reached(is_card_full=True))
    assert full == Notice(f"12 points at {STORE}", "You now have 12. Your card is full.")


def test_tells_nothing_that_nobody_wants_to_know() -> None:
    program = program_of(POINTS)
    entry = earned(program, 12)

    assert shown(entry, program, kinds=(PushKind.REWARD_IN_REACH, PushKind.EXPIRING)) is None
    assert shown(entry, program, reached=Reached((TEA,)), kinds=(PushKind.EXPIRING,)) is None


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({"kind": EntryKind.TRANSFER}, True),
        ({"kind": EntryKind.TRANSFER, "units": -5}, False),
        ({"kind": EntryKind.ADJUST}, False),
        ({"kind": EntryKind.MERGE}, False),
        ({"kind": EntryKind.REDEEM, "units": -5}, False),
        ({"occurred_at": NOW - timedelta(hours=23)}, True),
        ({"occurred_at": NOW - timedelta(hours=25)}, False),
    ],
)
def test_only_news_of_what_was_earned(change: dict[str, Any], is_told: bool) -> None:
    program = program_of(POINTS)
    entry = replace(earned(program, 12), **change)
    assert (shown(entry, program) is not None) is is_told


def test_tells_the_last_day_of_points_in_the_stores_time_zone() -> None:
    # Midnight in Berlin.
    expires_at = datetime(2026, 3, 12, 23, tzinfo=UTC)
    program = program_of(POINTS)

    def told(language: Language, units: int = 34) -> Notice | None:
        return push_notices.of_expiring(device(language), units, expires_at, program, STORE)

    assert told("en") == Notice(f"34 points at {STORE}", "You can spend them until 12 March.")
    assert told("de") == Notice(f"34 Punkte bei {STORE}", "Einlösbar bis 12. März.")
    assert told("en", 0) is None
    quiet = device(kinds=(PushKind.EARNED,))
    assert push_notices.of_expiring(quiet, 34, expires_at, program, STORE) is None


def test_what_ends_within_a_day_can_be_spent_on_that_day() -> None:
    noon = datetime(2026, 3, 12, 11, tzinfo=UTC)
    told = push_notices.of_expiring(device("en"), 34, noon, program_of(POINTS), STORE)
    assert told is not None
    assert told.body == "You can spend them until 12 March."
