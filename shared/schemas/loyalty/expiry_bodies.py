"""When points of a program expire: parts of requests and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from shared.domain.loyalty import expiry
from shared.domain.loyalty.expiry import PointsExpiry, Renewal, RuleExpiry
from shared.schemas.base import Whole, WireModel, invalid, worded

RULE_EXPIRIES_MAX = 50

AfterDays = Annotated[
    Whole,
    Field(
        ge=1,
        le=3_650,
        description=(
            "Points can be spent until the end of the day that is this many days after the one on "
            "which they were granted, in the store's time zone."
        ),
    ),
]
AfterMonths = Annotated[
    Whole,
    Field(
        ge=1,
        le=120,
        description=(
            "The same in months, instead of `afterDays`; the last of the month if it has no such "
            "day: points of 31 January and one month, until the end of February."
        ),
    ),
]
EndOfMonth = Annotated[
    bool, Field(description="Whether they can be spent until the end of that day's month.")
]


def _a_day(month_day: str) -> str:
    try:
        expiry.on_date(month_day, 2000)
    except ValueError:
        raise ValueError("must be a day of the year, like 12-31") from None
    return month_day


def _ascending(dates: list[str]) -> list[str]:
    if sorted(set(dates)) != dates:
        raise ValueError("must ascend, each different")
    return dates


FixedDates = Annotated[
    list[
        Annotated[
            str,
            Field(pattern=worded(r"^\d\d-\d\d$", "must be a day of the year, like 12-31")),
            AfterValidator(_a_day),
        ]
    ],
    Field(
        max_length=12,
        description=(
            "Points can be spent until the end of the next of these days, such as `12-31`; with "
            "`afterDays` or `afterMonths`, of the next one from then on. 29 February is the 28th "
            "in years without one."
        ),
    ),
    AfterValidator(_ascending),
]
RenewedBy = Annotated[
    list[Annotated[Renewal, Field(strict=False)]],
    Field(
        max_length=len(Renewal),
        description=(
            "What counts as the day of the grant for all points that the member has: `earning` by "
            "purchases, check-ins, events and given points, `spending` by redemptions. By default "
            "nothing: each point has its own time."
        ),
    ),
]
AlertDays = Annotated[
    Whole,
    Field(
        ge=0,
        le=365,
        description=(
            "How many days before points expire `loyalty.points_expiring` tells of it; 0 for "
            "never. By default 30, or as many as `afterDays` or `afterMonths` allow."
        ),
    ),
]


def _is_empty(value: Any) -> bool:
    return not value


class _Lifetime(WireModel):
    """How long points can be spent."""

    after_days: AfterDays | None = Field(default=None, exclude_if=_is_empty)
    after_months: AfterMonths | None = Field(default=None, exclude_if=_is_empty)
    end_of_month: EndOfMonth = Field(default=False, exclude_if=_is_empty)
    fixed_dates: FixedDates = Field(default_factory=list, exclude_if=_is_empty)


class PointsExpiryBody(_Lifetime):
    """``{"afterDays": 365, "alertDays": 30}``."""

    renewed_by: RenewedBy = Field(default_factory=list, exclude_if=_is_empty)
    alert_days: AlertDays | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        _require_sense(self.to_domain())
        return self

    def to_domain(self) -> PointsExpiry:
        """Return the policy. By default the alert is 30 days before, or after the grant."""
        return _policy(self.model_dump(exclude_none=True))


class PointsExpiryChangesBody(WireModel):
    """Changes of ``{"afterDays": 365, "alertDays": 30}``; what is not named stays.

    Another kind (days, months, or fixed dates) is a new policy: nothing of the old one stays. Null
    removes.
    """

    after_days: AfterDays | None = None
    after_months: AfterMonths | None = None
    end_of_month: EndOfMonth | None = None
    fixed_dates: FixedDates | None = None
    renewed_by: RenewedBy | None = None
    alert_days: AlertDays | None = None

    @model_validator(mode="after")
    def _could_make_sense(self) -> Self:
        if self.after_days or self.after_months:
            _require_sense(self.changed(None))
        return self

    def changed(self, before: PointsExpiry | None) -> PointsExpiry:
        """Return a policy with these changes. An alert that stays is after the grant, at least.

        Whoever names ``afterDays`` where months or dates were says all of the policy, and so does
        whoever names ``fixedDates`` alone where there were none. To round what there is to dates,
        both are named.

        Raises:
            InvalidParameters: The policy cannot be.
        """
        is_new = before is None or self._is_of_another_kind(before)
        kept = {} if before is None or is_new else points_expiry_body(before).model_dump()
        named = self.model_dump(exclude_unset=True)
        _require_one_rounding(kept, named)
        policy = _policy({**kept, **named})
        earliest = expiry.alert_days_max(policy.after_days, policy.after_months)
        if "alert_days" not in named and earliest is not None:
            policy = replace(policy, alert_days=min(policy.alert_days, earliest))
        _require_sense(policy)
        return policy

    def _is_of_another_kind(self, before: PointsExpiry) -> bool:
        if self.after_days:
            return before.after_days is None
        if self.after_months:
            return before.after_months is None
        return bool(self.fixed_dates) and not before.fixed_dates


class RuleExpiryBody(_Lifetime):
    """``{"rule": "welcome", "afterDays": 30}``."""

    rule: Annotated[
        str,
        Field(
            pattern=worded(
                r"^(check_in|welcome|referral|event:.{1,60})$",
                "must be check_in, welcome, referral, or event: and a name",
            ),
            description=(
                "`check_in`, `welcome`, `referral`, or `event:` and the name of an event, such as "
                "`event:birthday`."
            ),
        ),
    ]
    alert_days: AlertDays | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (problem := self.to_domain().policy.problem) is not None:
            raise ValueError(problem)
        return self

    def to_domain(self) -> RuleExpiry:
        """Return the expiry of the rule."""
        return RuleExpiry(self.rule, _policy(self.model_dump(exclude_none=True)))


def _one_for_each_rule(expiries: list[RuleExpiryBody]) -> list[RuleExpiryBody]:
    if len({each.rule for each in expiries}) < len(expiries):
        raise ValueError("must have one expiry for each rule")
    return expiries


RuleExpiries = Annotated[
    list[RuleExpiryBody],
    Field(
        max_length=RULE_EXPIRIES_MAX,
        description=(
            "When points expire that these rules grant from now on, other than `pointsExpiry` "
            "says. Nothing renews them."
        ),
    ),
    AfterValidator(_one_for_each_rule),
]


def points_expiry_body(policy: PointsExpiry) -> PointsExpiryBody:
    """Return a policy as answers show it."""
    return PointsExpiryBody(**_values(policy), renewed_by=list(policy.renewed_by))


def rule_expiry_body(rule_expiry: RuleExpiry) -> RuleExpiryBody:
    """Return the expiry of a rule as answers show it."""
    return RuleExpiryBody(rule=rule_expiry.rule, **_values(rule_expiry.policy))


def _values(policy: PointsExpiry) -> dict[str, Any]:
    return {
        "after_days": policy.after_days,
        "after_months": policy.after_months,
        "end_of_month": policy.end_of_month,
        "fixed_dates": list(policy.fixed_dates),
        "alert_days": policy.alert_days,
    }


def _policy(values: Mapping[str, Any]) -> PointsExpiry:
    after_days, after_months = values.get("after_days"), values.get("after_months")
    alert_days = values.get("alert_days")
    if alert_days is None:
        alert_days = expiry.alert_days_default(after_days, after_months)
    renewed_by = values.get("renewed_by") or ()
    return PointsExpiry(
        after_days,
        alert_days,
        after_months,
        bool(values.get("end_of_month")),
        tuple(values.get("fixed_dates") or ()),
        tuple(each for each in Renewal if each in renewed_by),
    )


def _require_one_rounding(kept: Mapping[str, Any], named: Mapping[str, Any]) -> None:
    """Refuse a rounding besides the one that stays, and say how the other is removed.

    Raises:
        InvalidParameters: Both would hold.
    """
    problem = None
    if named.get("fixed_dates") and kept.get("end_of_month") and "end_of_month" not in named:
        problem = "must have endOfMonth: false with fixedDates, as the program has endOfMonth"
    if named.get("end_of_month") and kept.get("fixed_dates") and "fixed_dates" not in named:
        problem = "must have fixedDates: null with endOfMonth, as the program has fixedDates"
    if problem is not None:
        raise invalid({"pointsExpiry": problem})


def _require_sense(policy: PointsExpiry) -> None:
    if (problem := policy.problem) is not None:
        raise invalid({"pointsExpiry": problem})
