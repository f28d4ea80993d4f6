"""What a customer reads of a balance: free, reserved, owed; and the web app reads the same."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.clock import to_wire
from shared.domain.loyalty import customer_balances, ledger
from shared.domain.loyalty.customer_balances import CustomerBalance, StampCard
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership
from shared.domain.units import to_units
from shared.schemas.members import balance_bodies
from shared.store import codec
from tests.support.ledger_world import World
from tests.support.strategies import NOW, make_membership, make_program
from tools.emulators import ROOT

SEEDS = range(8)
STEPS = 150
READER = ROOT / "tests" / "shared" / "domain" / "loyalty" / "standings.mjs"


def member(balance: int, held: int = 0) -> Membership:
    """Return a membership of which so much is reserved."""
    lots = (Lot(held, None),) if held else ()
    holds = (Hold("rs_1", "lp_1_user_1", lots, NOW, NOW + timedelta(hours=1)),) if held else ()
    fields: dict[str, Any] = {"balance_units": balance, "held_units": held, "holds": holds}
    return make_membership(make_program(), **fields)


@pytest.mark.parametrize(
    ("balance", "held", "expected", "stamps"),
    [
        (0, 0, (0, 0, 0), (0, 0)),
        (2, 0, (2, 0, 0), (2, 0)),
        (4, 0, (4, 0, 0), (3, 1)),
        (4, 3, (1, 3, 0), (1, 0)),
        (2, 3, (0, 2, 0), (0, 0)),
        (0, 3, (0, 0, 0), (0, 0)),
        (-1, 0, (0, 0, 1), (0, 0)),
        (-1, 3, (0, 0, 1), (0, 0)),
    ],
)
def test_what_is_free_reserved_and_owed(
    balance: int, held: int, expected: tuple[int, int, int], stamps: tuple[int, int]
) -> None:
    found = customer_balances.of(member(balance, held))

    assert found == CustomerBalance(*expected)
    assert found.free_units + found.reserved_units - found.owed_units == balance
    assert customer_balances.stamps_of(found, 3) == StampCard(*stamps)


@dataclass(frozen=True)
class Moment:
    """A membership as it is stored, and when somebody looks at it."""

    membership: Membership
    now: datetime

    @property
    def ours(self) -> dict[str, Any]:
        membership = ledger.effective(self.membership, self.now)
        found = customer_balances.of(membership)
        expiring: dict[datetime, int] = {}
        for lot in membership.lots:
            if lot.expires_at is not None:
                expiring[lot.expires_at] = expiring.get(lot.expires_at, 0) + lot.units
        return {
            "free": found.free_units,
            "reserved": found.reserved_units,
            "owed": found.owed_units,
            "expiring": [[to_wire(at), units] for at, units in expiring.items()],
        }

    @property
    def next_expiry(self) -> list[Any] | None:
        """What getCustomerBalance says of it."""
        found = balance_bodies.to_next_expiry(ledger.effective(self.membership, self.now))
        if found is None:
            return None
        return [
            to_wire(found.expires_at),
            to_units(found.points, self.membership.scale, field="points"),
        ]

    @property
    def asked(self) -> dict[str, Any]:
        document = codec.to_document(self.membership)
        return {"membership": document, "now": to_wire(self.now)}


def moments() -> list[Moment]:
    """Return what random commands have made of members; some are looked at much later."""
    found: list[Moment] = []
    for seed in SEEDS:
        world = World(seed)
        for _ in range(STEPS):
            world.step()
            for each in world.members:
                late = world.random.choice([0, 0, 1, 24, 24 * 30])
                found.append(Moment(each.membership, world.now + timedelta(hours=late)))
    return found


def test_the_web_app_reads_the_same(tmp_path: Path) -> None:
    seen = moments()
    ours = [each.ours for each in seen]

    asked = tmp_path / "asked.json"
    asked.write_text(json.dumps([each.asked for each in seen], default=to_wire))
    command = ["node", str(READER), str(asked)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    different = [
        (each, mine, theirs)
        for each, mine, theirs in zip(seen, ours, json.loads(done.stdout), strict=True)
        if mine != theirs
    ]
    assert different == []
    assert all(any(each[name] for each in ours) for name in ("free", "reserved", "owed"))
    first = [next(iter(each["expiring"]), None) for each in ours]
    assert first == [each.next_expiry for each in seen]
    # Some have points back of a reservation that has run out, which expire.
    assert any(
        each.membership.holds
        and not ledger.effective(each.membership, each.now).holds
        and mine["expiring"]
        for each, mine in zip(seen, ours, strict=True)
    )
