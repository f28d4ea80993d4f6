"""POST /api/v1/createLoyaltyProgram: create a loyalty program for a store."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
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
from shared.errors import LimitExceeded, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import FreeText, StoreId
from shared.schemas.loyalty.expiry_bodies import PointsExpiryBody, RuleExpiries
from shared.schemas.loyalty.program_bodies import (
    CHECK_IN_LIMIT,
    POINT_VALUE,
    RECEIPT_CLAIMS,
    REFERRAL,
    RULES_EXAMPLES,
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
from shared.services.loyalty import programs

_NONE: dict[str, Any] = {"default": 0}
"""For the schema, where a decimal's default would be a text."""


class Request(RequestModel):
    """A new program; it is inactive unless ``isActive`` is true."""

    store_id: StoreId
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


class Response(ResponseModel):
    """The program's id."""

    success: Success = True
    program_id: answers.ProgramId
    store_id: answers.StoreId
    created_at: answers.CreatedAt


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    program_type.value: {
        "storeId": "store_a",
        "programName": "Stammkunden",
        "programType": program_type.value,
        "rules": rules,
        "rewards": [{"title": "10% Rabatt", "type": "discount_percent", "requiredPoints": 10}],
        "branding": {"color": "#2563EB"},
        "isActive": True,
    }
    for program_type, rules in RULES_EXAMPLES.items()
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "storeId": "store_a",
    "createdAt": "2026-03-03T12:00:00.000Z",
}

REFUSALS = (StoreNotFound, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Create the program and its mirror in one commit."""
    draft = programs.ProgramDraft(
        program_name=body.program_name,
        program_type=body.program_type,
        description=body.description,
        rules=parse_rules(body.program_type, body.rules),
        rewards=to_rewards(body.rewards),
        branding=Branding(body.branding.color, body.branding.logo),
        earning_methods=tuple(dict.fromkeys(body.earning_methods)),
        is_active=body.is_active,
        points_expiry=body.points_expiry.to_domain() if body.points_expiry else None,
        rule_expiries=tuple(each.to_domain() for each in body.rule_expiries),
        milestones=tuple(body.milestones),
        earning_base=body.earning_base.to_domain(),
        pending_days=body.pending_days,
        referral=body.referral.to_domain() if body.referral else None,
        point_value=body.point_value,
        tier_policy=body.tier_policy.changed(None) if body.tier_policy else None,
        redemption_cancel_days=body.redemption_cancel_days,
        refund_policy=body.refund_policy,
        transfers=body.transfers,
        check_in_limit=body.check_in_limit.to_domain(),
        welcome_bonus=body.welcome_bonus,
        offline_overdraft=body.offline_overdraft,
        allows_unverified=body.allows_unverified,
        earning_limits=body.earning_limits.to_domain(),
        event_rules=to_event_rules(body.event_rules),
        receipt_claims=body.receipt_claims.changed(None) if body.receipt_claims else None,
    )
    saved = programs.create(caller, body.store_id, draft)
    return Response(
        program_id=saved.program_id,
        store_id=saved.store_id,
        created_at=saved.created_at,
        is_replay=saved.is_replay,
    )
