"""A store has an endpoint for a target once, and a limited number of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.stores.stores import Store
from shared.domain.webhooks import webhook_targets
from shared.domain.webhooks.endpoints import SigningSecret, WebhookEndpoint
from shared.errors import LimitExceeded, WebhookExists

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
STORE = Store("store_a", "acc_a", "Store", "Europe/Berlin", "EUR", NOW)


def endpoint(target: str, kind: str = "http", endpoint_id: str | None = None) -> WebhookEndpoint:
    return WebhookEndpoint(
        endpoint_id=endpoint_id or f"we_{kind}_{target}",
        account_id="acc_a",
        store_id="store_a",
        kind=kind,
        target=target,
        events=("*",),
        secrets=(SigningSecret("token"),),
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_target_that_is_listed_is_found() -> None:
    store = webhook_targets.listed(STORE, endpoint("a", endpoint_id="we_1"))

    assert webhook_targets.find(store, endpoint("a", endpoint_id="we_2")) == "we_1"
    assert webhook_targets.find(store, endpoint("b")) is None
    assert webhook_targets.find(STORE, endpoint("a")) is None


def test_the_same_text_of_another_kind_is_another_target() -> None:
    store = webhook_targets.listed(STORE, endpoint("a"))

    assert webhook_targets.find(store, endpoint("a", "aws_sqs")) is None
    assert len(webhook_targets.listed(store, endpoint("a", "aws_sqs")).webhook_ids_by_target) == 2


def test_a_target_is_listed_once() -> None:
    store = webhook_targets.listed(STORE, endpoint("a", endpoint_id="we_1"))

    with pytest.raises(WebhookExists) as refusal:
        webhook_targets.listed(store, endpoint("a", endpoint_id="we_2"))

    assert refusal.value.details == {"webhookId": "we_1"}


def test_twenty_are_listed() -> None:
    store = STORE
    for number in range(20):
        store = webhook_targets.listed(store, endpoint(str(number)))

    with pytest.raises(LimitExceeded):
        webhook_targets.listed(store, endpoint("20"))
    with pytest.raises(WebhookExists):  # Which says more than that there are too many.
        webhook_targets.listed(store, endpoint("19"))
    assert webhook_targets.listed(webhook_targets.unlisted(store, endpoint("7")), endpoint("20"))


def test_a_url_is_not_readable_in_the_list() -> None:
    store = webhook_targets.listed(STORE, endpoint("https://a.example/secret", endpoint_id="we_1"))

    (key,) = store.webhook_ids_by_target
    assert len(key) == 64
    assert "secret" not in str(store)


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans())))
def test_the_list_is_that_of_what_was_put_in_and_not_taken_out(
    steps: list[tuple[str, bool]],
) -> None:
    store, there = STORE, set()
    for target, puts_in in steps:
        if not puts_in:
            store = webhook_targets.unlisted(store, endpoint(target))
            there.discard(target)
        elif target not in there:
            store = webhook_targets.listed(store, endpoint(target))
            there.add(target)
    listed = sorted(store.webhook_ids_by_target.values())
    assert listed == sorted(f"we_http_{each}" for each in there)
