"""configurePSP: checked with the provider, stored encrypted, never shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared import config
from shared.store import client, paths
from tests.support.merchants import Merchant
from tests.support.payments import Till
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tools.psp_stand_in import API_KEY, NOTIFICATION_SECRET


def test_answers_what_is_configured_without_secrets(till: Till) -> None:
    answer = till.configure()

    assert answer.body == {
        "success": True,
        "provider": "custom",
        "storeId": till.merchant.store_id,
        "configured": True,
        "isDefault": True,
        "isTest": False,
    }


def test_no_secret_is_stored_logged_or_shown(
    till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    till.configure()
    shown = till.merchant.api.ok("getPSPConfiguration", {"storeId": till.merchant.store_id})
    document = client.get_one(paths.psp_configuration(till.merchant.store_id)).data
    printed = capsys.readouterr()

    for text in (json.dumps(shown), str(document), printed.out, printed.err):
        assert API_KEY not in text
        assert NOTIFICATION_SECRET not in text
    assert shown["providers"][0]["config"] == {"apiUrl": till.provider.url, "mode": "live"}


def test_the_provider_is_asked_first(till: Till) -> None:
    assert till.provider.calls == [("GET", "/account")]


def test_credentials_that_the_provider_refuses_are_not_stored(till: Till) -> None:
    wrong = {**till.config, "apiKey": "another-key-than-that"}

    with nothing_written():
        answer = till.configure(config=wrong)

    meaning = answer.body["details"]["meaning"]
    details = {"retryable": False, "status": 401, "meaning": meaning}
    assert_refused(answer, 400, "CONNECTOR_CREDENTIALS_REFUSED", details)
    assert meaning["code"] in {"answered", "answered_words"}
    assert meaning["parameters"]["status"] == "401"
    assert "another-key" not in str(answer.body)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"apiKey": None}, {"config.apiKey": "must be a string"}),
        ({"apiKey": "short"}, {"config.apiKey": "must have at least 16 characters"}),
        ({"colour": "red"}, {"config.colour": "is not a known field"}),
        ({"mode": "fast"}, {"config.mode": "must be one of 'test' or 'live'"}),
        (
            {"baseUrl": "https://example.com"},
            {"config.baseUrl": "must be on this machine, like http://127.0.0.1:4010"},
        ),
    ],
)
def test_refuses_a_field_by_its_name(
    till: Till, changes: dict[str, object], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = till.configure(config={**till.config, **changes})

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    "url",
    [
        "http://pay.example.com",
        "https://10.0.0.1",
        "https://169.254.169.254/latest",
        "https://user:word@pay.example.com",
        "https://metadata.internal",
        "https://pay.example.com:8080",
    ],
)
def test_refuses_a_host_that_is_not_public(till: Till, url: str) -> None:
    with nothing_written():
        answer = till.configure(config={**till.config, "apiUrl": url})

    assert answer.error == "INVALID_PARAMETERS"
    fields, meanings = answer.body["details"]["fields"], answer.body["details"]["meanings"]
    problem = {"problem": fields["config.apiUrl"]}
    assert meanings == {"config.apiUrl": {"code": "address_not_allowed", "parameters": problem}}
    assert len(fields) == 1


def test_a_stand_in_is_for_the_emulator_only(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "is_emulated", lambda: False)

    with nothing_written():
        answer = till.configure(config={**till.config, "baseUrl": till.provider.url})

    problem = "is for tests under the emulator only: leave it out"
    assert_fields_refused(answer, {"config.baseUrl": problem})


def test_a_deleted_provider_takes_no_payments(till: Till) -> None:
    store = {"storeId": till.merchant.store_id}
    deleted = till.merchant.api.ok("deletePSPConfiguration", {**store, "provider": "custom"})

    assert deleted == {"success": True, **store, "provider": "custom", "defaultProvider": None}
    assert till.merchant.api.ok("getPSPConfiguration", store)["providers"] == []
    with nothing_written():
        answer = till.process()
    details = {"retryable": False, "configured": []}
    assert_refused(answer, 400, "CONNECTOR_NOT_CONFIGURED", details)


def test_a_repeated_request_configures_once(till: Till) -> None:
    body = {"provider": "custom", "storeId": till.merchant.store_id, "config": till.config}
    first = till.merchant.api("configurePSP", body, idempotency_key="k")
    forgotten = {"provider": "custom", "storeId": till.merchant.store_id}
    deleted = till.merchant.api("deletePSPConfiguration", forgotten, idempotency_key="d")

    with nothing_written():
        again = till.merchant.api("configurePSP", body, idempotency_key="k")
        deleted_again = till.merchant.api("deletePSPConfiguration", forgotten, idempotency_key="d")

    assert (again.body, again.is_replay) == (first.body, True)
    assert (deleted_again.body, deleted_again.is_replay) == (deleted.body, True)
    assert (first.is_replay, deleted.is_replay) == (False, False)


def test_needs_grow(new_merchant) -> None:
    from shared.domain.accounts.packages import Package

    answer = new_merchant(Package.GO).api("configurePSP", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")


def test_a_test_account_takes_only_test_credentials(
    till: Till, new_merchant: Callable[..., Merchant]
) -> None:
    tested = replace(till, merchant=new_merchant(is_test=True))
    with nothing_written():
        live = tested.configure()
        named = tested.configure(config={**till.config, "mode": "live"})
    assert_refused(live, 403, "LIVE_PROVIDER_REFUSED")
    assert_refused(named, 403, "LIVE_PROVIDER_REFUSED")
    done = tested.configure(config={**till.config, "mode": "test"})
    assert (done.status, done.body["isTest"]) == (200, True)
    assert tested.process().status == 200
