"""Random sequences of what can happen to a checkout, against a model of what stays paid."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import ids
from tests.support import stored
from tests.support.checkouts import METHODS, RULES, Market
from tests.support.merchants import Member
from tests.support.payments import RETURN_URL, Till

TOTAL = 1000
EARNED = 100

WORDS = ("complete", "cancel", "pay", "fail", "notify", "till_refund", "provider_refund", "repeat")
STEPS = st.lists(st.tuples(st.sampled_from(WORDS), st.integers(1, 700)), max_size=10)


@dataclass
class Story:
    """One checkout, what happens to it, and a model of what the merchant has of it."""

    market: Market
    provider: Till
    user_id: str
    stage: str = "started"
    till_minor: int = 0
    provider_minor: int = 0
    till_took: bool = False
    provider_stage: str = "open"
    refunds: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.member = self.market.member.other(self.user_id)
        self.member.enroll()
        answer = self.market.begin(returnUrl=RETURN_URL, userId=self.user_id)
        self.transaction_id = answer.body["transactionId"]
        self.payment_id = answer.body["paymentId"]
        self.vendor_id = self.provider.stored(self.payment_id).vendor_payment_id or ""

    @property
    def paid(self) -> int:
        return min(self.till_minor + self.provider_minor, TOTAL)

    @property
    def units(self) -> int:
        """What the member has, by the rule of shares: what was returned takes its part, down."""
        if self.stage != "completed":
            return 0
        return EARNED - EARNED * (TOTAL - self.paid) // TOTAL

    def complete(self, _: int) -> None:
        done = self.market.complete(self.transaction_id)
        assert done.status == (409 if self.stage == "cancelled" else 200)
        if self.stage == "started":
            self.stage, self.till_minor, self.till_took = "completed", TOTAL, True

    def cancel(self, _: int) -> None:
        done = self.market.cancel(self.transaction_id)
        assert done.status == (409 if self.stage == "completed" else 200)
        if self.stage == "started":
            self.stage, self.provider_stage = "cancelled", "over"

    def pay(self, _: int) -> None:
        if self.provider_stage == "open":
            self.provider.pay(self.vendor_id)
            self.stage, self.provider_minor, self.provider_stage = "completed", TOTAL, "paid"

    def fail(self, _: int) -> None:
        if self.provider_stage == "open":
            self.provider.pay(self.vendor_id, succeeds=False)
            self.provider_stage = "over"
            self.stage = "cancelled" if self.stage == "started" else self.stage

    def notify(self, _: int) -> None:
        self.provider.notify(self.vendor_id)

    def till_refund(self, amount: int) -> None:
        reference = f"r_{len(self.refunds)}"
        done = self.market.refund(self.transaction_id, amount=amount, refundReference=reference)
        if not self.till_took:
            assert done.status == 409
        elif amount > self.till_minor:
            assert done.status == 400
        else:
            assert done.status == 200
            self.till_minor -= amount
            self.refunds.append((reference, amount))

    def provider_refund(self, amount: int) -> None:
        reference = f"p_{self.provider_minor}"
        done = self.provider.refund(self.payment_id, amount=amount, refundReference=reference)
        fits = self.provider_stage == "paid" and amount <= self.provider_minor
        assert done.status == (200 if fits else 400)
        self.provider_minor -= amount if fits else 0

    def repeat(self, _: int) -> None:
        for reference, amount in self.refunds:
            done = self.market.refund(self.transaction_id, amount=amount, refundReference=reference)
            assert (done.status, done.is_replay) == (200, True)

    def check(self) -> None:
        purchase = self.market.purchase(self.transaction_id)
        assert stored.membership(self.member).balance_units == self.units
        assert purchase["paid"] == self.paid
        assert purchase["overpaid"] == max(self.till_minor + self.provider_minor - TOTAL, 0)
        kept = (
            self.stage if self.stage != "completed" or self.paid == TOTAL else "partially_refunded"
        )
        assert purchase["status"] == (
            "refunded" if self.stage == "completed" and self.paid == 0 else kept
        )


@pytest.mark.wide  # Each of the stories is a whole day of a till.
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_points_are_what_the_rule_says_of_what_stays_paid(till: Till, data: st.DataObject) -> None:
    programs = till.merchant.api.ok("getLoyaltyPrograms", {"storeId": till.merchant.store_id})
    known = [each["programId"] for each in programs["programs"]]
    program_id = known[0] if known else till.merchant.program(rules=RULES, earningMethods=METHODS)
    market = Market(till.merchant, Member(till.merchant, program_id, "user_1"))
    story = Story(market, till, ids.new("user"))

    for word, amount in data.draw(STEPS):
        getattr(story, word)(amount)
        story.check()

    stored.assert_sound(story.member)
    told = [name for name, each in market.events() if each["userId"] == story.user_id]
    assert len(told) == len(set(told))
