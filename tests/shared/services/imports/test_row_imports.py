"""Imports of files: rows are booked once, whatever dies on the way, and each has a result."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from shared import clock
from shared.domain.imports.imports import FAILURES_MAX, LEASE, Import, ImportState
from shared.services.imports import row_imports
from shared.store import client, paths
from shared.store.imports import import_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.staff import hired
from tests.support.traffic import first_answer_lost

ACTION = "bulkAddLoyaltyPoints"


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def lines(member: Member, *points: float) -> str:
    rows = (
        {"userId": member.user_id, "points": each, "transactionId": f"t{number}"}
        for number, each in enumerate(points)
    )
    return "".join(json.dumps(each) + "\n" for each in rows)


def send(member: Member, text: str | bytes, key: str | None = None, **fields: Any) -> Answer:
    body = {"programId": member.program_id, "file": encoded(text), **fields}
    return member.api(ACTION, body, idempotency_key=key)


def begun(member: Member, text: str | bytes, **fields: Any) -> str:
    answer = send(member, text, **fields)
    assert answer.status == 200, answer.body
    assert (answer.body["isComplete"], answer.body["results"]) == (False, [])
    import_id: str = answer.body["importId"]
    return import_id


def status(member: Member, import_id: str, **fields: Any) -> dict[str, Any]:
    return member.api.ok("getImportStatus", {"importId": import_id, **fields})


def imported(member: Member, text: str | bytes, **fields: Any) -> dict[str, Any]:
    import_id = begun(member, text, **fields)
    row_imports.resume(import_id)
    return status(member, import_id)


def outcomes(body: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in body["results"]]


def found(import_id: str) -> Import:
    kept = import_documents.find(import_id)
    assert kept is not None
    return kept


def test_books_json_lines(member: Member) -> None:
    text = lines(member, 50, 0.5) + "\r\n{\n" + lines(member, 50)

    body = imported(member, text)

    assert (body["state"], body["rows"], body["done"]) == ("succeeded", 4, 4)
    assert outcomes(body) == ["booked", "refused", "refused", "duplicate"]
    assert [each["line"] for each in body["results"]] == [1, 2, 4, 5]
    assert [each["index"] for each in body["results"]] == [0, 1, 2, 3]
    assert body["results"][2]["message"] == "The row is no JSON object."
    assert body["counts"] == {
        "booked": 1,
        "duplicates": 1,
        "nothing": 0,
        "refused": 2,
        "notDone": 0,
    }
    assert stored.units(member) == [100, 50]
    stored.assert_sound(member)


@pytest.mark.usefixtures("persons")
def test_what_is_booked_has_the_name_of_who_sent_the_file(member: Member) -> None:
    manager = hired(member.merchant, "manager")
    body = {"programId": member.program_id, "file": encoded(lines(member, 50))}

    row_imports.resume(manager.ok(ACTION, body)["importId"])
    imported(member, lines(member.other(member.user_id), 50, 20))

    assert [each.staff_id for each in stored.entries(member)] == [None, "uid_manager", None]


def test_books_csv_as_excel_writes_it(member: Member) -> None:
    text = (
        "userId;purchaseAmount;transactionId;occurredAt;description\r\n"
        "user_1;28,50;t1;03.03.2026 12:00;Frühstück\r\n"
        "user_1;1.290,00;t2;2026-03-04T12:00:00Z;\r\n"
        "user_1;viel;t3;;\r\n"
        "user_1;5;t4;gestern;\r\n"
        "\r\n"
    )

    body = imported(member, text.encode("cp1252"))

    assert outcomes(body) == ["booked", "booked", "refused", "refused"]
    assert [each["points"] for each in body["results"][:2]] == [285, 12900]
    assert body["results"][2]["message"] == "purchaseAmount is no number."
    assert "no time" in body["results"][3]["message"]
    assert any("Windows-1252" in note for note in body["notes"])
    entry = stored.entries(member)[1]
    assert entry.description == "Frühstück"
    assert entry.occurred_at is not None
    assert clock.to_wire(entry.occurred_at) == "2026-03-03T11:00:00.000Z"


def test_has_a_page_of_results_for_each_part(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_imports, "PART_ROWS", 2)

    import_id = begun(member, lines(member, 1, 2, 3, 4, 5))
    assert status(member, import_id)["results"] == []
    row_imports.resume(import_id)

    pages = [status(member, import_id, cursor=cursor) for cursor in "0123"]
    assert [[each["index"] for each in page["results"]] for page in pages] == [
        [0, 1],
        [2, 3],
        [4],
        [],
    ]
    assert [page["nextCursor"] for page in pages] == ["1", "2", None, None]


def test_the_same_key_is_the_same_import(member: Member) -> None:
    first = send(member, lines(member, 1), key="k")

    with nothing_written():
        again = send(member, lines(member, 1), key="k")
        other = send(member, lines(member, 2), key="k")

    assert (again.body, again.is_replay) == (first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")


def test_the_same_file_again_books_nothing(member: Member) -> None:
    imported(member, lines(member, 1, 2))

    assert outcomes(imported(member, lines(member, 1, 2))) == ["duplicate", "duplicate"]
    assert stored.units(member) == [100, 1, 2]


def test_runs_as_a_task(member: Member, pipeline: Pipeline) -> None:
    import_id = begun(member, lines(member, 1))
    (task,) = [each for each in pipeline.tasks.pending if each.queue == row_imports.CONTINUE]

    assert task.body["data"] == {"importId": import_id}
    assert pipeline.tasks.run(task) == 200
    assert pipeline.tasks.run(task) == 200

    assert status(member, import_id)["state"] == "succeeded"
    assert stored.units(member) == [100, 1]


def test_an_import_of_before_there_were_members_is_one_of_awards(member: Member) -> None:
    import_id = begun(member, lines(member, 1))
    path = paths.import_(import_id)
    read = client.get_one(path)
    assert read.data is not None
    older = {key: each for key, each in read.data.items() if key not in {"kind", "members"}}
    client.commit([client.Delete(read)])
    client.commit([client.Create(path, older)])

    row_imports.resume(import_id)

    assert (status(member, import_id)["kind"], stored.units(member)) == ("awards", [100, 1])


def test_keeps_no_row_in_plain_text(member: Member) -> None:
    import_id = begun(member, lines(member, 77))

    part = stored.document(f"importParts/{import_id.replace('_', '%5F')}_000000")
    assert part is not None
    assert "user_1" not in json.dumps(part, default=str)
    row_imports.resume(import_id)
    done = import_documents.find_part(import_id, 0)
    assert done is not None
    assert done.rows_token is None


@pytest.mark.wide  # Up to 40 imports, each with a death of its own.
def test_killed_at_any_step_it_is_as_if_it_had_not_been(
    frozen_clock: Clock, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_imports, "PART_ROWS", 2)
    for steps in range(1, 40):
        member = merchant.member("points", balance=100)
        text = lines(member, 1, 2, 0.5) + lines(member, 1)
        with dying_after(steps) as life:
            answer = send(member, text, key=member.program_id)
            row_imports.resume(answer.body["importId"])
        frozen_clock.advance(seconds=LEASE.total_seconds() + 1)
        import_id = begun(member, text, key=member.program_id)
        row_imports.resume(import_id)
        body = status(member, import_id)
        assert body["state"] == "succeeded"
        assert outcomes(body) == ["booked", "booked"]
        assert outcomes(status(member, import_id, cursor="1")) == ["refused", "duplicate"]
        assert (body["done"], body["counts"]["booked"]) == (4, 2)
        assert stored.units(member) == [100, 1, 2]
        stored.assert_sound(member)
        if not life.has_ended:
            break
    assert not life.has_ended


def test_a_lost_answer_books_nothing_twice(member: Member) -> None:
    import_id = begun(member, lines(member, 1, 2))
    with first_answer_lost():
        row_imports.resume(import_id)

    assert outcomes(status(member, import_id)) == ["booked", "booked"]
    assert stored.units(member) == [100, 1, 2]


def test_one_worker_at_a_time(frozen_clock: Clock, member: Member) -> None:
    import_id = begun(member, lines(member, 1))
    with dying_after(2):
        row_imports.resume(import_id)
    assert found(import_id).is_held(frozen_clock.now)

    with nothing_written():
        row_imports.resume(import_id)
    assert row_imports.resume_open() >= 0

    frozen_clock.advance(seconds=LEASE.total_seconds() + 1)
    row_imports.resume(import_id)
    assert found(import_id).state is ImportState.SUCCEEDED


def test_is_given_up_after_some_dead_workers(frozen_clock: Clock, member: Member) -> None:
    import_id = begun(member, lines(member, 1))
    for _ in range(FAILURES_MAX + 1):
        with dying_after(2):
            row_imports.resume(import_id)
        frozen_clock.advance(seconds=LEASE.total_seconds() + 1)

    assert status(member, import_id)["state"] == "failed"
    assert stored.units(member) == [100]


def test_what_was_not_stored_as_a_whole_is_given_up(frozen_clock: Clock, member: Member) -> None:
    with dying_after(4):
        send(member, lines(member, 1))
    frozen_clock.advance(seconds=LEASE.total_seconds() + 1)

    row_imports.resume_open()

    mine = import_documents.IMPORTS.query(("accountId", "==", member.merchant.account_id))
    assert [each.state for each in mine] == [ImportState.FAILED]
    assert stored.units(member) == [100]


def test_can_be_cancelled(member: Member) -> None:
    import_id = begun(member, lines(member, 1))

    answer = member.api.ok("cancelImport", {"importId": import_id})
    with nothing_written():
        row_imports.resume(import_id)
        again = member.api.ok("cancelImport", {"importId": import_id})

    assert answer["state"] == again["state"] == "cancelled"
    assert stored.units(member) == [100]


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("!", "must be a file in base64"),
        (encoded("\n"), "must begin with a row of headings, each of them once"),
        (encoded("userId;points\n"), "has no rows"),
        (encoded("userId;userId\na;b\n"), "must begin with a row of headings, each of them once"),
        (
            encoded("userId;Points;transaction_id\na;1;t1\n"),
            "file has headings that are no fields: Points.",
        ),
        (encoded("\0"), "file must be text: JSON Lines or CSV, not compressed"),
        (encoded("PK\3\4\0"), "file must be text: JSON Lines or CSV, not compressed"),
    ],
)
def test_refuses_what_is_no_file_of_rows(member: Member, file: str, problem: str) -> None:
    with nothing_written():
        answer = member.api(ACTION, {"programId": member.program_id, "file": file})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert problem in answer.body["message"]


@pytest.mark.parametrize("number", ["1e401", "0e401", "1e2000000", "1e400000000"])
def test_a_number_whose_digits_would_fill_an_instance_is_a_bad_row(
    member: Member, number: str
) -> None:
    bad = lines(member, 7).replace("7", number).replace("t0", "t9")

    body = imported(member, lines(member, 5) + bad)

    assert outcomes(body) == ["booked", "refused"]
    assert body["results"][1]["message"] == "In the row a number has an exponent beyond all bounds."
    assert stored.units(member) == [100, 5]


def test_refuses_more_than_10_mib_and_rows_besides(member: Member) -> None:
    with nothing_written():
        large = send(member, b"{" + b" " * (10 * 1024 * 1024))
        both = send(member, lines(member, 1), rows=[{}])

    assert_fields_refused(large, {"file": "must be at most 10 MiB; split it"})
    assert_fields_refused(both, {"body": "needs rows or file, and takes one of them"})


def test_another_accounts_import_does_not_exist(member: Member, new_merchant: Any) -> None:
    import_id = begun(member, lines(member, 1))
    stranger = new_merchant().api

    with nothing_written():
        for action in ("getImportStatus", "cancelImport"):
            answer = stranger(action, {"importId": import_id})
            assert_refused(answer, 404, "IMPORT_NOT_FOUND")


def test_another_stores_import_is_not_found_in_a_store(member: Member) -> None:
    import_id = begun(member, lines(member, 1))
    merchant = member.merchant
    other = merchant.another_store().store_id

    with nothing_written():
        for action in ("getImportStatus", "cancelImport"):
            answer = merchant.api(action, {"importId": import_id, "storeId": other})
            assert_refused(answer, 404, "IMPORT_NOT_FOUND")

    own = {"importId": import_id, "storeId": merchant.store_id}
    assert merchant.api.ok("cancelImport", own)["state"] == "cancelled"
