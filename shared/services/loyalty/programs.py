"""Create, change and read loyalty programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.domain.loyalty import point_payments, sales_channels
from shared.domain.loyalty.earning_base import EARNING_BASE_DEFAULT, EarningBase
from shared.domain.loyalty.event_rules import EventRule
from shared.domain.loyalty.expiry import PointsExpiry, RuleExpiry
from shared.domain.loyalty.programs import (
    CHECK_IN_LIMIT_DEFAULT,
    MILESTONES_DEFAULT,
    NO_LIMITS,
    REDEMPTION_CANCEL_DAYS_DEFAULT,
    Branding,
    CheckInLimit,
    EarningLimits,
    EarningMethod,
    Program,
    ProgramType,
    ReceiptClaimRules,
    Rules,
    Transfers,
    require_event_rules,
    require_limits,
    require_milestones,
    require_referral,
    require_rewards,
    require_tier_policy,
)
from shared.domain.loyalty.referred import ReferralTerms
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.rewards import REWARD_TYPES_BUILT_IN, Reward
from shared.domain.loyalty.tier_policies import TierPolicy
from shared.domain.stores.stores import Store
from shared.domain.units import to_units
from shared.errors import EndpointNotAllowed, LimitExceeded
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.loyalty import reward_stocks, shop_rewards
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import program_documents, program_rules
from shared.store.stores import store_documents

PROGRAMS_PER_STORE_MAX = 100


@dataclass(frozen=True, slots=True)
class ProgramDraft:
    """A merchant's description of a new program. Rewards without an id get one."""

    program_name: str
    program_type: ProgramType
    description: str
    rules: Rules
    rewards: tuple[Reward, ...]
    branding: Branding
    earning_methods: tuple[EarningMethod, ...]
    is_active: bool
    points_expiry: PointsExpiry | None = None
    rule_expiries: tuple[RuleExpiry, ...] = ()
    milestones: tuple[Decimal, ...] = MILESTONES_DEFAULT
    earning_base: EarningBase = EARNING_BASE_DEFAULT
    pending_days: int = 0
    redemption_cancel_days: int = REDEMPTION_CANCEL_DAYS_DEFAULT
    refund_policy: ReversePolicy = ReversePolicy.WITHIN_BALANCE
    transfers: Transfers = Transfers.NONE
    check_in_limit: CheckInLimit = CHECK_IN_LIMIT_DEFAULT
    welcome_bonus: Decimal = Decimal(0)
    offline_overdraft: Decimal = Decimal(0)
    allows_unverified: bool = False
    earning_limits: EarningLimits = NO_LIMITS
    event_rules: tuple[EventRule, ...] = ()
    receipt_claims: ReceiptClaimRules | None = None
    referral: ReferralTerms | None = None
    point_value: Decimal | None = None
    tier_policy: TierPolicy | None = None


@dataclass(frozen=True, slots=True)
class ProgramChanges:
    """The changes of a program; ``None`` changes nothing.

    ``rules``, ``rewards``, ``points_expiry``, ``check_in_limit``, ``receipt_claims`` and
    ``tier_policy`` make the new ones of the old ones. ``ends_expiry``: points that are granted from
    then on never expire.
    """

    program_name: str | None = None
    description: str | None = None
    rules: Callable[[Rules], Rules] | None = None
    rewards: Callable[[Sequence[Reward]], tuple[Reward, ...]] | None = None
    branding: Mapping[str, str | None] | None = None
    earning_methods: tuple[EarningMethod, ...] | None = None
    is_active: bool | None = None
    points_expiry: Callable[[PointsExpiry | None], PointsExpiry] | None = None
    ends_expiry: bool = False
    rule_expiries: tuple[RuleExpiry, ...] | None = None
    milestones: tuple[Decimal, ...] | None = None
    earning_base: EarningBase | None = None
    pending_days: int | None = None
    redemption_cancel_days: int | None = None
    refund_policy: ReversePolicy | None = None
    transfers: Transfers | None = None
    check_in_limit: Callable[[CheckInLimit], CheckInLimit] | None = None
    welcome_bonus: Decimal | None = None
    offline_overdraft: Decimal | None = None
    allows_unverified: bool | None = None
    earning_limits: EarningLimits | None = None
    event_rules: tuple[EventRule, ...] | None = None
    receipt_claims: Callable[[ReceiptClaimRules | None], ReceiptClaimRules | None] | None = None
    referral: ReferralTerms | None = None
    ends_referral: bool = False
    point_value: Decimal | None = None
    ends_point_value: bool = False
    tier_policy: Callable[[TierPolicy | None], TierPolicy | None] | None = None


@dataclass(frozen=True, slots=True)
class SavedProgram:
    """A program as it was written; ``is_replay`` if an earlier request with the same key did it.

    ``rules`` are those after a change; a new program does not tell them.
    """

    program_id: str
    store_id: str
    created_at: datetime
    updated_at: datetime
    rules: Rules | None = None
    is_replay: bool = False


def create(
    caller: Caller, store_id: str, draft: ProgramDraft, *, program_id: str | None = None
) -> SavedProgram:
    """Create a program and its mirror, in one commit with the store's list of programs.

    ``program_id`` is for demo data, whose ids are fixed; without it the program gets a random one.
    It has one underscore, as all ids of ours have (decision 17).

    Raises:
        StoreNotFound, InvalidParameters, LimitExceeded, IdempotencyKeyReused, Busy,
        EndpointNotAllowed: The package has no custom rewards, or no second active program.
    """
    access.store(caller, store_id)
    _require_rewards_allowed(caller, draft.rewards)
    for index, reward in enumerate(draft.rewards):
        if reward.shop is not None:
            raise invalid({f"rewards[{index}].shop": "needs a program that a shop names already"})
    now = clock.utc_now()
    new_id = program_id or ids.new("lp")
    store_path = paths.store(store_id)

    def decide(reads: Reads) -> Effect[SavedProgram]:
        store = access.own_store(caller, store_documents.decode(reads[store_path]), store_id)
        require_room(store)
        program = new_program(draft, store, new_id, now)
        require_fitting(program)
        listed = with_program(caller, store, program)
        saved = SavedProgram(new_id, store_id, now, now)
        writes = [
            *program_documents.creation(program),
            store_documents.write(reads[store_path], listed),
            *reward_stocks.created(program.program_id, stocks_set(program.rewards, None)),
        ]
        return Effect(saved, writes, _kept(saved))

    saved = commands.run([store_path], decide, claim=caller.claim, replay=_replayed)
    store_documents.forget(store_id)
    return saved


def update(
    caller: Caller, program_id: str, store_id: str | None, changes: ProgramChanges
) -> SavedProgram:
    """Change a program and its mirror. Its type stays, and new rules must fit the type.

    Raises:
        ProgramNotFound, InvalidParameters, IdempotencyKeyReused, Busy,
        EndpointNotAllowed: The package has no custom rewards, or no second active program.
    """
    known = access.program(caller, program_id, store_id)
    if changes.rewards is not None:
        rewards = changes.rewards(known.rewards)
        _require_rewards_allowed(caller, rewards)
        for index, reward in enumerate(rewards):
            there = known.find_reward(reward.reward_id)
            if there is None or there.shop != reward.shop:
                shop_rewards.require_shop(caller, known, reward, within=f"rewards[{index}].")
    now = clock.utc_now()
    program_path, store_path = paths.program(program_id), paths.store(known.store_id)

    def decide(reads: Reads) -> Effect[SavedProgram]:
        found = program_documents.decode(reads[program_path])
        before = access.own_program(caller, found, program_id, store_id)
        store = access.own_store(caller, store_documents.decode(reads[store_path]), before.store_id)
        after = _changed(before, changes, now)
        require_fitting(after)
        listed = with_program(caller, store, after)
        saved = SavedProgram(program_id, after.store_id, after.created_at, now, after.rules)
        writes: list[Write] = [
            *program_documents.replacement(reads[program_path], after),
            *reward_stocks.set_anew(reads, program_id, stocks_set(after.rewards, before), now),
        ]
        if listed != store:
            writes.append(store_documents.write(reads[store_path], listed))
        return Effect(saved, writes, _kept(saved))

    def replay(kept: Document, reads: Reads) -> SavedProgram:
        """Return the first answer. What earlier versions kept of it does not hold the rules."""
        now_there = program_documents.decode(reads[program_path])
        assert now_there is not None, "programs are never deleted"
        rules = kept.get("rules")
        held = (
            program_rules.decode_rules(now_there.program_type, rules)
            if rules is not None
            else now_there.rules
        )
        return replace(_replayed({**kept, "rules": None}, reads), rules=held)

    stocks = stocks_set(changes.rewards(known.rewards) if changes.rewards else (), known)
    needs = [store_path, program_path, *reward_stocks.first_paths(program_id, list(stocks))]
    saved = commands.run(needs, decide, claim=caller.claim, replay=replay)
    program_documents.forget(program_id)
    store_documents.forget(known.store_id)
    return saved


def list_of_store(caller: Caller, store_id: str) -> list[Program]:
    """Return all programs of a store, oldest first.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    return program_documents.list_of_store(store_id)


def _changed(before: Program, changes: ProgramChanges, now: datetime) -> Program:
    branding = before.branding
    if changes.branding is not None:
        branding = replace(branding, **changes.branding)
    return replace(
        before,
        program_name=_given(changes.program_name, before.program_name),
        description=_given(changes.description, before.description),
        rules=changes.rules(before.rules) if changes.rules else before.rules,
        rewards=changes.rewards(before.rewards) if changes.rewards else before.rewards,
        branding=branding,
        earning_methods=_given(changes.earning_methods, before.earning_methods),
        is_active=_given(changes.is_active, before.is_active),
        updated_at=now,
        points_expiry=_expiry(before.points_expiry, changes),
        rule_expiries=_given(changes.rule_expiries, before.rule_expiries),
        milestones=_given(changes.milestones, before.milestones),
        earning_base=_given(changes.earning_base, before.earning_base),
        pending_days=_given(changes.pending_days, before.pending_days),
        refund_policy=_given(changes.refund_policy, before.refund_policy),
        transfers=_given(changes.transfers, before.transfers),
        redemption_cancel_days=_given(
            changes.redemption_cancel_days, before.redemption_cancel_days
        ),
        check_in_limit=changes.check_in_limit(before.check_in_limit)
        if changes.check_in_limit
        else before.check_in_limit,
        welcome_bonus=_given(changes.welcome_bonus, before.welcome_bonus),
        offline_overdraft=_given(changes.offline_overdraft, before.offline_overdraft),
        allows_unverified=_given(changes.allows_unverified, before.allows_unverified),
        earning_limits=_given(changes.earning_limits, before.earning_limits),
        event_rules=_given(changes.event_rules, before.event_rules),
        receipt_claims=changes.receipt_claims(before.receipt_claims)
        if changes.receipt_claims
        else before.receipt_claims,
        referral=None if changes.ends_referral else _given(changes.referral, before.referral),
        point_value=None
        if changes.ends_point_value
        else _given(changes.point_value, before.point_value),
        tier_policy=changes.tier_policy(before.tier_policy)
        if changes.tier_policy
        else before.tier_policy,
    )


def _expiry(before: PointsExpiry | None, changes: ProgramChanges) -> PointsExpiry | None:
    if changes.ends_expiry:
        return None
    return changes.points_expiry(before) if changes.points_expiry else before


def _given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def draft_fields(draft: ProgramDraft) -> dict[str, Any]:
    """Return the fields of a program that its merchant describes."""
    return {each.name: getattr(draft, each.name) for each in fields(ProgramDraft)}


def new_program(draft: ProgramDraft, store: Store, program_id: str, now: datetime) -> Program:
    """Return the program that is described, in a store of its account."""
    return Program(
        program_id=program_id,
        account_id=store.account_id,
        store_id=store.store_id,
        currency=store.currency,
        time_zone=store.time_zone,
        created_at=now,
        updated_at=now,
        **draft_fields(draft),
    )


def require_room(store: Store) -> None:
    """Refuse one more program where a store has as many as it can have.

    Raises:
        LimitExceeded: It has.
    """
    if len(store.program_ids) >= PROGRAMS_PER_STORE_MAX:
        raise LimitExceeded(
            f"A store has at most {PROGRAMS_PER_STORE_MAX} programs.",
            fix="Change one that exists with updateLoyaltyProgram: programs are never deleted.",
        )


def require_fitting(program: Program) -> None:
    """Refuse what does not fit the type of a program, or its currency.

    Raises:
        InvalidParameters: The fields are named.
    """
    require_rewards(program)
    require_milestones(program.milestones, program.scale)
    to_units(program.welcome_bonus, program.scale, field="welcomeBonus")
    require_limits(program.earning_limits, program.scale)
    require_event_rules(program.event_rules, program.scale)
    require_referral(program.referral, program.scale)
    point_payments.require_fitting(program)
    require_tier_policy(program)
    to_units(program.offline_overdraft, program.scale, field="offlineOverdraft")
    if program.sales_channel_id is not None:
        sales_channels.require_for_shop(program)


def with_program(caller: Caller, store: Store, program: Program) -> Store:
    """Return the store with the program in its lists.

    Raises:
        EndpointNotAllowed: It would be the second active program on a package below GROW.
    """
    others = tuple(each for each in store.active_program_ids if each != program.program_id)
    active = (*others, program.program_id) if program.is_active else others
    is_newly_active = program.program_id not in store.active_program_ids
    if len(active) > 1 and is_newly_active and not caller.package.includes(Package.GROW):
        raise EndpointNotAllowed(
            "Your package has one active program a store.",
            requiredUpgrade=Package.GROW,
            currentPackage=caller.package,
        )
    known = program.program_id in store.program_ids
    every = store.program_ids if known else (*store.program_ids, program.program_id)
    return replace(store, program_ids=every, active_program_ids=active)


def _require_rewards_allowed(caller: Caller, rewards: Iterable[Reward]) -> None:
    for index, reward in enumerate(rewards):
        require_reward_allowed(caller, reward, within=f"rewards[{index}].")


def require_reward_allowed(caller: Caller, reward: Reward, *, within: str = "") -> None:
    """Refuse a reward that the caller cannot offer.

    Raises:
        EndpointNotAllowed: The package has no custom rewards.
        InvalidParameters: It can be used in a store that is not the caller's; the field is named,
            with ``within`` before it.
    """
    if reward.type not in REWARD_TYPES_BUILT_IN and not caller.package.includes(Package.GROW):
        raise EndpointNotAllowed(
            f"Rewards of type {reward.type} are custom rewards.",
            requiredUpgrade=Package.GROW,
            currentPackage=caller.package,
            builtInTypes=sorted(REWARD_TYPES_BUILT_IN),
        )
    for index, store_id in enumerate(reward.store_ids):
        found = store_documents.find(store_id)
        if found is None or found.account_id != caller.account_id:
            raise invalid({f"{within}storeIds[{index}]": "is no store of yours"})


def stocks_set(rewards: Iterable[Reward], before: Program | None) -> dict[str, int]:
    """Return the stocks, by reward, that the merchant has changed, and no others."""
    stocks: dict[str, int] = {}
    for reward in rewards:
        known = before.find_reward(reward.reward_id) if before else None
        if reward.stock is None or (known is not None and known.stock == reward.stock):
            continue
        stocks[reward.reward_id] = reward.stock
    return stocks


def _kept(saved: SavedProgram) -> Document:
    return {
        "program_id": saved.program_id,
        "store_id": saved.store_id,
        "created_at": saved.created_at,
        "updated_at": saved.updated_at,
        "rules": None if saved.rules is None else program_rules.encode_rules(saved.rules),
    }


def _replayed(kept: Document, _: Reads) -> SavedProgram:
    return SavedProgram(**kept, is_replay=True)
