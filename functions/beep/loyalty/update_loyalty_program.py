"""POST /api/v1/updateLoyaltyProgram: change a loyalty program; missing fields stay."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty.programs import (
    NO_LIMITS,
    ReceiptClaimRules,
    require_event_rules,
    require_limits,
    require_milestones,
)
from shared.domain.loyalty.rewards import require_costs
from shared.domain.loyalty.tier_policies import TierPolicy
from shared.domain.units import SCALE_MAX, to_units
from shared.errors import ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, refuse_fixed
from shared.schemas.fields import FreeText, ProgramId, StoreId
from shared.schemas.loyalty.expiry_bodies import PointsExpiryChangesBody, RuleExpiries
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
    ReceiptClaimsBody,
    RedemptionCancelDays,
    ReferralBody,
    RefundPolicy,
    RulesBody,
    TierPolicyBody,
    TransfersAllowed,
    WelcomeBonus,
    changed_rules,
    example_with,
    refuse_impossible_rules,
    rules_body,
    to_event_rules,
)
from shared.schemas.loyalty.reward_bodies import Rewards, replaced_rewards, to_rewards
from shared.services.loyalty import programs


class Request(RequestModel):
    """The request holds the changes. The type cannot be changed.

    ``rules``, ``branding``, ``pointsExpiry`` and ``tierPolicy`` are merged: what they do not name
    stays, and null in them removes what is optional. Only a ``pointsExpiry`` of another kind (days,
    months, or fixed dates) is a new one as a whole. Lists are replaced as a whole. A field that is
    null itself changes nothing, except for ``pointsExpiry``: points granted from then on never
    expire, ``receiptClaims``: receipts are claimed no more, ``pointValue``: points pay nothing, and
    ``tierPolicy``.
    """

    program_id: ProgramId
    store_id: StoreId | None = None
    program_name: ProgramName | None = None
    description: FreeText | None = None
    rules: RulesBody | None = None
    rewards: Rewards | None = Field(
        default=None,
        description=(
            "All rewards anew; send the `rewardId` of those kept. What the others' codes promise "
            "holds."
        ),
    )
    branding: BrandingBody | None = Field(
        default=None, description="How the card looks in the app."
    )
    earning_methods: EarningMethods | None = None
    is_active: bool | None = Field(
        default=None, description="Whether the program takes members and grants points."
    )
    points_expiry: PointsExpiryChangesBody | None = Field(
        default=None,
        description=(
            "When points expire that are granted from now on; null for never. Left out, it stays "
            "as it is. Points that members have keep their dates."
        ),
    )
    rule_expiries: RuleExpiries | None = None
    milestones: Milestones | None = None
    earning_base: EarningBaseBody | None = Field(
        default=None, description="What of a purchase earns, as a whole."
    )
    pending_days: PendingDays | None = None
    redemption_cancel_days: RedemptionCancelDays | None = None
    refund_policy: RefundPolicy | None = None
    transfers: TransfersAllowed | None = None
    check_in_limit: CheckInLimitBody | None = Field(default=None, description=CHECK_IN_LIMIT)
    welcome_bonus: WelcomeBonus | None = None
    offline_overdraft: OfflineOverdraft | None = None
    allows_unverified: AllowsUnverified | None = None
    earning_limits: EarningLimitsBody | None = Field(
        default=None, description="The most that rules grant a member, as a whole; `{}` for none."
    )
    event_rules: EventRules | None = None
    receipt_claims: ReceiptClaimsBody | None = Field(
        default=None, description=f"{RECEIPT_CLAIMS} Left out, it stays as it is."
    )
    referral: ReferralBody | None = Field(default=None, description=REFERRAL)
    point_value: PointValue | None = Field(default=None, description=POINT_VALUE)
    tier_policy: TierPolicyBody | None = Field(
        default=None, description=f"{TIER_POLICY} Left out, it stays as it is."
    )

    @model_validator(mode="before")
    @classmethod
    def _keeps_its_type(cls, data: Any) -> Any:
        refuse_fixed(cls, data, {"programType": "cannot be changed"})
        return data

    @model_validator(mode="after")
    def _could_fit(self) -> Self:
        if self.rules is not None:
            refuse_impossible_rules(self.rules)
        require_costs(to_rewards(self.rewards or []), SCALE_MAX)
        require_milestones(self.milestones or [], SCALE_MAX)
        to_units(self.welcome_bonus or Decimal(0), SCALE_MAX, field="welcomeBonus")
        require_limits(
            self.earning_limits.to_domain() if self.earning_limits else NO_LIMITS, SCALE_MAX
        )
        to_units(self.offline_overdraft or Decimal(0), SCALE_MAX, field="offlineOverdraft")
        require_event_rules(to_event_rules(self.event_rules or []), SCALE_MAX)
        return self


class Response(ResponseModel):
    """The time of the change, and the rules that hold from then on."""

    success: Success = True
    program_id: answers.ProgramId
    store_id: answers.StoreId
    updated_at: answers.UpdatedAt
    rules: RulesBody


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "activate": {"programId": "lp_abc123", "isActive": True},
    "rules": {"programId": "lp_abc123", "rules": {"requiredStamps": 8}},
    "expiry": {"programId": "lp_abc123", "pointsExpiry": {"afterDays": 365, "alertDays": 30}},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "storeId": "store_a",
    "updatedAt": "2026-03-03T12:00:00.000Z",
    "rules": {"requiredStamps": 8, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Change the program and its mirror in one commit."""
    changes = programs.ProgramChanges(
        program_name=body.program_name,
        description=body.description,
        rules=None if body.rules is None else partial(changed_rules, body=body.rules),
        rewards=None if body.rewards is None else replaced_rewards(body.rewards),
        branding=None if body.branding is None else body.branding.model_dump(exclude_unset=True),
        earning_methods=tuple(dict.fromkeys(body.earning_methods or ())) or None,
        is_active=body.is_active,
        points_expiry=None if body.points_expiry is None else body.points_expiry.changed,
        ends_expiry="points_expiry" in body.model_fields_set and body.points_expiry is None,
        rule_expiries=None
        if body.rule_expiries is None
        else tuple(each.to_domain() for each in body.rule_expiries),
        milestones=None if body.milestones is None else tuple(body.milestones),
        earning_base=None if body.earning_base is None else body.earning_base.to_domain(),
        pending_days=body.pending_days,
        referral=body.referral.to_domain() if body.referral else None,
        ends_referral="referral" in body.model_fields_set and body.referral is None,
        point_value=body.point_value,
        ends_point_value="point_value" in body.model_fields_set and body.point_value is None,
        redemption_cancel_days=body.redemption_cancel_days,
        refund_policy=body.refund_policy,
        transfers=body.transfers,
        check_in_limit=body.check_in_limit.changed if body.check_in_limit else None,
        welcome_bonus=body.welcome_bonus,
        offline_overdraft=body.offline_overdraft,
        allows_unverified=body.allows_unverified,
        earning_limits=None if body.earning_limits is None else body.earning_limits.to_domain(),
        event_rules=None if body.event_rules is None else to_event_rules(body.event_rules),
        receipt_claims=_receipt_claims(body),
        tier_policy=_tier_policy(body),
    )
    saved = programs.update(caller, body.program_id, body.store_id, changes)
    assert saved.rules is not None
    return Response(
        program_id=saved.program_id,
        store_id=saved.store_id,
        updated_at=saved.updated_at,
        rules=rules_body(saved.rules),
        is_replay=saved.is_replay,
    )


def _receipt_claims(
    body: Request,
) -> Callable[[ReceiptClaimRules | None], ReceiptClaimRules | None] | None:
    """Return the change of what members may claim; ``None`` if the request names none."""
    if "receipt_claims" not in body.model_fields_set:
        return None
    return body.receipt_claims.changed if body.receipt_claims else lambda _: None


def _tier_policy(body: Request) -> Callable[[TierPolicy | None], TierPolicy | None] | None:
    """Return the change of the policy for tiers; ``None`` if the request names none."""
    if "tier_policy" not in body.model_fields_set:
        return None
    return body.tier_policy.changed if body.tier_policy else lambda _: None


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Change the rules of an example."""
    return {"rules": example_with(body.rules)} if body.rules else {"rules": EXAMPLE["rules"]}
