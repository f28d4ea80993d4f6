"""Loyalty programs: a store's promises to its customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.loyalty import event_rules
from shared.domain.loyalty.campaigns import Campaign
from shared.domain.loyalty.earning_base import EARNING_BASE_DEFAULT, EarningBase
from shared.domain.loyalty.event_rules import EventRule
from shared.domain.loyalty.expiry import PointsExpiry, RuleExpiry
from shared.domain.loyalty.referred import ReferralTerms
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.rewards import Reward, require_cost, require_costs, require_terms
from shared.domain.loyalty.tier_policies import TierBasis, TierPolicy
from shared.domain.units import currency_scale, to_units
from shared.errors import InvalidParameters, ProgramInactive, RewardNotFound


class ProgramType(StrEnum):
    """The type of a program: its way to reward."""

    STAMPS = "stamps"
    POINTS = "points"
    CASHBACK = "cashback"
    TIER = "tier"


class Transfers(StrEnum):
    """Who may move points from a member to another one: nobody, the merchant, or members, too."""

    NONE = "none"
    MERCHANT = "merchant"
    CUSTOMERS = "customers"


class EarningMethod(StrEnum):
    """A way to earn, besides purchases that a till reports."""

    QR_CHECKIN = "qr_checkin"
    STORE_CHECKIN = "store_checkin"
    SCAN_AND_GO = "scan_and_go"
    CLICK_COLLECT = "click_collect"


NO_MULTIPLIER = Decimal(1)
CHECK_INS = frozenset({EarningMethod.QR_CHECKIN, EarningMethod.STORE_CHECKIN})
EARNING_METHODS_DEFAULT = (EarningMethod.QR_CHECKIN, EarningMethod.STORE_CHECKIN)


@dataclass(frozen=True, slots=True)
class StampsRules:
    """A stamp card: full at ``required_stamps``."""

    required_stamps: int
    stamps_per_purchase: int = 1
    points_per_checkin: int | None = None


@dataclass(frozen=True, slots=True)
class PointsRules:
    """Points for each euro (or other currency unit) of a purchase."""

    points_per_euro: Decimal
    minimum_purchase: Decimal | None = None
    points_per_checkin: int | None = None


@dataclass(frozen=True, slots=True)
class CashbackRules:
    """A percentage of a purchase, paid as store credit."""

    cashback_percentage: Decimal
    max_cashback_per_transaction: Decimal | None = None
    minimum_purchase: Decimal | None = None
    points_per_checkin: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A level reached by what counts for tiers: all points ever earned, unless a policy says else.

    ``multiplier`` holds for members who are in it. ``color`` and ``benefits``, short texts, are for
    the app. ``never_downgrade``: who has it, or a higher one, never falls below it.
    """

    name: str
    min_points: int
    multiplier: Decimal = NO_MULTIPLIER
    color: str | None = None
    benefits: tuple[str, ...] = ()
    never_downgrade: bool = False


@dataclass(frozen=True, slots=True)
class TierRules:
    """Rules for points and tiers. Tiers ascend by ``min_points``."""

    points_per_euro: Decimal
    tiers: tuple[Tier, ...]
    minimum_purchase: Decimal | None = None
    points_per_checkin: int | None = None


RULES_BY_TYPE: Mapping[ProgramType, type[StampsRules | PointsRules | CashbackRules | TierRules]] = {
    ProgramType.STAMPS: StampsRules,
    ProgramType.POINTS: PointsRules,
    ProgramType.CASHBACK: CashbackRules,
    ProgramType.TIER: TierRules,
}
Rules = StampsRules | PointsRules | CashbackRules | TierRules


MILESTONES_DEFAULT = tuple(map(Decimal, (100, 500, 1_000, 5_000, 10_000, 50_000, 100_000)))


class WhenExceeded(StrEnum):
    """The treatment of what is more than a limit: grant as much as it leaves, or nothing."""

    TRUNCATE = "truncate"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class EarningLimits:
    """The most that rules grant a member: points, stamps or money; ``None`` is without limit.

    Days and months are those of the store's time zone.
    """

    max_per_booking: Decimal | None = None
    max_per_day: Decimal | None = None
    max_per_month: Decimal | None = None
    when_exceeded: WhenExceeded = WhenExceeded.TRUNCATE

    @property
    def are_counted(self) -> bool:
        """Tell whether a booking must know of earlier ones."""
        return self.max_per_day is not None or self.max_per_month is not None


NO_LIMITS = EarningLimits()
REDEMPTION_CANCEL_DAYS_DEFAULT = 14


@dataclass(frozen=True, slots=True)
class CheckInLimit:
    """How often a member's check-ins earn: ``per_day`` times a business day of the store, and then
    only ``minutes_between`` after the last one that earned.
    """

    per_day: int = 1
    minutes_between: int = 0


CHECK_IN_LIMIT_DEFAULT = CheckInLimit()


@dataclass(frozen=True, slots=True)
class ReceiptClaimRules:
    """Which receipts a member may claim: ``per_day`` of them on a day of the store, each at most
    ``within_days`` old.
    """

    per_day: int = 3
    within_days: int = 14


@dataclass(frozen=True, slots=True)
class Branding:
    """The look of the card in the app."""

    color: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A loyalty program of a store.

    ``points_expiry`` is ``None`` if points never expire; ``rule_expiries`` say otherwise for what
    some rules grant, each rule at most once. ``milestones`` are totals of a member's
    lifetime earnings that cause an event, ascending, in points, stamps or money; so is
    ``welcome_bonus``, which is 0 if there is none. ``allows_unverified``: customers may join whose
    sign-in nobody vouches for. ``campaigns`` are those that have not ended, in the order in which
    they were made; each has a document, too. ``offline_overdraft``: how far below zero a redemption
    may take a balance that a till has granted while it was offline.
    ``pending_days`` is how many days after a purchase what it earned cannot be spent.
    ``transfers``: who may move points from a member to another one.
    ``refund_policy``: what returned purchases take back if their points can be spent already.
    ``redemption_cancel_days``: redemptions can be cancelled for so long; 0: never.
    ``event_rules`` say what other events earn, such as a login; each event has one at most.
    ``receipt_claims`` is ``None`` if members cannot claim receipts.
    ``referral`` is what it promises to who refers somebody, and to who is referred.
    ``archived_rewards`` cannot be had any more, in the order in which they were archived; their
    codes still can be used.
    ``point_value`` is what a point pays at a checkout, in the currency: ``None`` if nothing, and
    for cashback, which is money.
    ``tier_policy`` is ``None`` if all that was ever earned counts for tiers, and only what takes
    that back lowers them.
    ``sales_channel_id``: the sales channel of a shop that has this program, 32 hex digits.
    """

    program_id: str
    account_id: str
    store_id: str
    program_name: str
    program_type: ProgramType
    description: str
    rules: Rules
    rewards: tuple[Reward, ...]
    branding: Branding
    earning_methods: tuple[EarningMethod, ...]
    is_active: bool
    currency: str
    time_zone: str
    created_at: datetime
    updated_at: datetime
    points_expiry: PointsExpiry | None = None
    milestones: tuple[Decimal, ...] = MILESTONES_DEFAULT
    earning_base: EarningBase = EARNING_BASE_DEFAULT
    pending_days: int = 0
    redemption_cancel_days: int = REDEMPTION_CANCEL_DAYS_DEFAULT
    refund_policy: ReversePolicy = ReversePolicy.WITHIN_BALANCE
    transfers: Transfers = Transfers.NONE
    check_in_limit: CheckInLimit = CHECK_IN_LIMIT_DEFAULT
    welcome_bonus: Decimal = Decimal(0)
    allows_unverified: bool = False
    earning_limits: EarningLimits = NO_LIMITS
    campaigns: tuple[Campaign, ...] = ()
    offline_overdraft: Decimal = Decimal(0)
    event_rules: tuple[EventRule, ...] = ()
    receipt_claims: ReceiptClaimRules | None = None
    referral: ReferralTerms | None = None
    archived_rewards: tuple[Reward, ...] = ()
    point_value: Decimal | None = None
    tier_policy: TierPolicy | None = None
    rule_expiries: tuple[RuleExpiry, ...] = ()
    sales_channel_id: str | None = None

    @property
    def scale(self) -> int:
        """The decimals of the program's unit: the currency's for cashback, else 0."""
        is_money = self.program_type is ProgramType.CASHBACK
        return currency_scale(self.currency) if is_money else 0

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The levels, ascending; empty for programs without tiers."""
        return self.rules.tiers if isinstance(self.rules, TierRules) else ()

    @property
    def tier_names(self) -> tuple[str, ...]:
        """The names of the levels, ascending."""
        return tuple(each.name for each in self.tiers)

    @property
    def every_reward(self) -> tuple[Reward, ...]:
        """The rewards, also those that are archived."""
        return (*self.rewards, *self.archived_rewards)

    @property
    def profile_events(self) -> tuple[str, ...]:
        """The events that are rewarded as soon as a member's profile says so."""
        every = (each.event for each in self.event_rules)
        return tuple(each for each in every if event_rules.is_of_profile(each))

    def rule_expiry(self, rule: str | None) -> PointsExpiry | None:
        """Return the expiry that a rule has of its own, ``None`` if it has none."""
        found = (each.policy for each in self.rule_expiries if each.rule == rule)
        return next(found, None)

    def event_rule(self, event: str) -> EventRule | None:
        """Return what an event earns, ``None`` if it earns nothing."""
        return next((each for each in self.event_rules if each.event == event), None)

    def tier_multiplier(self, tier: str | None) -> Decimal:
        """Return the multiplier of a member's tier."""
        return next((each.multiplier for each in self.tiers if each.name == tier), NO_MULTIPLIER)

    @property
    def milestones_units(self) -> tuple[int, ...]:
        """The milestones, in units."""
        return tuple(int(milestone.scaleb(self.scale)) for milestone in self.milestones)

    @property
    def welcome_units(self) -> int:
        """The welcome bonus, in units; 0 if there is none."""
        return int(self.welcome_bonus.scaleb(self.scale))

    @property
    def overdraft_units(self) -> int:
        """How far below zero an offline redemption may take a balance, in units; 0: not at all."""
        return int(self.offline_overdraft.scaleb(self.scale))

    def cost_units(self, reward: Reward) -> int:
        """Return the cost of a reward, in units."""
        return int(reward.required_points.scaleb(self.scale))

    def reward(self, reward_id: str) -> Reward:
        """Return the reward of this id, also one that is archived.

        Raises:
            RewardNotFound: The program has no such reward.
        """
        reward = self.find_reward(reward_id)
        if reward is None:
            raise RewardNotFound(f"The program has no reward {reward_id}.")
        return reward

    def find_reward(self, reward_id: str) -> Reward | None:
        """Return the reward of this id, ``None`` if the program has no such reward."""
        return next((each for each in self.every_reward if each.reward_id == reward_id), None)

    def require_active(self) -> None:
        """Refuse to take members or grant points if the program is inactive.

        Raises:
            ProgramInactive: The program is not active.
        """
        if not self.is_active:
            raise ProgramInactive("The program is not active.", programId=self.program_id)


def type_of(rules: Rules) -> ProgramType:
    """Return the type of the programs that have such rules."""
    return next(kind for kind, each in RULES_BY_TYPE.items() if isinstance(rules, each))


def require_rewards(program: Program) -> None:
    """Refuse rewards that do not fit their program.

    Raises:
        InvalidParameters: Fields are named ``rewards[0].requiredPoints`` and so on.
    """
    require_costs(program.rewards, program.scale)
    archived = {each.reward_id for each in program.archived_rewards}
    for index, reward in enumerate(program.rewards):
        within = f"rewards[{index}]."
        if reward.reward_id in archived:
            name = f"{within}rewardId"
            problem = "names an archived reward; leave it out, or give it another id"
            raise InvalidParameters(f"{name} {problem}.", fields={name: problem})
        require_terms(reward, tiers=program.tier_names, currency=program.currency, within=within)


def require_reward(program: Program, reward: Reward) -> None:
    """Refuse a reward that does not fit its program.

    Raises:
        InvalidParameters: Fields are named ``requiredPoints`` and so on.
    """
    require_cost(reward, program.scale)
    require_terms(reward, tiers=program.tier_names, currency=program.currency)


def require_milestones(milestones: Iterable[Decimal], scale: int) -> None:
    """Refuse milestones that cannot be reached in a unit of ``scale`` decimals.

    Raises:
        InvalidParameters: Fields are named ``milestones[0]`` and so on.
    """
    for index, milestone in enumerate(milestones):
        to_units(milestone, scale, field=f"milestones[{index}]")


def require_limits(limits: EarningLimits, scale: int) -> None:
    """Refuse limits that are finer than a unit of ``scale`` decimals.

    Raises:
        InvalidParameters: Fields are named ``earningLimits.maxPerDay`` and so on.
    """
    named = {
        "maxPerBooking": limits.max_per_booking,
        "maxPerDay": limits.max_per_day,
        "maxPerMonth": limits.max_per_month,
    }
    for name, limit in named.items():
        if limit is not None:
            to_units(limit, scale, field=f"earningLimits.{name}")


def require_event_rules(rules: Iterable[EventRule], scale: int) -> None:
    """Refuse points that are finer than a unit of ``scale`` decimals, and periods that cannot be.

    Raises:
        InvalidParameters: Fields are named ``eventRules[0].points`` and so on.
    """
    for index, rule in enumerate(rules):
        to_units(rule.points, scale, field=f"eventRules[{index}].points")
        problem = event_rules.problem_of(rule)
        if problem is not None:
            field = f"eventRules[{index}].period"
            raise InvalidParameters(f"{field} {problem}.", fields={field: problem})


def require_tier_policy(program: Program) -> None:
    """Refuse a policy for tiers in a program that has none, and one that friends could share.

    If tiers are of the balance, and customers give points to each other, one balance handed round
    would be a tier for all of them.

    Raises:
        InvalidParameters: The field is named ``tierPolicy``.
    """
    policy = program.tier_policy
    if policy is None:
        return
    problem = None
    if program.program_type is not ProgramType.TIER:
        problem = "is for tier programs"
    elif policy.basis is TierBasis.BALANCE and program.transfers is Transfers.CUSTOMERS:
        problem = "must have another basis than balance where customers transfer points"
    if problem:
        raise InvalidParameters(f"tierPolicy {problem}.", fields={"tierPolicy": problem})


def require_referral(terms: ReferralTerms | None, scale: int) -> None:
    """Refuse points that are finer than a unit of ``scale`` decimals.

    Raises:
        InvalidParameters: Fields are named ``referral.referrerPoints`` and so on.
    """
    if terms is not None:
        to_units(terms.referrer_points, scale, field="referral.referrerPoints")
        to_units(terms.new_member_points, scale, field="referral.newMemberPoints")
