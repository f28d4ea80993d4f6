"""All that a merchant says of a program: createLoyaltyProgram takes it, configurations hold it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from pydantic import Field, model_validator

from shared.domain.loyalty.programs import (
    EARNING_METHODS_DEFAULT,
    MILESTONES_DEFAULT,
    REDEMPTION_CANCEL_DAYS_DEFAULT,
    Branding,
    ProgramType,
    Transfers,
    require_event_rules,
    require_limits,
    require_milestones,
)
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.rewards import require_costs
from shared.domain.units import SCALE_MAX, to_units
from shared.schemas.base import RequestModel
from shared.schemas.fields import FreeText
from shared.schemas.loyalty.expiry_bodies import PointsExpiryBody, RuleExpiries
from shared.schemas.loyalty.program_bodies import (
    CHECK_IN_LIMIT,
    POINT_VALUE,
    RECEIPT_CLAIMS,
    REFERRAL,
    TIER_POLICY,
    AllowsUnverified,
    BrandingBody,
    CheckInLimitBody,
    EarningBaseBody,
    EarningLimitsBody,
    EarningMethods,
    EventRules,
    Milestones,
    OfflineOverdraft,
    PendingDays,
    PointValue,
    ProgramName,
    ProgramTypeName,
    ReceiptClaimsBody,
    RedemptionCancelDays,
    ReferralBody,
    RefundPolicy,
    RulesBody,
    TierPolicyBody,
    TransfersAllowed,
    WelcomeBonus,
    parse_rules,
    to_event_rules,
)
from shared.schemas.loyalty.reward_bodies import Rewards, to_rewards

_NONE: dict[str, Any] = {"default": 0}
"""For the schema, where a decimal's default would be a text."""


class NewProgramBody(RequestModel):
    """All that a merchant says of a program; it is inactive unless ``isActive`` is true."""

    program_name: ProgramName
    program_type: ProgramTypeName
    rules: RulesBody
    description: FreeText = ""
    rewards: Rewards = Field(default_factory=list)
    branding: BrandingBody = Field(
        default_factory=BrandingBody, description="How the card looks in the app."
    )
    earning_methods: EarningMethods = Field(default_factory=lambda: list(EARNING_METHODS_DEFAULT))
    is_active: bool = Field(
        default=False, description="Whether the program takes members and grants points."
    )
    points_expiry: PointsExpiryBody | None = Field(
        default=None,
        description=(
            "When points expire that are granted from now on. Null if never. Points that members "
            "have keep their dates."
        ),
    )
    rule_expiries: RuleExpiries = Field(default_factory=list)
    milestones: Milestones = Field(default_factory=lambda: list(MILESTONES_DEFAULT))
    earning_base: EarningBaseBody = Field(
        default_factory=EarningBaseBody, description="What of a purchase earns."
    )
    pending_days: PendingDays = 0
    redemption_cancel_days: RedemptionCancelDays = REDEMPTION_CANCEL_DAYS_DEFAULT
    refund_policy: RefundPolicy = ReversePolicy.WITHIN_BALANCE
    transfers: TransfersAllowed = Transfers.NONE
    check_in_limit: CheckInLimitBody = Field(
        default_factory=CheckInLimitBody, description=CHECK_IN_LIMIT
    )
    welcome_bonus: WelcomeBonus = Field(default=Decimal(0), json_schema_extra=_NONE)
    offline_overdraft: OfflineOverdraft = Field(default=Decimal(0), json_schema_extra=_NONE)
    allows_unverified: AllowsUnverified = False
    earning_limits: EarningLimitsBody = Field(
        default_factory=EarningLimitsBody, description="The most that rules grant a member."
    )
    event_rules: EventRules = Field(default_factory=list)
    receipt_claims: ReceiptClaimsBody | None = Field(default=None, description=RECEIPT_CLAIMS)
    referral: ReferralBody | None = Field(default=None, description=REFERRAL)
    point_value: PointValue | None = Field(default=None, description=POINT_VALUE)
    tier_policy: TierPolicyBody | None = Field(default=None, description=TIER_POLICY)

    @model_validator(mode="after")
    def _fits_type(self) -> Self:
        parse_rules(self.program_type, self.rules)
        # The store has the currency, which gives the decimals of money.
        scale = SCALE_MAX if self.program_type is ProgramType.CASHBACK else 0
        require_costs(to_rewards(self.rewards), scale)
        require_milestones(self.milestones, scale)
        to_units(self.welcome_bonus, scale, field="welcomeBonus")
        require_limits(self.earning_limits.to_domain(), scale)
        to_units(self.offline_overdraft, scale, field="offlineOverdraft")
        require_event_rules(to_event_rules(self.event_rules), scale)
        return self

    def domain_fields(self) -> dict[str, Any]:
        """Return what it says as fields of a ``Program``, ``rewards`` with an id each."""
        return {
            "program_name": self.program_name,
            "program_type": self.program_type,
            "description": self.description,
            "rules": parse_rules(self.program_type, self.rules),
            "rewards": to_rewards(self.rewards),
            "branding": Branding(self.branding.color, self.branding.logo),
            "earning_methods": tuple(dict.fromkeys(self.earning_methods)),
            "is_active": self.is_active,
            "points_expiry": self.points_expiry.to_domain() if self.points_expiry else None,
            "rule_expiries": tuple(each.to_domain() for each in self.rule_expiries),
            "milestones": tuple(self.milestones),
            "earning_base": self.earning_base.to_domain(),
            "pending_days": self.pending_days,
            "referral": self.referral.to_domain() if self.referral else None,
            "point_value": self.point_value,
            "tier_policy": self.tier_policy.changed(None) if self.tier_policy else None,
            "redemption_cancel_days": self.redemption_cancel_days,
            "refund_policy": self.refund_policy,
            "transfers": self.transfers,
            "check_in_limit": self.check_in_limit.to_domain(),
            "welcome_bonus": self.welcome_bonus,
            "offline_overdraft": self.offline_overdraft,
            "allows_unverified": self.allows_unverified,
            "earning_limits": self.earning_limits.to_domain(),
            "event_rules": to_event_rules(self.event_rules),
            "receipt_claims": self.receipt_claims.changed(None) if self.receipt_claims else None,
        }
