"""Demo data for a local run: ``python -m tools.seed`` prints the created data as one JSON object.

It makes one account for each package, with its key, and for the packages that include loyalty
stores, programs and members with a history. It uses the same use cases as requests do, so the data
is like a merchant's. Ids are fixed, and keys are derived from the encryption key of this machine,
so they stay the same however often the data is made anew. A second run makes what is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from shared import clock, config, vault
from shared.auth import keys
from shared.auth.caller import Caller
from shared.auth.keys import ApiKey, KeyKind, KeyMode
from shared.domain.accounts.packages import Package
from shared.domain.accounts.staff import LIMITED_ROLES, StaffRole
from shared.domain.loyalty import earning_base, holds
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.programs import Branding, EarningMethod, ProgramType
from shared.domain.loyalty.rewards import Reward
from shared.domain.loyalty.tier_policies import TierBasis, TierDowngrade, TierPolicy
from shared.domain.stores.stores import Coordinates
from shared.errors import PunktwerkError, StaffMemberExists
from shared.schemas.loyalty.program_bodies import parse_rules
from shared.services.accounts import administration, staff
from shared.services.accounts.administration import Refused
from shared.services.loyalty import (
    balances,
    earn_returns,
    member_calendar,
    programs,
    reservations,
)
from shared.services.loyalty.programs import ProgramChanges
from shared.services.members import erasures, memberships, merging, standings
from tools import sign_ins

STORES = {
    Package.PRIME: ("store_demo_prime", "Café Morgenrot, Berlin", Coordinates(52.5311, 13.3849)),
    Package.GROW: (
        "store_demo_grow",
        "Buchhandlung am Markt, Zürich",
        Coordinates(47.3717, 8.5422),
    ),
    Package.GO: ("store_demo_go", "Bäckerei Sommer, Wien", Coordinates(48.2006, 16.3695)),
}
TIME_ZONES = {
    Package.PRIME: ("Europe/Berlin", "EUR"),
    Package.GROW: ("Europe/Zurich", "CHF"),
    Package.GO: ("Europe/Vienna", "EUR"),
}

METHODS = tuple(EarningMethod)
COFFEE = Reward("rw_demo_coffee", "Gratis-Kaffee", "free_product", Decimal(10))
DISCOUNT = Reward("rw_demo_discount", "10% Rabatt", "discount_percent", Decimal(100))
TOTE_BAG = Reward("rw_demo_bag", "Stofftasche", "free_product", Decimal(250), stock=25)
VOUCHER = Reward("rw_demo_voucher", "Gutschein über 5 €", "voucher", Decimal(5))
LOUNGE = Reward("rw_demo_lounge", "Abend für Stammgäste", "event", Decimal(1000))

PROGRAMS: dict[ProgramType, tuple[str, dict[str, Any], tuple[Reward, ...]]] = {
    ProgramType.STAMPS: (
        "Stempelkarte",
        {"requiredStamps": 10, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
        (COFFEE,),
    ),
    ProgramType.POINTS: (
        "Punkte",
        {"pointsPerEuro": 10, "minimumPurchase": 5, "pointsPerCheckin": 5},
        (DISCOUNT, TOTE_BAG),
    ),
    ProgramType.CASHBACK: (
        "Cashback",
        {"cashbackPercentage": 3, "maxCashbackPerTransaction": 5},
        (VOUCHER,),
    ),
    ProgramType.TIER: (
        "Stammgäste",
        {
            "pointsPerEuro": 10,
            "pointsPerCheckin": 5,
            "tiers": [
                {"name": "Bronze", "minPoints": 0},
                {"name": "Silber", "minPoints": 500},
                {"name": "Gold", "minPoints": 1500},
            ],
        },
        (LOUNGE,),
    ),
}

ANNA, BEN, CARLA = "user_demo_anna", "user_demo_ben", "user_demo_carla"
DORA, EMIL = "user_demo_dora", "user_demo_emil"
"""One is suspended, the other has left."""
CARD_OF_GRETA, GRETA = "user_demo_card_4711", "user_demo_greta"
"""A card that was merged into the customer whose it is."""
FRIDA, HEIDI, IDA = "user_demo_frida", "user_demo_heidi", "user_demo_ida"
"""One has points that are pending, one has reserved some, and those of one expire soon."""
JONAS, KLARA, LEO = "user_demo_jonas", "user_demo_klara", "user_demo_leo"
"""One loses the tier soon, a return of one waits for its purchase, and one was erased."""
PENDING_DAYS = 14
EXPIRING = PointsExpiry.of(10, 9)
"""It was two days ago, so it is announced already, and eight days are left."""
SILVER_DAYS_AGO = timedelta(days=375)
"""What was earned then counts no more at the end of this month, or since that of the last one."""
TIER_POLICY = TierPolicy(TierBasis.ROLLING_12_MONTHS, TierDowngrade.ONE, grace_days=30)
RESERVED = {
    ProgramType.STAMPS: "1",
    ProgramType.POINTS: "50",
    ProgramType.CASHBACK: "0.20",
    ProgramType.TIER: "50",
}
PURCHASES = {
    ProgramType.STAMPS: [(ANNA, "3.40"), (ANNA, "4.10"), (BEN, "2.90")],
    ProgramType.POINTS: [(ANNA, "18.20"), (ANNA, "9.99"), (BEN, "31.50"), (CARLA, "4.50")],
    ProgramType.CASHBACK: [(ANNA, "64.00"), (CARLA, "210.00")],
    ProgramType.TIER: [(ANNA, "72.00"), (BEN, "24.80"), (CARLA, "156.00")],
}
IN_OTHER_STATES = [
    (each, "12.00") for each in (DORA, EMIL, CARD_OF_GRETA, GRETA, HEIDI, KLARA, LEO)
]


def main() -> int:
    """Load the demo data, print it; return the exit code."""
    if not config.is_emulated():
        sys.stderr.write(
            "Demo data is for the emulator only: set FIRESTORE_EMULATOR_HOST, as `make run` does.\n"
        )
        return 1
    try:
        # Standard output is for the result alone, but the product logs to it.
        with contextlib.redirect_stdout(sys.stderr):
            result = seed()
    except (PunktwerkError, Refused) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(json.dumps(result, indent=2))
    return 0


def seed() -> dict[str, Any]:
    """Make the missing data; return keys and ids."""
    for package in Package:
        _account(package)
    for package in STORES:
        _store(package)
    prime = Caller(_account_id(Package.PRIME), Package.PRIME, is_live=True)
    store_id = STORES[Package.PRIME][0]
    is_new = not programs.list_of_store(prime, store_id)
    program_ids = {each: _program(prime, store_id, each, f"lp_demo-{each}") for each in PROGRAMS}
    if is_new:
        erasures.erase(prime, LEO)
    for program_type, program_id in program_ids.items():
        _reservation(prime, program_id, RESERVED[program_type])
    merging.merge(prime, from_user_id=CARD_OF_GRETA, into_user_id=GRETA)
    for package in (Package.GROW, Package.GO):
        caller = Caller(_account_id(package), package, is_live=True)
        program_id = f"lp_demo-{package.lower()}-points"
        _program(caller, STORES[package][0], ProgramType.POINTS, program_id)
    for role in StaffRole:
        _person(prime, store_id, role)
    # What is due in the demo is told now: who listens from then on hears of the own bookings alone.
    member_calendar.run()
    live = {package.value: _key(package, KeyMode.LIVE) for package in Package}
    return {
        "keys": {"live": live, "test": _key(Package.PRIME, KeyMode.TEST)},
        "publishableKey": _key(Package.PRIME, KeyMode.LIVE, KeyKind.PUBLISHABLE),
        "accountId": prime.account_id,
        "storeId": store_id,
        "otherStoreId": STORES[Package.GROW][0],
        "programs": {each.value: program_ids[each] for each in PROGRAMS},
        "signIns": {
            "customer": sign_ins.of_customer(ANNA).facts(),
            **{each.value: sign_ins.of_role(each).facts() for each in StaffRole},
        },
    }


def _person(caller: Caller, store_id: str, role: StaffRole) -> None:
    """Give somebody a role, those who can be limited to stores in the demo store alone."""
    with contextlib.suppress(StaffMemberExists):
        staff.add(
            caller,
            sign_ins.of_role(role).user_id,
            role,
            store_ids=(store_id,) if role in LIMITED_ROLES else (),
            label=f"Demo {role}",
        )


def _account_id(package: Package) -> str:
    return f"acc_demo_{package.lower()}"


def _account(package: Package) -> None:
    if _account_id(package) not in {each.account_id for each in administration.list_accounts()}:
        administration.create_account(f"Demo {package}", package, account_id=_account_id(package))


def _store(package: Package) -> None:
    store_id, name, position = STORES[package]
    account_id = _account_id(package)
    if store_id not in {each.store_id for each in administration.list_stores(account_id)}:
        time_zone, currency = TIME_ZONES[package]
        administration.create_store(
            account_id,
            name,
            time_zone=time_zone,
            currency=currency,
            store_id=store_id,
            position=position,
        )


def _program(caller: Caller, store_id: str, program_type: ProgramType, program_id: str) -> str:
    """Return the demo program of a type; make it, with its members, if there is none."""
    for program in programs.list_of_store(caller, store_id):
        if program.program_type is program_type:
            return program.program_id
    name, rules, rewards = PROGRAMS[program_type]
    draft = programs.ProgramDraft(
        program_name=name,
        program_type=program_type,
        description="Ein Programm zum Ausprobieren.",
        rules=parse_rules(program_type, rules),
        rewards=rewards,
        branding=Branding(color="#2563EB"),
        earning_methods=METHODS,
        is_active=True,
        tier_policy=TIER_POLICY if program_type is ProgramType.TIER else None,
    )
    programs.create(caller, store_id, draft, program_id=program_id)
    if caller.package is not Package.PRIME:
        _purchases(caller, program_id, [(ANNA, "12.00")])
        return program_id
    _purchases(caller, program_id, [*PURCHASES[program_type], *IN_OTHER_STATES])
    _what_time_brings(caller, program_id, program_type)
    _waiting_return(caller, program_id, KLARA)
    standings.suspend(caller, program_id=program_id, user_id=DORA, reason="Kassenbons geliehen")
    standings.leave(caller, program_id=program_id, user_id=EMIL, store_id=None)
    if program_type is ProgramType.POINTS:
        _redemption(caller, program_id, ANNA, DISCOUNT)
    return program_id


def _purchases(
    caller: Caller,
    program_id: str,
    purchases: list[tuple[str, str]],
    *,
    ago: timedelta | None = None,
) -> None:
    """Book purchases of today, or of some time ago that are told today."""
    for number, (user_id, amount) in enumerate(purchases, start=1):
        memberships.enroll(caller, program_id=program_id, user_id=user_id, store_id=None)
        balances.prepared_add(
            caller,
            program_id=program_id,
            user_id=user_id,
            store_id=None,
            points=None,
            purchase_lines=earning_base.of_amount(Decimal(amount)),
            transaction_id=f"receipt_demo_{number}",
            source=None,
            description="Einkauf",
            occurred_at=clock.utc_now() - ago if ago else None,
        ).run(caller.claim)


def _what_time_brings(caller: Caller, program_id: str, program_type: ProgramType) -> None:
    """Book what is pending, what expires soon, and what holds a tier no longer."""
    pending = ProgramChanges(pending_days=PENDING_DAYS), ProgramChanges(pending_days=0)
    with _meanwhile(caller, program_id, *pending):
        _purchases(caller, program_id, [(FRIDA, "12.00")])
    expiring = ProgramChanges(points_expiry=lambda _: EXPIRING), ProgramChanges(ends_expiry=True)
    with _meanwhile(caller, program_id, *expiring):
        _purchases(caller, program_id, [(IDA, "12.00")], ago=timedelta(days=2))
    if program_type is ProgramType.TIER:
        _purchases(caller, program_id, [(JONAS, "60.00")], ago=SILVER_DAYS_AGO)


@contextlib.contextmanager
def _meanwhile(
    caller: Caller, program_id: str, begins: ProgramChanges, ends: ProgramChanges
) -> Iterator[None]:
    """Let a program be otherwise for what is booked meanwhile, and for nobody else."""
    programs.update(caller, program_id, None, begins)
    yield
    programs.update(caller, program_id, None, ends)


def _waiting_return(caller: Caller, program_id: str, user_id: str) -> None:
    earn_returns.reverse(
        caller,
        program_id=program_id,
        user_id=user_id,
        store_id=None,
        transaction_id="receipt_demo_unknown",
        entry_id=None,
        source=None,
        amount=Decimal("4.90"),
        points=None,
        lines=None,
        refund_id="return_demo_1",
        description="Rückgabe",
    )


def _reservation(caller: Caller, program_id: str, points: str) -> None:
    """Reserve some points again, as long as a reservation can last; the one that is open stays."""
    # Somebody who tries things out may have spent them, or suspended the member.
    with contextlib.suppress(PunktwerkError):
        reservations.reserve(
            caller,
            program_id=program_id,
            user_id=HEIDI,
            store_id=None,
            points=Decimal(points),
            reward_id=None,
            transaction_id="reservation_demo_1",
            minutes=holds.MINUTES_MAX,
        )


def _redemption(caller: Caller, program_id: str, user_id: str, reward: Reward) -> None:
    balances.redeem(
        caller,
        program_id=program_id,
        user_id=user_id,
        store_id=None,
        points=reward.required_points,
        reward_id=reward.reward_id,
        reward_description=None,
        transaction_id="redemption_demo_1",
    )


def _key(package: Package, mode: KeyMode, kind: KeyKind = KeyKind.SECRET) -> str:
    """Return the demo key of an account; after it was revoked, the next one."""
    account_id = _account_id(package)
    records = {each.key_hash: each for each in administration.list_keys(account_id)}
    for number in itertools.count():
        purpose = f"{account_id} {mode} {number}"
        # The secret ones are older, and keep their purpose.
        if kind is KeyKind.PUBLISHABLE:
            purpose = f"{kind} {purpose}"
        key = _derived_key(purpose, mode, kind)
        record = records.get(key.hash)
        if record is None:
            administration.issue_key(account_id, mode, kind, label="demo", key=key)
        if record is None or record.revoked_at is None:
            return key.text
    raise AssertionError


def _derived_key(purpose: str, mode: KeyMode, kind: KeyKind) -> ApiKey:
    """Return a key that only this machine can know, the same one each time."""
    secret = vault.load_keys(config.secret_keys(), config.local_secret_file())[-1]
    number = int.from_bytes(hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256))
    return keys.from_number(mode, kind, number)


if __name__ == "__main__":
    sys.exit(main())
