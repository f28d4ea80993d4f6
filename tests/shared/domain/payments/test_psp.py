"""A store's providers: one account with each, and always a default among them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.payments.psp import PspAccount, PspConfiguration
from shared.errors import ConnectorNotConfigured

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
NONE = PspConfiguration("store_a", "acc_1")
names = st.sampled_from(["stripe", "adyen", "mollie", "custom"])


def account(provider: str, token: str = "token") -> PspAccount:
    return PspAccount(provider, token, {}, is_test=False, configured_at=NOW)


def configured(*providers: str) -> PspConfiguration:
    found = NONE
    for each in providers:
        found = found.configured(account(each), is_default=False)
    return found


def test_the_first_is_the_default_until_another_is_said_to_be() -> None:
    first = configured("stripe", "adyen")
    assert first.default_provider == "stripe"
    other = first.configured(account("mollie"), is_default=True)
    assert other.default_provider == "mollie"
    assert other.account(None) == account("mollie")
    assert other.account("adyen") == account("adyen")


def test_configuring_again_replaces_the_account_and_keeps_the_default() -> None:
    again = configured("stripe", "adyen").configured(account("stripe", "new"), is_default=False)
    assert again.account("stripe").config_token == "new"
    assert [each.provider for each in again.accounts] == ["adyen", "stripe"]
    assert again.default_provider == "stripe"


def test_the_oldest_that_is_left_becomes_the_default() -> None:
    left = configured("stripe", "adyen", "mollie").without("stripe")
    assert (left.default_provider, len(left.accounts)) == ("adyen", 2)
    assert left.without("mollie").default_provider == "adyen"
    assert left.without("mollie").without("adyen") == NONE


@pytest.mark.parametrize(
    ("wanted", "message"),
    [(None, "The store has no payment provider."), ("adyen", "The store has no provider adyen.")],
)
def test_names_what_is_configured_instead(wanted: str | None, message: str) -> None:
    with pytest.raises(ConnectorNotConfigured, match=message) as refused:
        NONE.account(wanted)
    assert refused.value.details["configured"] == []
    with pytest.raises(ConnectorNotConfigured) as refused:
        configured("stripe", "mollie").account("adyen")
    assert refused.value.details["configured"] == ["stripe", "mollie"]


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(ConnectorNotConfigured):
        configured("stripe").without("adyen")


@given(st.lists(st.tuples(names, st.sampled_from(["add", "default", "remove"])), max_size=20))
def test_the_default_is_always_one_of_the_accounts(steps: list[tuple[str, str]]) -> None:
    found = NONE
    for provider, step in steps:
        has = provider in {each.provider for each in found.accounts}
        if step != "remove":
            found = found.configured(account(provider), is_default=step == "default")
        elif has:
            found = found.without(provider)
        listed = [each.provider for each in found.accounts]
        assert len(set(listed)) == len(listed)
        assert found.default_provider in (listed or [None])
