"""Programs, memberships and entries in memory, and Hypothesis strategies for them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import (
    RULES_BY_TYPE,
    Branding,
    CashbackRules,
    EarningMethod,
    PointsRules,
    Program,
    Rules,
    StampsRules,
    Tier,
    TierRules,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
POINTS = PointsRules(points_per_euro=Decimal(10), minimum_purchase=Decimal(5), points_per_checkin=5)
STAMPS = StampsRules(required_stamps=10)
CASHBACK = CashbackRules(
    cashback_percentage=Decimal(3), max_cashback_per_transaction=Decimal("5.00")
)
TIERS = (Tier("Bronze", 0), Tier("Silber", 500), Tier("Gold", 1500))
TIERED = TierRules(points_per_euro=Decimal(10), tiers=TIERS)


def make_program(rules: Rules = POINTS, **fields_: Any) -> Program:
    """Return an active program of the rules' type, in euros."""
    program_type = next(kind for kind, each in RULES_BY_TYPE.items() if isinstance(rules, each))
    program = Program(
        program_id="lp_1",
        account_id="acc_1",
        store_id="store_1",
        program_name="Program",
        program_type=program_type,
        description="",
        rules=rules,
        rewards=(),
        branding=Branding(),
        earning_methods=(EarningMethod.QR_CHECKIN,),
        is_active=True,
        currency="EUR",
        time_zone="Europe/Berlin",
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(program, **fields_)


def make_membership(program: Program, **fields_: Any) -> Membership:
    """Return an empty membership of ``user_1``."""
    opened = ledger.enroll(program, membership_id="lp_1_user_1", user_id="user_1", now=NOW)
    return replace(opened, **fields_)


def make_cause(entry_id: str = "le_1", **facts: Any) -> Cause:
    """Return a request to book, by default at ``NOW``."""
    return Cause(entry_id=entry_id, **{"fingerprint": f"of {entry_id}", "now": NOW, **facts})


times = st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - UTC is added
    lambda time: time.replace(fold=0)
)
integers = st.integers(-(2**63), 2**63 - 1)
exact_decimals = st.decimals(
    min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=10
).map(lambda number: number.normalize() + 0)
"""Of a value there is one, as the store gives it back: 0 and not 0E-10."""
plain_values = (
    st.text() | integers | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,49}", fullmatch=True)

_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: integers,
    bool: st.booleans(),
    datetime: times,
    Decimal: exact_decimals,
}


def records(cls: type, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for a dataclass, with all values that its fields may have."""
    hints = get_type_hints(cls)
    others = {name: _values(hint) for name, hint in hints.items() if name not in known}
    return st.builds(cls, **others, **known)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    hint = getattr(hint, "__supertype__", hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        inner = (each for each in arguments if each is not types.NoneType)
        return st.none() | st.one_of(*map(_values, inner))
    if origin is tuple:
        return st.lists(_values(arguments[0]), max_size=4).map(tuple)
    if origin is Mapping:
        return st.dictionaries(names, plain_values, max_size=4)
    if isinstance(hint, type) and is_dataclass(hint):
        return records(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    return _SCALARS[hint]


entries: st.SearchStrategy[Entry] = records(Entry)
memberships: st.SearchStrategy[Membership] = records(Membership)
programs: st.SearchStrategy[Program] = st.sampled_from(list(RULES_BY_TYPE.items())).flatmap(
    lambda kind: records(Program, program_type=st.just(kind[0]), rules=records(kind[1]))
)
