"""Whether a call costs with 100,000 members what it costs with 100: counted, and timed in turn.

Each number of members has an emulator and a process of its own. Those who only make the number
large are written in bulk, with the product's own documents; those who are called for, by calls.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from shared import clock, ids
from tools.bench import measure
from tools.bench.processor import call_wsgi
from tools.bench.report import Section, Table, Verdict
from tools.bench.rpcs import Counter, Counts, counting
from tools.bench.world import PROGRAM, Body, Merchant, firestore, new_merchant

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from flask import Flask

    from shared.domain.loyalty.programs import Program
    from shared.store.client import Write

FEW = 100
HEAP = "-Xmx6g"
"""100,000 members are some 500,000 documents, which the emulator keeps in memory."""
AT_ONCE = 100
"""Members in a commit: five documents each."""
TIMEOUT_S = 120.0
"""The emulator has no indexes: its queries go through all documents of a collection."""
PAGE = 20
POINTS_MAX = 1000
COLUMNS = ("call", "RPCs / reads / writes", "of many", "time", "CPU")


class Spent(NamedTuple):
    """What a call cost."""

    counts: Counts
    wall_s: float
    cpu_s: float


def run(*, many: int, rounds: int) -> Section:
    """Make each call ``rounds`` times with few members and with many, in turn."""
    with _side(FEW) as few, _side(many) as crowd:
        sides = {"few": few, "many": crowd}
        rows, verdicts = [], []
        for name in CALLS:
            for ask in sides.values():
                ask(name)  # Imports and caches what it needs.
            found = measure.alternate(rounds, {side: partial(sides[side], name) for side in sides})
            rows.append(_row(name, found["few"], found["many"]))
            one, other = (str(found[side][-1].counts) for side in sides)
            verdicts.append(Verdict(f"{name} with {many} members", other, one, one == other))
    note = f"Time and processor time: with {many} members, of those with {FEW}."
    return Section([Table(f"Members: {FEW} and {many}", COLUMNS, rows, [note])], verdicts)


def _row(name: str, few: list[Spent], many: list[Spent]) -> tuple[str, ...]:
    times = measure.ratio([each.wall_s for each in many], [each.wall_s for each in few])
    cpu = measure.ratio([each.cpu_s for each in many], [each.cpu_s for each in few])
    return (name, str(few[-1].counts), str(many[-1].counts), str(times), str(cpu))


@contextlib.contextmanager
def _side(members: int) -> Iterator[Callable[[str], Spent]]:
    """Have a process with so many members; return what makes a call there."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, members))
    process.start()
    theirs.close()  # Else the end of that process would not be noticed.

    def ask(name: str) -> Spent:
        ours.send(name)
        spent: Spent = ours.recv()
        return spent

    try:
        assert ours.recv() == members
        yield ask
    finally:
        ours.close()  # It ends then, and its emulator with it.
        process.join()


def _serve(pipe: Connection, members: int) -> None:
    import functions_framework

    from shared.services.members import erasures

    with firestore(HEAP), contextlib.redirect_stdout(io.StringIO()):
        app = functions_framework.create_app("apiGateway", "main.py")  # type: ignore[no-untyped-call]
        # An erasure that is cut short goes on by a schedule, whose part would not be counted.
        erasures.REQUEST_S = TIMEOUT_S
        merchant = new_merchant()
        program = {**PROGRAM, "storeId": merchant.store_id}
        created = call_wsgi(app, merchant.key, "createLoyaltyProgram", program)
        shop = Shop(app, merchant, created["programId"])
        fill(shop.program_id, members)
        pipe.send(members)
        with counting() as counter, contextlib.suppress(EOFError):
            while True:
                pipe.send(shop.spent(pipe.recv(), counter))


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant with members, called in this process."""

    app: Flask
    merchant: Merchant
    program_id: str

    def ok(self, action: str, body: Body) -> Body:
        """Call an action that must succeed."""
        from shared.store import client

        with client.within(TIMEOUT_S):
            return call_wsgi(self.app, self.merchant.key, action, body)

    def spent(self, name: str, counter: Counter) -> Spent:
        """Prepare a call and make it; return what it alone cost."""
        action, body = name.partition(",")[0], CALLS[name](self)
        # Among many the call before may have taken so long that caches have expired.
        self.ok("listMembers", {"programId": self.program_id, "limit": 1})
        counter.counts = Counts()
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        self.ok(action, body)
        return Spent(counter.counts, time.perf_counter() - wall_s, time.process_time() - cpu_s)

    def person(self) -> Body:
        """Make a member with all that identifies one, in the program, who has earned."""
        person = self.profile()
        self.ok("createMember", person)
        self.ok("enrollInLoyaltyProgram", self.ids(person))
        self.ok("addLoyaltyPoints", {**self.ids(person), "points": 10})
        return person

    def profile(self) -> Body:
        """Return a new member's profile."""
        name = next(_numbers)
        return {
            "userId": ids.new("user"),
            "storeId": self.merchant.store_id,
            "email": f"called{name}@example.com",
            "phone": f"+4915{name:09}",
            "customerNumber": f"CALLED-{name}",
            "externalIds": {"shop": f"called-{name}"},
        }

    def ids(self, person: Body) -> Body:
        """Return the ids that name a member of the program in a request."""
        return {"programId": self.program_id, "userId": person["userId"]}


_numbers = itertools.count(1)


def _code(shop: Shop) -> Body:
    return {"memberCode": shop.ok("getMemberCode", {"userId": shop.person()["userId"]})["code"]}


def _external(shop: Shop) -> Body:
    return {"externalId": {"system": "shop", "id": shop.person()["externalIds"]["shop"]}}


def _key(field: str, shop: Shop) -> Body:
    return {field: shop.person()[field]}


def _of_program(shop: Shop) -> Body:
    points = {"sortBy": "points", "minPoints": 1, "maxPoints": POINTS_MAX // 2}
    return {"programId": shop.program_id, "limit": PAGE, **points}


def _merge(shop: Shop) -> Body:
    return {"fromUserId": shop.person()["userId"], "intoUserId": shop.person()["userId"]}


def _visit(shop: Shop) -> Body:
    return {"userId": shop.person()["userId"], "storeId": shop.merchant.store_id}


def _earning(shop: Shop) -> Body:
    return {**shop.ids(shop.person()), "points": 1, "transactionId": ids.new("txn")}


CALLS: dict[str, Callable[[Shop], Body]] = {
    "createMember": Shop.profile,
    "identifyMember, e-mail": partial(_key, "email"),
    "identifyMember, phone": partial(_key, "phone"),
    "identifyMember, customer number": partial(_key, "customerNumber"),
    "identifyMember, external id": _external,
    "identifyMember, code": _code,
    "listMembers, the first page": lambda _: {"limit": PAGE},
    "listMembers, newsletter": lambda _: {"newsletter": True, "limit": PAGE},
    "listMembers, of a program by points": _of_program,
    "getMember": lambda shop: {"userId": shop.person()["userId"]},
    "addLoyaltyPoints": _earning,
    "checkIn": _visit,
    "mergeMembers": _merge,
    "eraseMember": lambda shop: {"userId": shop.person()["userId"]},
}


def fill(program_id: str, members: int) -> None:
    """Write so many members of the program, each with a profile and a balance."""
    from shared.store import client
    from shared.store.loyalty import program_documents

    program = program_documents.find(program_id)
    assert program is not None
    numbers = range(members)
    with client.within(TIMEOUT_S):
        for start in numbers[::AT_ONCE]:
            several = numbers[start : start + AT_ONCE]
            client.commit([write for each in several for write in writes_of(program, each)])


def user_id_of(number: int) -> str:
    """Return the user id of a member who was written in bulk."""
    return f"filler_{number}"


def units_of(number: int) -> int:
    """Return the balance with which that member begins."""
    return 1 + number % POINTS_MAX


def writes_of(
    program: Program, number: int, external_ids: Mapping[str, str] | None = None
) -> list[Write]:
    """Return what makes a member: person, a key of each id, membership and its mirror."""
    from shared.domain.loyalty import ledger
    from shared.domain.loyalty.lots import Lot
    from shared.domain.members.member import Member
    from shared.domain.members.profile import Newsletter, Profile
    from shared.services import sealed_profiles
    from shared.services.members import member_keys
    from shared.store import paths
    from shared.store.loyalty.membership_documents import MEMBERSHIPS
    from shared.store.members.member_documents import MEMBERS

    then = clock.utc_now() - timedelta(days=1, seconds=number)
    user_id = user_id_of(number)
    profile = Profile(
        email=f"filler{number}@example.com",
        first_name="Max",
        customer_number=f"FILLER-{number}",
        external_ids=external_ids or {},
        newsletter=Newsletter(number % 2 == 0, then, "merchant"),
    )
    person = Member(
        user_id,
        program.account_id,
        then,
        then,
        program.store_id,
        program_ids=(program.program_id,),
    )
    person = sealed_profiles.sealed(person, profile, then)
    lookups = member_keys.lookups(person, added=profile.keys, removed=[])
    person = replace(person, lookups=lookups)
    units = units_of(number)
    membership = replace(
        ledger.enroll(
            program,
            membership_id=paths.membership_id(program.program_id, user_id),
            user_id=user_id,
            now=then,
        ),
        balance_units=units,
        earned_units=units,
        lifetime_units=units,
        lots=(Lot(units),),
    )
    return [
        MEMBERS.creation(person),
        *member_keys.writes(None, person, {}),
        *MEMBERSHIPS.creations(membership),
    ]
