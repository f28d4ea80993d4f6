"""Rewards of an online shop: who can have them, and the code that is to be put into the shop.

The code is noted in the commit of its redemption, so that there is none without the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.redemptions import RedemptionRecord
from shared.domain.loyalty.rewards import Reward
from shared.domain.systems import shop_writings
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import CodeTerms, ShopWriting, WritingState
from shared.domain.systems.syncs import Connection, SystemKind
from shared.errors import (
    EndpointNotAllowed,
    PunktwerkError,
    RewardUnavailable,
    ShopCustomerRequired,
)
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services.commands import Reads
from shared.services.events import shop_outbox
from shared.services.events.shop_outbox import Marks
from shared.store import paths
from shared.store.loyalty import redemption_documents
from shared.store.members import member_documents
from shared.store.systems import shop_writing_documents, sync_documents

NEEDS = Package.GROW
"""The package that connects shops."""


@dataclass(frozen=True, slots=True)
class ShopCustomerOf:
    """A member's shop, and who the member is there."""

    connection: Connection
    customer_id: str


def require_shop(caller: Caller, program: Program, reward: Reward, *, within: str = "") -> None:
    """Refuse a reward of a shop that is not the program's, or that takes no codes.

    Raises:
        EndpointNotAllowed: The package has no shops.
        StoreNotFound: The store is absent or not the caller's.
        InvalidParameters: The field is named, with ``within`` before it.
    """
    if reward.shop is None:
        return
    if not caller.package.includes(NEEDS):
        raise EndpointNotAllowed(
            "Your package has no online shops.",
            requiredUpgrade=NEEDS,
            currentPackage=caller.package,
        )
    store_id = reward.shop.store_id or program.store_id
    access.store(caller, store_id)
    connection = sync_documents.find_connection(store_id, SystemKind.SHOP, reward.shop.system)
    if connection is None or connection.program_id != program.program_id:
        problem = (
            "names no shop whose orders earn in this program: connect it with configureSync, kind "
            "`shop`, and `awardPointsProgramId`"
        )
        raise invalid({f"{within}shop": problem})
    from shared.connectors import systems

    if ShopWrite.CODE not in systems.shop_module_of(connection.system).WRITES:
        raise invalid({f"{within}shop": f"cannot be: {connection.system} takes no codes"})


def needs(program: Program, reward: Reward | None, user_id: str) -> list[str]:
    """Return the paths that say who a member is in the shop of a reward; none without one."""
    if reward is None or reward.shop is None:
        return []
    return [paths.account_member(program.account_id, user_id)]


def require_customer(
    reads: Reads, program: Program, reward: Reward, user_id: str
) -> ShopCustomerOf | None:
    """Return who a member is in the shop of a reward; ``None`` if the reward is of no shop.

    Raises:
        RewardUnavailable: The shop is not connected any more.
        ShopCustomerRequired: The member is no customer of it.
        Wanted: The person is not read yet.
    """
    if reward.shop is None:
        return None
    store_id, system = reward.shop.store_id or program.store_id, reward.shop.system
    connection = next(
        (
            each
            for each in sync_documents.shops_of(program.account_id)
            if (each.store_id, each.system) == (store_id, system)
        ),
        None,
    )
    if connection is None or connection.program_id != program.program_id:
        raise RewardUnavailable(
            f"{reward.title} is used in a shop that is not connected.",
            fix="Connect the shop with configureSync, or offer another reward.",
            rewardId=reward.reward_id,
        )
    path = paths.account_member(program.account_id, user_id)
    commands.want(reads, [path])
    person = member_documents.decode(reads[path])
    customer_id = shop_outbox.customer_of(connection, person) if person else None
    if customer_id is None:
        raise ShopCustomerRequired(
            f"User {user_id} is no customer of the shop in which {reward.title} is used.",
            system=system,
            storeId=store_id,
        )
    return ShopCustomerOf(connection, customer_id)


def why_not(reads: Reads, program: Program, reward: Reward, user_id: str) -> PunktwerkError | None:
    """Return why a member cannot have a reward of a shop; ``None`` if nothing of a shop is missing.

    Raises:
        Wanted: The person is not read yet.
    """
    try:
        require_customer(reads, program, reward, user_id)
    except (RewardUnavailable, ShopCustomerRequired) as refusal:
        return refusal
    return None


def put(
    reads: Reads, program: Program, reward: Reward | None, membership: Membership, entry: Entry
) -> Marks:
    """Return what puts the code of a redemption into its shop; nothing if it is of none.

    Raises:
        RewardUnavailable, ShopCustomerRequired, Wanted.
    """
    if reward is None:
        return Marks()
    found = require_customer(reads, program, reward, membership.user_id)
    if found is None:
        return Marks()
    assert entry.reward_code is not None, "a reward gives a code"
    now = clock.real_now()
    writing = ShopWriting(
        write_id=shop_writings.code_id(entry.membership_id, entry.entry_id),
        account_id=program.account_id,
        store_id=found.connection.store_id,
        system=found.connection.system,
        kind=ShopWrite.CODE,
        program_id=program.program_id,
        user_id=entry.user_id,
        customer_id=found.customer_id,
        state=WritingState.PENDING,
        created_at=now,
        updated_at=now,
        code=entry.reward_code,
        shop_address=shop_outbox.address_of(found.connection),
        terms=CodeTerms(
            membership_id=entry.membership_id,
            entry_id=entry.entry_id,
            title=reward.title,
            percentage=reward.percentage,
            amount=reward.amount,
            currency=program.currency,
            starts_at=now,
        ),
        next_attempt_at=now,
    )
    record = replace(RedemptionRecord.of(entry), shop_write_id=writing.write_id)
    creations = [
        shop_writing_documents.creation(writing),
        redemption_documents.creation(record),
    ]
    return Marks(creations, [writing])
