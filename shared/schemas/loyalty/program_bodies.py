"""Programs in requests and answers: rules by type, rewards, branding."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from shared.domain.loyalty import programs as domain
from shared.domain.loyalty.earning_base import (
    EXCLUDED_TYPES_DEFAULT,
    LOWERING,
    EarningBase,
    LineType,
    TaxMode,
)
from shared.domain.loyalty.event_rules import EventRule, Period
from shared.domain.loyalty.programs import (
    CheckInLimit,
    EarningLimits,
    EarningMethod,
    Program,
    ProgramType,
    ReceiptClaimRules,
    Rules,
    Transfers,
    WhenExceeded,
)
from shared.domain.loyalty.receipt_claims import WITHIN_DAYS_MAX
from shared.domain.loyalty.referred import ReferralTerms
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.tier_policies import ALERT_DAYS_DEFAULT as TIER_ALERT_DAYS_DEFAULT
from shared.domain.loyalty.tier_policies import TierBasis, TierDowngrade, TierPolicy
from shared.domain.units import AMOUNT_UNITS_MAX
from shared.errors import InvalidParameters
from shared.schemas import answers
from shared.schemas.base import (
    MISSING,
    UNKNOWN,
    Id,
    Name,
    Number,
    Whole,
    WireModel,
    in_camel_case,
    invalid,
    to_refusal,
    worded,
)
from shared.schemas.fields import Percent, PublicLink
from shared.schemas.loyalty.expiry_bodies import (
    PointsExpiryBody,
    RuleExpiries,
    points_expiry_body,
    rule_expiry_body,
)
from shared.schemas.loyalty.numbers import Money, Percentage, PositiveMoney, decimals
from shared.schemas.loyalty.reward_bodies import RewardBody, reward_body

KEPT_BODIES = 256
"""Of the settings that most programs have alike: making one takes as long as a small request."""
TIERS_MAX = 20
MILESTONES_MAX = 20
EVENT_RULES_MAX = 20
EXCLUDED_MAX = 200
_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


Rate = Annotated[
    Number,
    Field(
        gt=0,
        le=100_000,
        description="Points for each unit of the store's currency; at most 4 decimals.",
    ),
    AfterValidator(decimals(4)),
]
PerCheckin = Annotated[
    Whole,
    Field(ge=0, le=1_000_000, description="What a check-in earns, whatever is bought."),
]


Multiplier = Annotated[Number, Field(gt=0, le=100), AfterValidator(decimals(4))]


class StampsRulesBody(WireModel):
    """``{"requiredStamps": 10, "stampsPerPurchase": 1, "pointsPerCheckin": 1}``."""

    required_stamps: Whole = Field(ge=1, le=1_000, description="Stamps of a full card.")
    stamps_per_purchase: Whole = Field(
        default=1, ge=1, le=100, description="Stamps for each purchase."
    )
    points_per_checkin: PerCheckin | None = None


class PointsRulesBody(WireModel):
    """``{"pointsPerEuro": 10, "minimumPurchase": 5.0, "pointsPerCheckin": 5}``."""

    points_per_euro: Rate
    minimum_purchase: Money | None = Field(
        default=None, description="Purchases below earn nothing. In the store's currency."
    )
    points_per_checkin: PerCheckin | None = None


class CashbackRulesBody(WireModel):
    """``{"cashbackPercentage": 3, "maxCashbackPerTransaction": 5.0}``."""

    cashback_percentage: Percentage = Field(
        description="Percent of the purchase that is paid back; at most 2 decimals."
    )
    max_cashback_per_transaction: PositiveMoney | None = Field(
        default=None, description="The most that one purchase earns, in the store's currency."
    )
    minimum_purchase: Money | None = Field(
        default=None, description="Purchases below earn nothing. In the store's currency."
    )
    points_per_checkin: Money | None = Field(
        default=None, description="What a check-in earns, whatever is bought."
    )


def _hex_color(text: str) -> str:
    if not _COLOR.fullmatch(text):
        raise ValueError("must be a colour like #2563EB")
    return text


Color = Annotated[
    str,
    AfterValidator(_hex_color),
    WithJsonSchema({"type": "string", "pattern": f"^{_COLOR.pattern}$"}),
]


Benefit = Annotated[str, Field(min_length=1, max_length=100)]


class TierBody(WireModel):
    """A level: ``{"name": "Silber", "minPoints": 500}``."""

    name: str = Field(
        min_length=1, max_length=50, description="Name of the tier, unique in the program."
    )
    min_points: Whole = Field(
        ge=0,
        le=1_000_000_000,
        description="What must count from which the tier is reached; ascending from tier to tier.",
    )
    multiplier: Multiplier | None = Field(
        default=None, description="What purchases of its members earn is multiplied by; 1 if null."
    )
    color: Color | None = Field(default=None, description="Hex colour: `#C0C0C0`.")
    benefits: list[Benefit] | None = Field(
        default=None, max_length=10, description="What members of it get, for the app to show."
    )
    never_downgrade: bool | None = Field(
        default=None, description="Whether who has it, or a higher one, never falls below it."
    )


class TierRulesBody(WireModel):
    """``{"pointsPerEuro": 10, "pointsPerCheckin": 5, "tiers": [...]}``."""

    points_per_euro: Rate
    tiers: list[TierBody] = Field(
        min_length=1, max_length=TIERS_MAX, description="The levels, ascending by `minPoints`."
    )
    minimum_purchase: Money | None = Field(
        default=None, description="Purchases below earn nothing. In the store's currency."
    )
    points_per_checkin: PerCheckin | None = None

    @model_validator(mode="after")
    def _ascending_and_unique(self) -> TierRulesBody:
        thresholds = [tier.min_points for tier in self.tiers]
        if any(low >= high for low, high in pairwise(thresholds)):
            raise ValueError("must have tiers in ascending order of minPoints, each different")
        names = {tier.name.casefold() for tier in self.tiers}
        if len(names) < len(self.tiers):
            raise ValueError("must have tiers with different names")
        return self


RULES_SCHEMAS: Mapping[ProgramType, type[WireModel]] = {
    ProgramType.STAMPS: StampsRulesBody,
    ProgramType.POINTS: PointsRulesBody,
    ProgramType.CASHBACK: CashbackRulesBody,
    ProgramType.TIER: TierRulesBody,
}
RulesBody = Annotated[
    dict[str, Any],
    Field(description="What earns how much; the fields depend on `programType`."),
]


def parse_rules(program_type: ProgramType, body: Mapping[str, Any]) -> Rules:
    """Read rules by the schema of a program's type.

    Raises:
        InvalidParameters: The rules do not fit; fields are named ``rules.pointsPerEuro`` and so on.
    """
    return _parsed_rules(program_type, dict(body))


def changed_rules(before: Rules, body: Mapping[str, Any]) -> Rules:
    """Return the rules with the changes of a request; the type stays.

    What is not named stays as it is. Null removes an optional rule, or resets it to its default.
    Lists, such as tiers, are replaced as a whole.

    Raises:
        InvalidParameters: The rules do not fit; fields are named ``rules.pointsPerEuro`` and so on.
    """
    program_type = domain.type_of(before)
    schema = RULES_SCHEMAS[program_type]
    held = in_camel_case(schema, _rule_values(before))
    try:
        changes = in_camel_case(schema, body)
    except ValidationError as error:
        raise to_refusal(error, "rules") from None
    return _parsed_rules(program_type, _without_nulls(schema, {**held, **changes}))


def _parsed_rules(program_type: ProgramType, body: dict[str, Any]) -> Rules:
    try:
        parsed = RULES_SCHEMAS[program_type].model_validate(body)
    except ValidationError as error:
        fields = to_refusal(error, "rules").details["fields"]
        raise invalid(_with_types(fields)) from None
    values = dict(parsed)
    if "tiers" in values:
        values["tiers"] = tuple(
            domain.Tier(
                tier.name,
                tier.min_points,
                tier.multiplier or domain.NO_MULTIPLIER,
                tier.color,
                tuple(tier.benefits or ()),
                bool(tier.never_downgrade),
            )
            for tier in values["tiers"]
        )
    return domain.RULES_BY_TYPE[program_type](**values)


def _without_nulls(schema: type[WireModel], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without the nulls that stand for a missing field."""
    optional = {field.alias for field in schema.model_fields.values() if not field.is_required()}
    return {
        name: value for name, value in body.items() if value is not None or name not in optional
    }


def refuse_impossible_rules(body: Mapping[str, Any]) -> None:
    """Refuse changes of rules that fit no type; more needs the program, which is not known yet.

    Raises:
        InvalidParameters: Fields are named as in the closest type.
    """
    impossible = []
    for schema in RULES_SCHEMAS.values():
        try:
            schema.model_validate(_without_nulls(schema, in_camel_case(schema, body)))
        except ValidationError as error:
            fields = to_refusal(error, "rules").details["fields"]
            wrong = {
                name: problem
                for name, problem in fields.items()
                if problem != MISSING or not _is_rule(name)  # the program may have the rule
            }
            if not wrong:
                return
            impossible.append(wrong)
        else:
            return
    closest = min(impossible, key=lambda wrong: (_unknown_rules(wrong), len(wrong)))
    raise invalid(_with_types(closest))


def _unknown_rules(problems: Mapping[str, str]) -> int:
    """Count the rules that a type does not have; what is within a rule of its own is a mistake."""
    return sum(problem == UNKNOWN and _is_rule(name) for name, problem in problems.items())


def _with_types(problems: Mapping[str, str]) -> dict[str, str]:
    """Say of rules of other types that they are theirs, instead of that they are not known."""
    return {
        name: _of_other_types(name) if problem == UNKNOWN else problem
        for name, problem in problems.items()
    }


def _of_other_types(path: str) -> str:
    name = path.removeprefix("rules.")
    types = [
        program_type.value
        for program_type, schema in RULES_SCHEMAS.items()
        if name
        in {part for field, info in schema.model_fields.items() for part in (field, info.alias)}
    ]
    return f"is for {' and '.join(types)} programs" if types else UNKNOWN


def _is_rule(field: str) -> bool:
    """Tell ``rules.tiers`` from ``rules.tiers[0].name``."""
    return re.fullmatch(r"rules\.\w+", field) is not None


def example_with(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules of an example with changes, of the first type that they fit.

    Raises:
        InvalidParameters: They fit none.
    """
    refused: InvalidParameters | None = None
    for program_type, example in RULES_EXAMPLES.items():
        try:
            exact = json.loads(json.dumps(example), parse_float=Decimal)
            return rules_body(changed_rules(parse_rules(program_type, exact), body))
        except InvalidParameters as refusal:
            refused = refused or refusal
    assert refused is not None
    raise refused


def rules_body(rules: Rules) -> dict[str, Any]:
    """Return rules as answers show them; fields that are not set are left out."""
    schema = RULES_SCHEMAS[domain.type_of(rules)]
    return schema(**_rule_values(rules)).model_dump(by_alias=True, exclude_none=True)


def _rule_values(rules: Rules) -> dict[str, Any]:
    """Return rules as values of the fields of their schema."""
    schema = RULES_SCHEMAS[domain.type_of(rules)]
    values = {name: getattr(rules, name) for name in schema.model_fields}
    if "tiers" in values:
        values["tiers"] = [
            TierBody(
                name=each.name,
                min_points=each.min_points,
                multiplier=None if each.multiplier == domain.NO_MULTIPLIER else each.multiplier,
                color=each.color,
                benefits=list(each.benefits) or None,
                never_downgrade=each.never_downgrade or None,
            )
            for each in values["tiers"]
        ]
    return values


class BrandingBody(WireModel):
    """The look of the card: a hex colour, and a logo at an https URL on a public host."""

    color: Color | None = Field(default=None, description="Hex colour: `#2563EB` or `#26E`.")
    logo: PublicLink | None = Field(default=None, description="https URL of an image.")


ProgramName = Annotated[Name, Field(description="Name that customers see.")]
ProgramTypeName = Annotated[
    ProgramType,
    Field(strict=False, description="How the program rewards. It cannot be changed."),
]
EarningMethods = Annotated[
    list[Annotated[EarningMethod, Field(strict=False)]],
    Field(
        min_length=1,
        max_length=4,
        description=(
            "How customers may earn; by default at check-in, by QR code (`qr_checkin`) and by "
            "position (`store_checkin`), as checkIn says. With `scan_and_go` paid checkouts earn, "
            "with `click_collect` orders that are picked up."
        ),
    ),
]


class CheckInLimitBody(WireModel):
    """``{"perDay": 1, "minutesBetween": 0}``."""

    per_day: Whole = Field(
        default=1,
        ge=1,
        le=100,
        description="How many check-ins of a member earn on a day, in the store's time zone.",
    )
    minutes_between: Whole = Field(
        default=0,
        ge=0,
        le=1_440,
        description="How long after one that earned the next one may earn, also after midnight.",
    )

    def to_domain(self) -> CheckInLimit:
        """Return the limit."""
        return CheckInLimit(self.per_day, self.minutes_between)

    def changed(self, before: CheckInLimit) -> CheckInLimit:
        """Return a limit with these changes; what is not named stays."""
        return replace(before, **{name: getattr(self, name) for name in self.model_fields_set})


class ReceiptClaimsBody(WireModel):
    """``{"perDay": 3, "withinDays": 14}``."""

    per_day: Whole = Field(
        default=3,
        ge=1,
        le=100,
        description="How many receipts of a member earn on a day, in the store's time zone.",
    )
    within_days: Whole = Field(
        default=14, ge=1, le=WITHIN_DAYS_MAX, description="How many days old a receipt may be."
    )

    def changed(self, before: ReceiptClaimRules | None) -> ReceiptClaimRules:
        """Return rules with these changes; what is not named stays."""
        named = {name: getattr(self, name) for name in self.model_fields_set}
        return replace(before or ReceiptClaimRules(), **named)


RECEIPT_CLAIMS = (
    "Which receipts members may claim with claimReceipt. Null, the default: none. While it is set, "
    "a `transactionId` earns for the one who comes first, a customer or the till."
)


def _receipt_claims_body(rules: ReceiptClaimRules | None) -> ReceiptClaimsBody | None:
    if rules is None:
        return None
    return ReceiptClaimsBody(per_day=rules.per_day, within_days=rules.within_days)


CHECK_IN_LIMIT = "How often a member's check-ins earn; by default once a day."


@lru_cache(KEPT_BODIES)
def check_in_limit_body(limit: CheckInLimit) -> CheckInLimitBody:
    """Return a limit as answers show it."""
    return CheckInLimitBody(per_day=limit.per_day, minutes_between=limit.minutes_between)


def _ascending(milestones: list[Decimal]) -> list[Decimal]:
    if any(low >= high for low, high in pairwise(milestones)):
        raise ValueError("must ascend, each different")
    return milestones


Milestones = Annotated[
    list[Annotated[Number, Field(gt=0)]],
    Field(
        max_length=MILESTONES_MAX,
        description=(
            "Totals of what a member has ever earned that `loyalty.milestone_reached` tells of, "
            "ascending; by default 100, 500, 1000 and so on to 100000. Empty for none."
        ),
    ),
    AfterValidator(_ascending),
]


LimitPoints = Annotated[Number, Field(gt=0, le=AMOUNT_UNITS_MAX)]
Excluded = Annotated[list[Id], Field(max_length=EXCLUDED_MAX)]


class EarningBaseBody(WireModel):
    """``{"taxMode": "gross", "excludedCategories": ["tobacco"]}``."""

    tax_mode: TaxMode = Field(
        default=TaxMode.GROSS,
        strict=False,
        description="Whether purchases earn by what was paid, or by that less value added tax.",
    )
    vat_percent: Percent | None = Field(
        default=None,
        description="For `net`, which needs it: the rate of purchases that come without one.",
    )
    excluded_categories: Excluded = Field(
        default_factory=list, description="`category` of lines that earn nothing."
    )
    excluded_product_ids: Excluded = Field(
        default_factory=list, description="`productId` of lines that earn nothing."
    )
    excluded_types: list[Annotated[LineType, Field(strict=False)]] = Field(
        default_factory=lambda: list(EXCLUDED_TYPES_DEFAULT),
        max_length=len(LineType),
        description=(
            "`type` of lines that earn nothing; by default vouchers, gift cards, deposits and tips."
        ),
    )
    shipping_earns: bool = Field(
        default=False,
        description="What was paid for shipping earns, too, where an order of a shop or a line "
        "says it.",
    )

    @model_validator(mode="after")
    def _net_has_a_rate(self) -> EarningBaseBody:
        if (self.tax_mode is TaxMode.NET) is not (self.vat_percent is not None):
            raise ValueError("must have vatPercent if taxMode is net, and only then")
        if LOWERING.intersection(self.excluded_types):
            raise ValueError("cannot exclude discounts and rewards: they lower what earns")
        if LineType.SHIPPING in self.excluded_types:
            raise ValueError("says by shippingEarns, not by excludedTypes, whether shipping earns")
        return self

    def to_domain(self) -> EarningBase:
        """Return the base."""
        return EarningBase(
            tax_mode=self.tax_mode,
            vat_percent=self.vat_percent,
            excluded_categories=tuple(dict.fromkeys(self.excluded_categories)),
            excluded_product_ids=tuple(dict.fromkeys(self.excluded_product_ids)),
            excluded_types=tuple(dict.fromkeys(self.excluded_types)),
            shipping_earns=self.shipping_earns,
        )


@lru_cache(KEPT_BODIES)
def _earning_base_body(base: EarningBase) -> EarningBaseBody:
    return EarningBaseBody(
        tax_mode=base.tax_mode,
        vat_percent=base.vat_percent,
        excluded_categories=list(base.excluded_categories),
        excluded_product_ids=list(base.excluded_product_ids),
        excluded_types=list(base.excluded_types),
        shipping_earns=base.shipping_earns,
    )


WelcomeBonus = Annotated[
    Number,
    Field(
        ge=0,
        le=1_000_000,
        description="What who joins from now on is given, once, in the program's unit; 0 for none.",
    ),
]
OfflineOverdraft = Annotated[
    Number,
    Field(
        ge=0,
        le=1_000_000,
        description=(
            "How far below zero a redemption may take a balance that a till has granted while it "
            "was offline: see syncOfflineTransactions. 0: not at all."
        ),
    ),
]
AllowsUnverified = Annotated[
    bool,
    Field(
        description=(
            "Whether customers may join by themselves whose e-mail and phone are not verified. The "
            "welcome bonus waits until one is."
        )
    ),
]


class EarningLimitsBody(WireModel):
    """``{"maxPerDay": 1000, "whenExceeded": "truncate"}``."""

    max_per_booking: LimitPoints | None = Field(
        default=None, description="The most that one booking grants."
    )
    max_per_day: LimitPoints | None = Field(
        default=None, description="The most that a member gets in a day of the store."
    )
    max_per_month: LimitPoints | None = Field(
        default=None, description="The most that a member gets in a month of the store."
    )
    when_exceeded: WhenExceeded = Field(
        default=WhenExceeded.TRUNCATE,
        strict=False,
        description="Grant what the limit leaves, or nothing of a booking that is more.",
    )

    def to_domain(self) -> EarningLimits:
        """Return the limits."""
        return EarningLimits(
            self.max_per_booking, self.max_per_day, self.max_per_month, self.when_exceeded
        )


@lru_cache(KEPT_BODIES)
def _earning_limits_body(limits: EarningLimits) -> EarningLimitsBody:
    return EarningLimitsBody(
        max_per_booking=limits.max_per_booking,
        max_per_day=limits.max_per_day,
        max_per_month=limits.max_per_month,
        when_exceeded=limits.when_exceeded,
    )


RefundPolicy = Annotated[
    ReversePolicy,
    Field(
        strict=False,
        description=(
            "What returned purchases take back if their points can be spent already: as much as "
            "the balance has, all of it (the balance may fall below zero), or nothing."
        ),
    ),
]
TransfersAllowed = Annotated[
    Transfers,
    Field(
        strict=False,
        description="Who may transferLoyaltyPoints: nobody, secret keys, or customers, too.",
    ),
]
RedemptionCancelDays = Annotated[
    Whole,
    Field(
        ge=0,
        le=365,
        description=(
            "For how many days after a redemption cancelRedemption gives the points back, unless "
            "the reward was handed out; 0 for never."
        ),
    ),
]
PointValue = Annotated[Number, Field(gt=0, le=1_000_000), AfterValidator(decimals(6))]
POINT_VALUE = (
    "What a point pays at a checkout, in the store's currency, with at most 6 decimals: see "
    "quoteLoyaltyPayment. Null: nothing. Not for cashback, which pays what it says."
)
PendingDays = Annotated[
    Whole,
    Field(
        ge=0,
        le=365,
        description=(
            "How many days after the day of a purchase its points are pending: not to be spent, "
            "and gone if the goods come back. 0 for none. It holds for purchases from now on."
        ),
    ),
]


EventName = Annotated[
    str,
    Field(
        pattern=worded(
            r"^([a-z][a-z0-9_]{0,49}|field:[a-zA-Z][a-zA-Z0-9_]{0,49})$",
            "must be a name in small letters like app_login, or field: and a custom field",
        ),
        description=(
            "`app_login`, `referral`, `birthday`, `newsletter`, `review`, a name of your own, or "
            "`field:` and the name of a custom field."
        ),
    ),
]


class EventRuleBody(WireModel):
    """``{"event": "app_login", "points": 5, "timesPerPeriod": 1, "period": "day"}``."""

    event: EventName
    points: Annotated[Number, Field(gt=0, le=1_000_000)] = Field(
        description="What it earns, in the program's unit."
    )
    times_per_period: Whole = Field(
        default=1, ge=1, le=1_000, description="How often a member gets it in a period."
    )
    period: Period = Field(
        default=Period.EVER,
        strict=False,
        description="By the calendar of the store; weeks begin on Monday.",
    )

    def to_domain(self) -> EventRule:
        """Return the rule."""
        return EventRule(self.event, self.points, self.times_per_period, self.period)


def _one_for_each_event(rules: list[EventRuleBody]) -> list[EventRuleBody]:
    if len({each.event for each in rules}) < len(rules):
        raise ValueError("must have one rule for each event")
    return rules


EventRules = Annotated[
    list[EventRuleBody],
    Field(max_length=EVENT_RULES_MAX, description="What events earn."),
    AfterValidator(_one_for_each_event),
]


def to_event_rules(bodies: list[EventRuleBody]) -> tuple[EventRule, ...]:
    """Return the rules of a request."""
    return tuple(each.to_domain() for each in bodies)


class ReferralBody(WireModel):
    """``{"referrerPoints": 100, "newMemberPoints": 50}``."""

    referrer_points: Annotated[Number, Field(ge=0, le=1_000_000)] = Field(
        description="For who referred, in the program's unit."
    )
    new_member_points: Annotated[Number, Field(ge=0, le=1_000_000)] = Field(
        description="For who joined by the referral."
    )
    minimum_purchase: Annotated[Number, Field(ge=0, le=1_000_000)] = Field(
        default=Decimal(0),
        description="What the first purchase must come to, in the store's currency.",
        json_schema_extra={"default": 0},
    )
    cool_off_days: Whole = Field(
        default=14,
        ge=0,
        le=365,
        description="Days after the purchase in which it must not come back; or `pendingDays`.",
    )
    limit_per_year: Whole | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="How many referrals of a member are rewarded in a year. Null: all.",
    )

    @model_validator(mode="after")
    def _require_points(self) -> ReferralBody:
        if self.referrer_points == 0 and self.new_member_points == 0:
            raise ValueError("must give points to at least one of the two")
        return self

    def to_domain(self) -> ReferralTerms:
        """Return the terms."""
        return ReferralTerms(
            self.referrer_points,
            self.new_member_points,
            self.minimum_purchase,
            self.cool_off_days,
            self.limit_per_year,
        )


REFERRAL = "What who refers a new member gets, and the new one. Null for nothing."


def _referral_body(terms: ReferralTerms | None) -> ReferralBody | None:
    if terms is None:
        return None
    return ReferralBody(
        referrer_points=terms.referrer_points,
        new_member_points=terms.new_member_points,
        minimum_purchase=terms.minimum_purchase,
        cool_off_days=terms.cool_off_days,
        limit_per_year=terms.limit_per_year,
    )


class TierPolicyBody(WireModel):
    """``{"basis": "rolling_12_months", "downgrade": "one", "graceDays": 30}``."""

    basis: TierBasis = Field(
        default=TierBasis.LIFETIME,
        strict=False,
        description=(
            "What counts: all that was ever earned; what was earned in this month and the twelve "
            "before; what was earned since 1 January; or the balance. Days and months are those of "
            "the store, and a month counts as a whole."
        ),
    )
    downgrade: TierDowngrade = Field(
        default=TierDowngrade.NONE,
        strict=False,
        description=(
            "How far a member falls for whose tier too little counts: not at all, one level, or to "
            "the level that is reached. Without it nobody falls, whatever the `basis`: that alone "
            "says how members rise."
        ),
    )
    grace_days: Whole = Field(
        default=0,
        ge=0,
        le=730,
        description="How many whole days a tier is kept for which too little counts.",
    )
    to_end_of_month: bool = Field(
        default=False, description="Whether it is kept to the end of the month, then."
    )
    alert_days: Whole = Field(
        default=TIER_ALERT_DAYS_DEFAULT,
        ge=0,
        le=365,
        description="How many days before `loyalty.tier_expiring` tells of it; 0 for never.",
    )

    def changed(self, before: TierPolicy | None) -> TierPolicy:
        """Return a policy with these changes; what is not named stays."""
        named = {name: getattr(self, name) for name in self.model_fields_set}
        return replace(before or TierPolicy(), **named)


TIER_POLICY = (
    "What counts for tiers, and how they are lost. Null, the default: all that was ever earned "
    "counts, and only what takes that back lowers a tier, at once."
)


def _tier_policy_body(policy: TierPolicy | None) -> TierPolicyBody | None:
    if policy is None:
        return None
    return TierPolicyBody(
        basis=policy.basis,
        downgrade=policy.downgrade,
        grace_days=policy.grace_days,
        to_end_of_month=policy.to_end_of_month,
        alert_days=policy.alert_days,
    )


def _event_rule_body(rule: EventRule) -> EventRuleBody:
    return EventRuleBody(
        event=rule.event,
        points=rule.points,
        times_per_period=rule.times_per_period,
        period=rule.period,
    )


class ProgramBody(WireModel):
    """A program in answers."""

    program_id: answers.ProgramId
    store_id: answers.StoreId
    program_name: str = Field(description="Name that customers see.")
    program_type: ProgramTypeName
    description: str = Field(description="Free text.")
    rules: RulesBody
    rewards: list[RewardBody] = Field(description="What members can buy.")
    branding: BrandingBody = Field(description="How the card looks in the app.")
    earning_methods: EarningMethods
    is_active: bool = Field(description="Whether the program takes members and grants points.")
    points_expiry: PointsExpiryBody | None = Field(
        description=(
            "When points expire that are granted from now on. Null if never. Points that members "
            "have keep their dates."
        )
    )
    rule_expiries: RuleExpiries
    milestones: Milestones
    earning_base: EarningBaseBody = Field(description="What of a purchase earns.")
    pending_days: PendingDays
    redemption_cancel_days: RedemptionCancelDays
    refund_policy: RefundPolicy
    transfers: TransfersAllowed
    check_in_limit: CheckInLimitBody = Field(description=CHECK_IN_LIMIT)
    welcome_bonus: WelcomeBonus
    offline_overdraft: OfflineOverdraft
    allows_unverified: AllowsUnverified
    earning_limits: EarningLimitsBody = Field(description="The most that rules grant a member.")
    event_rules: EventRules
    receipt_claims: ReceiptClaimsBody | None = Field(description=RECEIPT_CLAIMS)
    referral: ReferralBody | None = Field(description=REFERRAL)
    point_value: PointValue | None = Field(description=POINT_VALUE)
    tier_policy: TierPolicyBody | None = Field(description=TIER_POLICY)
    currency: str = Field(description="ISO 4217 code of the store's currency.")
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt


def program_fields(program: Program) -> dict[str, Any]:
    """Return the fields of a ``ProgramBody``."""
    return {
        "program_id": program.program_id,
        "store_id": program.store_id,
        "program_name": program.program_name,
        "program_type": program.program_type,
        "description": program.description,
        "rules": rules_body(program.rules),
        "rewards": [reward_body(reward) for reward in program.rewards],
        # Not checked again: an older one may not be allowed any more.
        "branding": BrandingBody.model_construct(
            color=program.branding.color, logo=program.branding.logo
        ),
        "earning_methods": list(program.earning_methods),
        "is_active": program.is_active,
        "points_expiry": points_expiry_body(program.points_expiry)
        if program.points_expiry
        else None,
        "rule_expiries": [rule_expiry_body(each) for each in program.rule_expiries],
        "milestones": list(program.milestones),
        "earning_base": _earning_base_body(program.earning_base),
        "pending_days": program.pending_days,
        "redemption_cancel_days": program.redemption_cancel_days,
        "refund_policy": program.refund_policy,
        "transfers": program.transfers,
        "check_in_limit": check_in_limit_body(program.check_in_limit),
        "welcome_bonus": program.welcome_bonus,
        "offline_overdraft": program.offline_overdraft,
        "allows_unverified": program.allows_unverified,
        "earning_limits": _earning_limits_body(program.earning_limits),
        "event_rules": [_event_rule_body(each) for each in program.event_rules],
        "receipt_claims": _receipt_claims_body(program.receipt_claims),
        "referral": _referral_body(program.referral),
        "point_value": program.point_value,
        "tier_policy": _tier_policy_body(program.tier_policy),
        "currency": program.currency,
        "created_at": program.created_at,
        "updated_at": program.updated_at,
    }


RULES_EXAMPLES: Mapping[ProgramType, dict[str, Any]] = {
    ProgramType.STAMPS: {"requiredStamps": 10, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
    ProgramType.POINTS: {"pointsPerEuro": 10, "minimumPurchase": 5.0, "pointsPerCheckin": 5},
    ProgramType.CASHBACK: {"cashbackPercentage": 3, "maxCashbackPerTransaction": 5.0},
    ProgramType.TIER: {
        "pointsPerEuro": 10,
        "pointsPerCheckin": 5,
        "tiers": [
            {"name": "Bronze", "minPoints": 0},
            {"name": "Silber", "minPoints": 500},
            {"name": "Gold", "minPoints": 1500},
        ],
    },
}
EARNING_BASE_EXAMPLE: dict[str, Any] = {
    "taxMode": "gross",
    "vatPercent": None,
    "excludedCategories": [],
    "excludedProductIds": [],
    "excludedTypes": ["voucher", "gift_card", "deposit", "tip"],
    "shippingEarns": False,
}
EARNING_LIMITS_EXAMPLE: dict[str, Any] = {
    "maxPerBooking": None,
    "maxPerDay": None,
    "maxPerMonth": None,
    "whenExceeded": "truncate",
}
PROGRAM_EXAMPLE: dict[str, Any] = {
    "programId": "lp_abc123",
    "storeId": "store_a",
    "programName": "Stempelkarte",
    "programType": "stamps",
    "description": "Jeder zehnte Kaffee ist gratis.",
    "rules": RULES_EXAMPLES[ProgramType.STAMPS],
    "rewards": [
        {
            "rewardId": "rw_abc123",
            "title": "10% Rabatt",
            "type": "discount_percent",
            "requiredPoints": 10,
            "description": "",
            "isActive": True,
            "stock": None,
            "validFrom": None,
            "validUntil": None,
        }
    ],
    "branding": {"color": "#2563EB", "logo": None},
    "earningMethods": ["qr_checkin", "store_checkin"],
    "isActive": True,
    "pointsExpiry": None,
    "ruleExpiries": [],
    "milestones": [100, 500, 1000, 5000, 10000, 50000, 100000],
    "earningBase": EARNING_BASE_EXAMPLE,
    "pendingDays": 0,
    "redemptionCancelDays": 14,
    "refundPolicy": "within_balance",
    "transfers": "none",
    "checkInLimit": {"perDay": 1, "minutesBetween": 0},
    "welcomeBonus": 0,
    "offlineOverdraft": 0,
    "allowsUnverified": False,
    "earningLimits": EARNING_LIMITS_EXAMPLE,
    "eventRules": [],
    "receiptClaims": None,
    "referral": None,
    "pointValue": None,
    "tierPolicy": None,
    "currency": "EUR",
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}
