"""configureSync: checked with the system, stored encrypted, never shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.connectors import erp, pos
from shared.connectors.pos.korona import Config
from shared.domain.accounts.packages import Package
from shared.domain.systems.syncs import SystemKind
from shared.services import credentials
from shared.store import client, paths
from tests.support.branches import BUSY, Branch, always
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tools.korona_stand_in import ACCOUNT_ID, COUPLING_ID, PASSWORD


def document(branch: Branch) -> dict[str, Any] | None:
    return client.get_one(paths.connection(branch.store_id, SystemKind.POS, "korona")).data


def test_answers_what_is_configured(branch: Branch) -> None:
    answer = branch.configure()

    assert answer.body == {
        "success": True,
        "kind": "pos",
        "system": "korona",
        "storeId": branch.store_id,
        "configured": True,
        "schedule": "none",
        "nextSyncAt": None,
        "writesCards": False,
    }
    # The system was asked whether it accepts the credentials, and nothing else.
    assert branch.till.calls == [("GET", f"/accounts/{ACCOUNT_ID}")]


@pytest.mark.parametrize(
    ("schedule", "first", "last"),
    [
        # Of 12:00 UTC in Berlin; the night after is that of 4 March.
        ("hourly", datetime(2026, 3, 3, 12, tzinfo=UTC), datetime(2026, 3, 3, 13, tzinfo=UTC)),
        ("nightly", datetime(2026, 3, 4, 2, tzinfo=UTC), datetime(2026, 3, 4, 3, tzinfo=UTC)),
    ],
)
def test_says_when_it_is_synced_next(
    branch: Branch, schedule: str, first: datetime, last: datetime
) -> None:
    answer = branch.configure(schedule=schedule)

    due = datetime.fromisoformat(answer.body["nextSyncAt"])
    assert first <= due <= last
    assert branch.status()["nextSyncAt"] == answer.body["nextSyncAt"]
    assert branch.status()["schedule"] == schedule


def test_no_secret_is_stored_logged_or_shown(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    branch.configure()
    shown, found = branch.status(), document(branch)
    printed = capsys.readouterr()

    for text in (json.dumps(shown), str(found), printed.out, printed.err):
        assert PASSWORD not in text
        assert COUPLING_ID not in text
    assert shown["isConfigured"] is True
    assert shown["config"]["username"] == branch.till.credentials["username"]
    assert shown["config"].keys().isdisjoint({"password", "couplingId"})
    assert found is not None
    restored = credentials.decrypted(
        Config, found["configToken"], paths.connection(branch.store_id, "pos", "korona")
    )
    assert restored.password.get_secret_value() == PASSWORD


def test_configuring_again_replaces_it(branch: Branch) -> None:
    program_id = branch.merchant.program()
    branch.configure(schedule="hourly", awardPointsProgramId=program_id)
    assert branch.status()["awardPointsProgramId"] == program_id

    branch.configure()

    status = branch.status()
    assert (status["schedule"], status["nextSyncAt"]) == ("none", None)
    assert status["awardPointsProgramId"] is None


def test_a_repeated_request_configures_once(branch: Branch) -> None:
    body = {
        "kind": "pos",
        "system": "korona",
        "storeId": branch.store_id,
        "credentials": branch.till.credentials,
        "schedule": "nightly",
    }
    first = branch.merchant.api("configureSync", body, idempotency_key="k")
    with nothing_written():
        again = branch.merchant.api("configureSync", body, idempotency_key="k")

    assert (again.body, again.is_replay, first.is_replay) == (first.body, True, False)


def test_credentials_that_the_system_refuses_are_not_stored(branch: Branch) -> None:
    wrong = {**branch.till.credentials, "password": "another-word"}
    with nothing_written():
        answer = branch.configure(credentials=wrong)

    details = {"retryable": False, "status": 401}
    assert_refused(answer, 400, "CONNECTOR_CREDENTIALS_REFUSED", details)
    assert "another-word" not in answer.body["message"]


def test_a_system_that_is_too_busy_to_check_them_is_asked_later(branch: Branch) -> None:
    with branch.failing(always(BUSY)), nothing_written():
        answer = branch.configure()

    assert (answer.status, answer.error) == (429, "CONNECTOR_RATE_LIMITED")
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("kind", "offers"),
    [("pos", {"syncPOS": "credentials.file"}), ("erp", {"syncERP": "credentials.file"})],
)
def test_refuses_to_keep_files(branch: Branch, kind: str, offers: dict[str, str]) -> None:
    with nothing_written():
        answer = branch.configure(kind=kind, system="generic", credentials={"file": "eA=="})

    details = {"retryable": False, "offers": offers}
    assert_refused(answer, 400, "CONNECTOR_UNSUPPORTED", details)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"system": "sap"}, {"system": f"must be one of {', '.join(pos.SYSTEMS)}"}),
        ({"kind": "erp"}, {"system": f"must be one of {', '.join(erp.SYSTEMS)}"}),
        ({"schedule": "weekly"}, {"schedule": "must be one of 'none', 'hourly' or 'nightly'"}),
        ({"credentials": {"colour": "red"}}, {}),
    ],
)
def test_refuses_a_field_by_its_name(
    branch: Branch, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = branch.configure(**fields)

    if problems:
        assert_fields_refused(answer, problems)
    else:
        assert answer.error == "INVALID_PARAMETERS"
        assert "credentials.colour" in answer.body["details"]["fields"]
    assert branch.till.calls == []


def test_refuses_a_store_of_somebody_else(branch: Branch, new_merchant) -> None:
    stranger = branch.of(new_merchant())
    with nothing_written():
        answer = stranger.configure(storeId=branch.store_id)

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_refuses_a_program_of_another_store(branch: Branch, new_merchant) -> None:
    program_id = new_merchant().program()
    with nothing_written():
        answer = branch.configure(awardPointsProgramId=program_id)

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
    assert branch.till.calls == []


def test_needs_grow(new_merchant) -> None:
    answer = new_merchant(Package.GO).api("configureSync", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")
