"""What a device shows of a booking, or of points that expire: a title and a line, in its language.

A phone shows it to whoever looks at it: so there is nothing in it but the store, its rewards, what
was booked, and the balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.domain.loyalty import due
from shared.domain.loyalty.customer_balances import CustomerBalance
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.programs import Program, ProgramType
from shared.domain.loyalty.rewards import Reward
from shared.domain.members.push_subscriptions import Language, PushDevice, PushKind
from shared.domain.units import from_units

REWARDS_NAMED = 2
"""More of them in reach at once are shown by the card."""
LATE_AFTER = timedelta(days=1)
"""What happened longer before it was told, as in a file, is no news for who was there."""
_EARNED = frozenset({EntryKind.EARN, EntryKind.PENDING, EntryKind.TRANSFER})
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF"}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a device shows."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Reached:
    """What a booking has brought into reach; ``is_card_full``: a stamp card without rewards."""

    rewards: Sequence[Reward] = ()
    is_card_full: bool = False

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.rewards) or self.is_card_full


@dataclass(frozen=True, slots=True)
class _Words:
    at: str
    now: str
    reserved: str
    owed: str
    spendable: str
    spendable_from: str
    spendable_until: str
    enough: str
    full: str
    units: tuple[str, str]
    stamps: tuple[str, str]


_WORDS = {
    "en": _Words(
        at="{amount} at {store}",
        now="You now have {balance}.",
        reserved="Reserved: {amount}.",
        owed="Still to make up for what came back: {amount}.",
        spendable="You can spend them now.",
        spendable_from="You can spend them from {day}.",
        spendable_until="You can spend them until {day}.",
        enough="Enough for: {rewards}.",
        full="Your card is full.",
        units=("point", "points"),
        stamps=("stamp", "stamps"),
    ),
    "de": _Words(
        at="{amount} bei {store}",
        now="Sie haben jetzt {balance}.",
        reserved="Reserviert: {amount}.",
        owed="Noch auszugleichen, weil etwas zurückkam: {amount}.",
        spendable="Ab jetzt einlösbar.",
        spendable_from="Einlösbar ab {day}.",
        spendable_until="Einlösbar bis {day}.",
        enough="Das reicht für: {rewards}.",
        full="Ihre Karte ist voll.",
        units=("Punkt", "Punkte"),
        stamps=("Stempel", "Stempel"),
    ),
}


def of_entry(
    device: PushDevice,
    entry: Entry,
    reached: Reached,
    balance: CustomerBalance,
    program: Program,
    store_name: str,
) -> Notice | None:
    """Return what a device shows of a booking; ``None`` if it wants to know nothing of it.

    What was earned and what is in reach since then are one notice. ``balance`` is what the card
    says when it is sent: who taps the notice reads the same there.
    """
    words = _WORDS[device.language]
    tells_earned = PushKind.EARNED in device.kinds and is_earned(entry)
    tells_reached = PushKind.REWARD_IN_REACH in device.kinds and bool(reached)
    if not tells_earned and not tells_reached:
        return None
    told = []
    if tells_earned:
        amount = _amount(entry.granted_units, program, device.language)
        title = words.at.format(amount=amount, store=store_name)
        told += _of_earned(entry, balance, program, device.language)
    else:
        title = store_name
        free = _amount(balance.free_units, program, device.language)
        told += [words.now.format(balance=free), *_beside(balance, program, device.language)]
    if tells_reached:
        names = ", ".join(each.title for each in reached.rewards[:REWARDS_NAMED])
        told.append(words.full if reached.is_card_full else words.enough.format(rewards=names))
    return Notice(title, " ".join(told))


def of_expiring(
    device: PushDevice, units: int, expires_at: datetime, program: Program, store_name: str
) -> Notice | None:
    """Return what a device shows of units that expire; ``None`` if it does not want to know.

    Args:
        device: The device.
        units: What is left of them.
        expires_at: The moment from which nobody can spend them.
        program: Their program.
        store_name: The name of its store.
    """
    if PushKind.EXPIRING not in device.kinds or units <= 0:
        return None
    words = _WORDS[device.language]
    last_day = due.last_day(expires_at, program.time_zone)
    return Notice(
        words.at.format(amount=_amount(units, program, device.language), store=store_name),
        words.spendable_until.format(day=_day(last_day, device.language)),
    )


def is_earned(entry: Entry) -> bool:
    """Tell whether a booking is one that its member has earned, or was given by another member."""
    happened_at = entry.occurred_at or entry.recorded_at
    is_news = entry.recorded_at - happened_at <= LATE_AFTER
    return entry.kind in _EARNED and entry.granted_units > 0 and is_news


def _of_earned(
    entry: Entry, balance: CustomerBalance, program: Program, language: Language
) -> list[str]:
    words = _WORDS[language]
    if entry.pending_until is not None:
        first_day = due.local_day(entry.pending_until, program.time_zone)
        return [words.spendable_from.format(day=_day(first_day, language))]
    free = _number_or_money(balance.free_units, program, language)
    now = [words.now.format(balance=free), *_beside(balance, program, language)]
    return [words.spendable, *now] if entry.activates_entry_id is not None else now


def _beside(balance: CustomerBalance, program: Program, language: Language) -> list[str]:
    """Say what is reserved or owed, as the card does beside what is free."""
    words = _WORDS[language]
    amounts = {words.reserved: balance.reserved_units, words.owed: balance.owed_units}
    return [
        text.format(amount=_amount(units, program, language))
        for text, units in amounts.items()
        if units > 0
    ]


def _amount(units: int, program: Program, language: Language) -> str:
    """Return units as people say them: ``1 point``, ``3 stamps``, ``€1.20``."""
    text = _number_or_money(units, program, language)
    if program.program_type is ProgramType.CASHBACK:
        return text
    words = _WORDS[language]
    forms = words.stamps if program.program_type is ProgramType.STAMPS else words.units
    return f"{text} {forms[0 if units == 1 else 1]}"


def _number_or_money(units: int, program: Program, language: Language) -> str:
    scale = program.scale
    text = _in_language(f"{from_units(units, scale):,.{scale}f}", language)
    if program.program_type is not ProgramType.CASHBACK:
        return text
    sign = _SIGNS.get(program.currency, program.currency)
    if language == "de":
        return f"{text}\N{NO-BREAK SPACE}{sign}"
    return f"{sign}{text}" if len(sign) == 1 else f"{sign}\N{NO-BREAK SPACE}{text}"


def _in_language(number: str, language: Language) -> str:
    """Return a number that is written as in English as the language writes it."""
    return number.translate(str.maketrans(",.", ".,")) if language == "de" else number


def _day(day: date, language: Language) -> str:
    month = _MONTHS[language].split()[day.month - 1]
    return f"{day.day}. {month}" if language == "de" else f"{day.day} {month}"
