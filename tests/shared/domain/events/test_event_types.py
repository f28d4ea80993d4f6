"""Event types: every documented one can be subscribed to, by itself and by wildcards."""

from __future__ import annotations

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.events import event_types
from shared.domain.events.event_types import BY_NAME, PATTERNS

DOCUMENTED = """
checkout.completed checkout.started checkout.cancelled securityTag.deactivated offer.published
offer.expired offer.clicked store.checkin store.followed dm.received clickcollect.order
clickcollect.status_changed clickcollect.picked_up product.created product.bulk_imported
integration.pos.synced integration.pos.pushed integration.erp.synced integration.erp.pushed
integration.psp.configured payment.created payment.refunded loyalty.points_earned
loyalty.points_redeemed loyalty.checkin_earned loyalty.qr_earned loyalty.tier_changed
loyalty.external_synced loyalty.enrollment loyalty.reward_unlocked
"""
SENT = {
    "loyalty.sync_conflict",
    "loyalty.points_transferred",
    "loyalty.return_dropped",
    "store.checkin",
    "member.erased",
    "loyalty.enrollment",
    "loyalty.points_adjusted",
    "loyalty.expiry_extended",
    "loyalty.points_earned",
    "loyalty.points_pending",
    "loyalty.points_redeemed",
    "loyalty.qr_earned",
    "loyalty.checkin_earned",
    "loyalty.reward_unlocked",
    "loyalty.tier_changed",
    "loyalty.tier_expiring",
    "loyalty.external_synced",
    "loyalty.milestone_reached",
    "loyalty.anniversary",
    "loyalty.points_expiring",
    "loyalty.points_expired",
    "loyalty.points_reversed",
    "loyalty.ledger_broken",
    "loyalty.membership_left",
    "loyalty.membership_merged",
    "member.merged",
    "member.suspended",
    "member.reactivated",
    "loyalty.webhook_endpoint_disabled",
    "integration.psp.configured",
    "integration.shop.data_requested",
    "integration.shop.write_failed",
    "payment.created",
    "payment.requires_action",
    "payment.authorized",
    "payment.paid",
    "payment.failed",
    "payment.canceled",
    "payment.refunded",
    "payment.refund_failed",
    "payment.charged_back",
    "member.created",
    "member.updated",
    "checkout.started",
    "checkout.completed",
    "checkout.cancelled",
    "clickcollect.order",
    "clickcollect.status_changed",
    "clickcollect.picked_up",
    "product.created",
    "product.bulk_imported",
    "integration.pos.synced",
    "integration.pos.pushed",
    "integration.erp.synced",
    "integration.erp.pushed",
}


@pytest.mark.parametrize("name", DOCUMENTED.split())
def test_a_documented_type_is_known(name: str) -> None:
    assert name in BY_NAME


def test_says_of_each_type_whether_something_sends_it() -> None:
    assert {name for name, each in BY_NAME.items() if each.is_sent} == SENT


def test_every_type_is_told_apart_and_says_what_it_is() -> None:
    assert [each.name for each in BY_NAME.values()] == list(BY_NAME)
    assert all(each.summary.endswith(".") for each in BY_NAME.values())


@pytest.mark.parametrize(
    ("patterns", "name", "expected"),
    [
        (("loyalty.points_earned",), "loyalty.points_earned", True),
        (("loyalty.points_earned",), "loyalty.points_redeemed", False),
        (("loyalty.enrollment", "loyalty.qr_earned"), "loyalty.qr_earned", True),
        (("loyalty.*",), "loyalty.tier_changed", True),
        (("loyalty.*", "loyalty.enrollment"), "loyalty.enrollment", True),
        (("loyalty.*",), "offer.published", False),
        (("loyalty.*",), "loyaltyx.points_earned", False),
        (("loyalty.points",), "loyalty.points_earned", False),
        (("integration.*",), "integration.pos.synced", True),
        (("integration.pos.*",), "integration.pos.synced", True),
        (("integration.pos.*",), "integration.erp.synced", False),
        (("*",), "integration.psp.configured", True),
        ((), "loyalty.points_earned", False),
    ],
)
def test_an_endpoint_subscribes_to_types_and_wildcards(
    patterns: tuple[str, ...], name: str, expected: bool
) -> None:
    assert event_types.subscribes(patterns, name) is expected


def test_wildcards_are_the_beginnings_of_types() -> None:
    assert set(PATTERNS) - BY_NAME.keys() == {
        "*",
        "loyalty.*",
        "member.*",
        "integration.*",
        "integration.pos.*",
        "integration.erp.*",
        "integration.shop.*",
        "integration.psp.*",
        "payment.*",
        "checkout.*",
        "securityTag.*",
        "offer.*",
        "store.*",
        "dm.*",
        "clickcollect.*",
        "product.*",
    }
    assert len(set(PATTERNS)) == len(PATTERNS)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_includes_a_type(pattern: str) -> None:
    assert any(event_types.subscribes((pattern,), name) for name in BY_NAME)


def test_every_type_can_be_had_by_the_wildcard() -> None:
    assert all(event_types.subscribes(("*",), each) for each in BY_NAME)


def test_tiers_and_syncs_are_delivered_to_the_highest_package_alone() -> None:
    loyalty = {n: t.package for n, t in BY_NAME.items() if n.startswith("loyalty.")}
    dear = {name for name, needed in loyalty.items() if needed is Package.PRIME}
    tiers = {"loyalty.tier_changed", "loyalty.tier_expiring"}
    assert dear == {*tiers, "loyalty.external_synced", "loyalty.sync_conflict"}
    assert set(loyalty.values()) == {Package.GO, Package.PRIME}
