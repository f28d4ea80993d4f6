"""pushToPOS: a sale reaches the till system once, whatever gets lost on the way."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.services.systems import pushes
from shared.store import client
from tests.support.branches import BUSY, DOWN, GARBAGE, Branch, always, cut, nth
from tests.support.dying import dying_after
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import answer_lost
from tools.korona_stand_in import COUPLING_ID, PASSWORD

MILK = "4006381333931"
LINE = {"name": "Milk", "quantity": 2, "unitPrice": 149, "vatPercent": 7, "ean": MILK}
LOST = {"cut": cut, "down": always(DOWN), "garbage": always(GARBAGE)}
DOUBT_OVER = timedelta(minutes=3)


def sale(record_id: str = "sale_1", **fields: Any) -> dict[str, Any]:
    body = {
        "recordId": record_id,
        "soldAt": "2026-03-03T12:00:00.000Z",
        "total": 298,
        "lines": [LINE],
        "payments": [{"paidBy": "card", "amount": 298}],
    }
    return {**body, **fields}


def stock(record_id: str = "stock_1", **fields: Any) -> dict[str, Any]:
    return {"recordId": record_id, "change": -2, "ean": MILK, **fields}


def row(record_id: str = "sale_1", **fields: Any) -> dict[str, Any]:
    body = {
        "recordId": record_id,
        "externalId": None,
        "isDuplicate": False,
        "error": None,
        "message": None,
        "retryable": False,
    }
    return {**body, **fields}


def receipts(branch: Branch) -> list[dict[str, Any]]:
    return list(branch.till.tables.get("receipts", {}).values())


def order_numbers(branch: Branch) -> list[str]:
    return sorted(each["orderNumber"] for each in receipts(branch))


def stored(branch: Branch) -> dict[str, dict[str, Any]]:
    """Return what is known of pushed records, by their ids."""
    found = client.query("pushes", ("storeId", "==", branch.store_id))
    return {each.data["recordId"]: each.data for each in found if each.data}


@pytest.fixture(autouse=True)
def _milk(branch: Branch) -> None:
    branch.till.put_product("001", "Milk", "1.49", MILK)


def test_a_sale_is_pushed_and_told(branch: Branch) -> None:
    answer = branch.push(sale(number="R-1", customerId="user_1"))

    (made,) = receipts(branch)
    assert answer.body == {
        "success": True,
        "system": "korona",
        "dataType": "receipt",
        "pushed": 1,
        "results": [row(externalId=made["id"])],
    }
    assert (made["number"], made["orderNumber"]) == ("R-1", "sale_1")
    assert made["customer"] == {"number": "user_1"}
    assert made["items"][0]["total"]["gross"] == 2.98
    (event,) = branch.events("integration.pos.pushed")
    assert event["data"] == {"system": "korona", "dataType": "receipt", "records": 1}


def test_a_change_of_stock_is_booked(branch: Branch) -> None:
    answer = branch.push(stock(), stock("stock_2", change=1.5), data_type="inventory_update")

    assert answer.body["pushed"] == 2
    adjustments = branch.till.tables["stockAdjustments"].values()
    assert {each["number"]: each["status"] for each in adjustments} == {
        "stock_1": "BOOKED",
        "stock_2": "BOOKED",
    }
    amounts = [
        item["amount"]
        for each in adjustments
        for item in branch.till.tables[f"stockAdjustments/{each['id']}/items"].values()
    ]
    assert amounts == [-2, 1.5]


def test_a_sale_is_pushed_once_for_ever(branch: Branch) -> None:
    first = branch.push(sale())
    branch.clock.advance(timedelta(days=400))
    calls = len(branch.till.calls)
    with nothing_written():
        again = branch.push(sale())

    external_id = first.body["results"][0]["externalId"]
    assert again.body["results"] == [row(externalId=external_id, isDuplicate=True)]
    assert again.body["pushed"] == 1
    assert len(branch.till.calls) == calls
    assert order_numbers(branch) == ["sale_1"]
    assert len(branch.events("integration.pos.pushed")) == 1


def test_other_values_under_the_same_id_are_refused(branch: Branch) -> None:
    branch.push(sale())
    with nothing_written():
        answer = branch.push(sale(soldAt="2026-03-03T13:00:00.000Z"))

    (found,) = answer.body["results"]
    assert (found["error"], found["retryable"]) == ("IDEMPOTENCY_KEY_REUSED", False)
    assert answer.body["pushed"] == 0
    assert len(receipts(branch)) == 1


def test_stores_and_kinds_of_records_do_not_share_ids(branch: Branch, new_merchant) -> None:
    branch.push(sale("one"))
    branch.push(sale("one"), data_type="sales_record")
    branch.of(new_merchant()).push(sale("one"))

    assert order_numbers(branch) == ["one", "one", "one"]


def test_each_row_has_its_own_fate(branch: Branch) -> None:
    unknown = [{**LINE, "ean": "4000417025005"}]
    answer = branch.push(sale("a"), sale("b", lines=unknown), sale("c"))

    a, b, c = answer.body["results"]
    assert (a["error"], b["error"], c["error"]) == (None, "CONNECTOR_REJECTED", None)
    assert "4000417025005" in b["message"]
    assert not b["retryable"]
    assert order_numbers(branch) == ["a", "c"]
    (event,) = branch.events("integration.pos.pushed")
    assert event["data"]["records"] == 2

    # What was refused may be corrected.
    corrected = branch.push(sale("b"))
    assert corrected.body["results"][0]["error"] is None
    assert order_numbers(branch) == ["a", "b", "c"]


@pytest.mark.parametrize("name", LOST)
def test_a_sale_whose_answer_got_lost_is_looked_for_and_not_pushed_twice(
    branch: Branch, name: str
) -> None:
    with branch.failing(nth(1, LOST[name], at="/receipts")):
        first = branch.push(sale("a"), sale("b"))
    lost, left = first.body["results"]
    assert lost["error"] in {"CONNECTOR_UNAVAILABLE", "CONNECTOR_ANSWER_INVALID"}
    assert lost["retryable"]
    assert (left["error"], left["retryable"]) == ("NOT_TRIED", True)
    assert order_numbers(branch) == ["a"]
    assert branch.events("integration.pos.pushed") == []

    # The till may still be at it: nobody pushes it, and nobody says that it is there.
    at_once = branch.push(sale("a"), sale("b"))
    assert [each["error"] for each in at_once.body["results"]] == ["BUSY", None]
    branch.clock.advance(DOUBT_OVER)
    later = branch.push(sale("a"), sale("b"))

    external_id = next(each["id"] for each in receipts(branch) if each["orderNumber"] == "a")
    assert later.body["results"][0] == row("a", externalId=external_id, isDuplicate=True)
    assert later.body["pushed"] == 2
    assert order_numbers(branch) == ["a", "b"]
    assert sum(each["data"]["records"] for each in branch.events("integration.pos.pushed")) == 2


def test_a_sale_that_never_arrived_is_pushed(branch: Branch) -> None:
    """The same as a lost answer, from here; but the till does not know it."""

    def before(method: str, path: str) -> None:
        if path.endswith("/receipts"):
            branch.till.tables.pop("receipts", None)
            raise ConnectionAbortedError

    with branch.failing(before):
        assert branch.push(sale()).body["pushed"] == 0
    assert receipts(branch) == []
    branch.clock.advance(DOUBT_OVER)

    assert branch.push(sale()).body["results"][0]["isDuplicate"] is False
    assert order_numbers(branch) == ["sale_1"]


def test_who_is_too_busy_is_not_asked_for_the_rest(branch: Branch) -> None:
    with branch.failing(nth(1, always(BUSY), at="/receipts", times=9)):
        answer = branch.push(sale("a"), sale("b"), sale("c"))

    errors = [each["error"] for each in answer.body["results"]]
    assert errors == ["CONNECTOR_RATE_LIMITED", "NOT_TRIED", "NOT_TRIED"]
    assert all(each["retryable"] for each in answer.body["results"])
    # It has done nothing for sure, so there is nothing to wait for.
    branch.till.tables.pop("receipts")
    assert branch.push(sale("a"), sale("b"), sale("c")).body["pushed"] == 3
    assert order_numbers(branch) == ["a", "b", "c"]


def test_refused_credentials_end_it_and_are_no_verdict_on_the_record(branch: Branch) -> None:
    wrong = {**branch.till.credentials, "password": "another"}
    answer = branch.push(sale("a"), sale("b"), credentials=wrong)

    a, b = answer.body["results"]
    assert (a["error"], b["error"]) == ("CONNECTOR_CREDENTIALS_REFUSED", "NOT_TRIED")
    assert not a["retryable"]
    assert "another" not in a["message"]
    assert branch.push(sale("a"), sale("b")).body["pushed"] == 2


def test_what_does_not_fit_into_the_time_is_left(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "BUDGET_S", -1.0)
    answer = branch.push(sale("a"), sale("b"))
    assert [each["error"] for each in answer.body["results"]] == ["NOT_TRIED"] * 2
    assert receipts(branch) == []

    monkeypatch.undo()
    assert branch.push(sale("a"), sale("b")).body["pushed"] == 2
    assert order_numbers(branch) == ["a", "b"]


def test_eight_at_once_make_one_sale(branch: Branch) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: branch.push(sale()), range(8)))

    assert order_numbers(branch) == ["sale_1"]
    assert {answer.status for answer in answers} == {200}
    rows = [answer.body["results"][0] for answer in answers]
    news = [each for each in rows if each["error"] is None and not each["isDuplicate"]]
    assert len(news) == 1
    assert {each["error"] for each in rows} <= {None, "BUSY"}
    assert len(branch.events("integration.pos.pushed")) == 1


@pytest.mark.wide  # Up to 40 pushes, each with a death of its own.
def test_is_pushed_once_wherever_a_process_dies(branch: Branch) -> None:
    for steps in range(1, 40):
        records = [sale(f"a{steps}"), sale(f"b{steps}")]
        with dying_after(steps) as life:
            branch.push(*records)
        if not life.has_ended:
            break
        assert branch.push(*records).status == 200
        branch.clock.advance(DOUBT_OVER)
        later = branch.push(*records)
        assert later.body["pushed"] == 2, f"died after {steps} steps"
    assert steps > 8
    pushed = [f"{name}{number}" for name in "ab" for number in range(1, steps + 1)]
    assert order_numbers(branch) == sorted(pushed)


def test_is_pushed_once_and_told_once_whatever_answer_of_the_database_gets_lost(
    branch: Branch,
) -> None:
    for number in range(1, 10):
        with answer_lost(number) as commits:
            answer = branch.push(sale(f"a{number}"), sale(f"b{number}"))
        assert (answer.status, answer.body["pushed"]) == (200, 2)
        assert not any(each["isDuplicate"] for each in answer.body["results"])
        if commits[0] < number:
            break
    assert number == 3
    assert len(receipts(branch)) == 2 * number
    assert len(branch.events("integration.pos.pushed")) == number
    assert {each["state"] for each in stored(branch).values()} == {"pushed"}


def test_who_took_too_long_does_not_undo_what_another_has_pushed(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of the first runs out while it waits; then it is told that it was refused."""

    def slowly(method: str, path: str) -> tuple[int, bytes, dict[str, str]] | None:
        if not path.endswith("/receipts") or method != "POST":
            return None
        branch.till.after = lambda *_: None
        branch.till.tables["receipts"].clear()
        branch.clock.advance(timedelta(minutes=10))
        assert branch.push(sale()).body["pushed"] == 1
        return 422, b"{}", {}

    with branch.failing(slowly):
        first = branch.push(sale())

    assert first.body["results"][0]["error"] == "CONNECTOR_REJECTED"
    assert stored(branch)["sale_1"]["state"] == "pushed"
    assert branch.push(sale()).body["results"][0]["isDuplicate"]
    assert order_numbers(branch) == ["sale_1"]


def test_needs_no_credentials_once_they_are_stored(branch: Branch) -> None:
    branch.configure()
    body = {
        "system": "korona",
        "storeId": branch.store_id,
        "dataType": "sales_record",
        "records": [sale()],
    }

    assert branch.merchant.api.ok("pushToPOS", body)["pushed"] == 1
    assert order_numbers(branch) == ["sale_1"]


def test_a_file_system_answers_with_a_file(branch: Branch) -> None:
    body = {
        "system": "generic",
        "storeId": branch.store_id,
        "dataType": "inventory_update",
        "records": [stock()],
        "credentials": {"file": base64.b64encode(b"id;name\r\n1;Tea\r\n").decode()},
    }
    with nothing_written():
        answer = branch.merchant.api.ok("pushToPOS", body)

    assert answer["file"]["name"] == "stock-changes.csv"
    assert "stock_1" in base64.b64decode(answer["file"]["content"]).decode()
    assert answer["results"] == [row("stock_1")]


@pytest.mark.parametrize(
    ("data_type", "record", "message"),
    [
        ("inventory_update", sale(), "records that are stock changes, with change"),
        ("receipt", stock(), "records that are sales, with lines"),
    ],
)
def test_refuses_records_of_another_kind(
    branch: Branch, data_type: str, record: dict[str, Any], message: str
) -> None:
    with nothing_written():
        answer = branch.push(record, data_type=data_type)

    assert answer.error == "INVALID_PARAMETERS"
    assert message in answer.body["message"]
    assert receipts(branch) == []


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"total": 299}, {"records[0]": "must have a total that is the sum of its lines"}),
        (
            {"payments": [{"paidBy": "cash", "amount": 1}]},
            {"records[0]": "must have a total that is the sum of its payments"},
        ),
        ({"lines": []}, {"records[0].lines": "must have at least 1 items"}),
        ({"colour": "red"}, {"records[0].colour": "is not a known field"}),
        (
            {"soldAt": "yesterday"},
            {"records[0].soldAt": "must be an ISO 8601 time, like 2026-03-03T12:00:00.000Z"},
        ),
    ],
)
def test_refuses_a_sale_by_what_is_wrong_with_it(
    branch: Branch, changes: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = branch.push(sale(**changes))

    assert_fields_refused(answer, problems)
    assert receipts(branch) == []


def test_refuses_a_record_twice_in_one_request(branch: Branch) -> None:
    with nothing_written():
        answer = branch.push(sale(), sale())

    assert answer.error == "INVALID_PARAMETERS"
    assert "two records of one recordId" in answer.body["message"]


def test_refuses_what_a_system_has_no_call_for_with_a_file_to_import(branch: Branch) -> None:
    credentials = {
        "apiKey": "fake-key-of-vectron",
        "login": "partner@example.com",
        "password": "fake-password-of-vectron",
        "siteId": "603f97af-090a-4f31-8426-95fbbf70c95f",
    }
    with nothing_written():
        answer = branch.push(sale(), system="vectron", credentials=credentials)

    assert (answer.status, answer.error) == (400, "CONNECTOR_UNSUPPORTED")
    assert answer.body["details"]["offers"] == {"receipt": "file"}
    assert base64.b64decode(answer.body["details"]["file"]["content"])


def test_refuses_without_credentials(branch: Branch) -> None:
    with nothing_written():
        answer = branch.push(sale(), credentials=None)

    details = {"retryable": False, "kind": "pos", "system": "korona"}
    fix = "Send `credentials`, or store them with configureSync."
    assert_refused(answer, 400, "CONNECTOR_NOT_CONFIGURED", details, fix=fix)


def test_keeps_no_secret(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    branch.push(sale())
    printed = capsys.readouterr()

    for text in (str(stored(branch)), printed.out, printed.err):
        assert PASSWORD not in text
        assert COUPLING_ID not in text


def test_needs_grow(new_merchant) -> None:
    answer = new_merchant(Package.GO).api("pushToPOS", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")
