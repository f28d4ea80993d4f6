"""Files of members: carried out once, whatever dies on the way, and their rows are forgotten."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain.imports import imports
from shared.domain.imports.imports import LEASE, ImportState
from shared.services.imports import row_imports
from shared.services.members import erasures, member_imports
from shared.store.imports import import_documents
from tests.conftest import Clock
from tests.shared.services.imports.test_row_imports import encoded, found
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "importMembers"


def send(merchant: Merchant, text: str | bytes, key: str | None = None, **fields: Any) -> Answer:
    return merchant.api(ACTION, {"file": encoded(text), **fields}, idempotency_key=key)


def begun(merchant: Merchant, text: str | bytes, **fields: Any) -> str:
    answer = send(merchant, text, **fields)
    assert answer.status == 200, answer.body
    assert (answer.body["isComplete"], answer.body["results"]) == (False, [])
    import_id: str = answer.body["importId"]
    return import_id


def status(merchant: Merchant, import_id: str, **fields: Any) -> dict[str, Any]:
    return merchant.api.ok("getImportStatus", {"importId": import_id, **fields})


def imported(merchant: Merchant, text: str | bytes, **fields: Any) -> dict[str, Any]:
    import_id = begun(merchant, text, **fields)
    row_imports.resume(import_id)
    return status(merchant, import_id)


def outcomes(body: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in body["memberResults"]]


def json_lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in rows)


def people(count: int, domain: str = "example.com") -> str:
    return json_lines(
        *({"email": f"m{each}@{domain}", "points": each} for each in range(1, count + 1))
    )


def kept(import_id: str, number: int = 0) -> str:
    part = import_documents.find_part(import_id, number)
    return repr(part)


def test_reads_csv_as_german_excel_writes_it(merchant: Merchant) -> None:
    merchant.api.ok(
        "configureMembers",
        {
            "customFields": [
                {"name": "size", "type": "number"},
                {"name": "vip", "type": "boolean"},
                {"name": "since", "type": "date"},
            ]
        },
    )
    program_id = merchant.program("cashback")
    text = (
        "email;lastName;birthday;enrolledAt;points;totalEarned;customFields.size;"
        "customFields.vip;customFields.since;newsletter.subscribed;newsletter.consentedAt\r\n"
        "ada@example.com;Müller;31.12.1990;04.05.2019;12,50;1.200,00;41,5;WAHR;01.02.2020;nein;\r\n"
        "ben@example.com;;;;viel;;;;;;\r\n"
        "cleo@example.com;;;gestern;;;;;;;\r\n"
        "dora@example.com;;;;;;;vielleicht;;;\r\n"
    )

    for content in (text.encode("cp1252"), text.encode("utf-8-sig")):
        body = imported(merchant, content, programId=program_id, ifExists="update")
        messages = [each["message"] for each in body["memberResults"]]
        assert messages == [
            None,
            "points is no number.",
            "enrolledAt is no time of ISO 8601 from 1970 to 9999.",
            "customFields.vip must be true or false.",
        ]
        assert [each["line"] for each in body["memberResults"]] == [2, 3, 4, 5]

    assert body["memberCounts"]["skipped"] == 1
    profile = merchant.api.ok("identifyMember", {"email": "ada@example.com"})["member"]
    assert (profile["lastName"], profile["birthday"]) == ("Müller", "1990-12-31")
    assert profile["customFields"] == {"size": 41.5, "vip": True, "since": "2020-02-01"}
    member = Member(merchant, program_id, profile["userId"])
    assert stored.units(member) == [1250]
    assert stored.membership(member).lifetime_units == 120_000
    assert member.balance()["enrolledAt"] == "2019-05-03T22:00:00.000Z"


def test_refuses_headings_that_are_no_fields(merchant: Merchant) -> None:
    with nothing_written():
        answer = send(merchant, "E-Mail;Vorname;email\na;b;c\n")
        large = send(merchant, b"{" + b" " * (10 * 1024 * 1024))
        both = send(merchant, people(1), rows=[{}])

    problem = "has headings that are no fields: E-Mail, Vorname"
    assert_fields_refused(answer, {"file": problem})
    assert_fields_refused(large, {"file": "must be at most 10 MiB; split it"})
    assert_fields_refused(both, {"body": "needs rows or file, and takes one of them"})


def test_names_rows_of_the_same_person_in_all_parts(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_imports, "PART_ROWS", 2)
    text = json_lines(
        {"email": "a@example.com"}, {"email": "b@example.com"}, {"email": "c@example.com"}
    ) + json_lines({"email": "A@example.com"}, {"_same": {"of": 0}}, {"userId": "d"})

    body = imported(merchant, text)
    more = [status(merchant, body["importId"], cursor=each)["memberResults"] for each in ("1", "2")]

    assert outcomes(body) == ["created", "created"]
    assert [row["outcome"] for page in more for row in page] == [
        "created",
        "duplicate",
        "failed",
        "created",
    ]
    assert (more[0][1]["duplicateOf"], more[0][1]["line"]) == (0, 4)
    assert more[0][1]["message"] == "Line 1 has the same email."


def test_forgets_the_rows_and_finds_who_is_erased(merchant: Merchant) -> None:
    text = json_lines(
        {"userId": "anna-from-berlin", "email": "anna@example.com"},
        {"userId": "anna-from-berlin", "email": "other@example.com"},
        {"userId": "ben-of-anna", "age": 3, "anna@example.com": 1},
    )
    import_id = begun(merchant, text)
    assert "anna" not in kept(import_id).lower()
    row_imports.resume(import_id)

    assert "anna@" not in kept(import_id)
    assert "anna-from-berlin" in kept(import_id)
    shown = merchant.api.ok("exportMember", {"userId": "anna-from-berlin"})
    assert "ben-of-anna" not in json.dumps(shown)
    merchant.api.ok("eraseMember", {"userId": "anna-from-berlin"})
    assert "anna-from-berlin" not in kept(import_id)
    assert status(merchant, import_id)["memberResults"][0]["userId"] is None
    assert not erasures.is_known(merchant.account_id, "anna-from-berlin")


def test_a_refused_awards_message_names_nobody(merchant: Merchant) -> None:
    member = merchant.member("points")
    row = {"userId": "somebody-else", "points": 1, "transactionId": "t"}
    answer = merchant.api.ok(
        "bulkAddLoyaltyPoints",
        {"programId": member.program_id, "file": encoded(json_lines(row))},
    )
    row_imports.resume(answer["importId"])

    assert "somebody-else" not in kept(answer["importId"])
    (found_row,) = status(merchant, answer["importId"])["results"]
    assert found_row["message"] == "The customer is not enrolled in the program."


def test_a_dry_run_of_a_file_writes_no_member(merchant: Merchant) -> None:
    program_id = merchant.program("points")

    body = imported(merchant, people(3), programId=program_id, dryRun=True)

    assert (outcomes(body), body["dryRun"]) == (["created"] * 3, True)
    assert [each["userId"] for each in body["memberResults"]] == [None] * 3
    assert stored.documents(f"accounts/{merchant.account_id}/members") == {}
    assert merchant.api.ok("listMembers", {})["members"] == []


def test_the_same_key_is_the_same_import(merchant: Merchant) -> None:
    first = send(merchant, people(1), key="k")

    with nothing_written():
        again = send(merchant, people(1), key="k")
        other = send(merchant, people(1), key="k", dryRun=True)

    assert (again.body, again.is_replay) == (first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")


def test_a_cancelled_import_keeps_no_rows(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_imports, "PART_ROWS", 1)
    monkeypatch.setattr(row_imports, "FORGOTTEN_AT_ONCE", 2)
    import_id = begun(merchant, people(5))

    merchant.api.ok("cancelImport", {"importId": import_id})

    assert [import_documents.find_part(import_id, each) for each in range(5)] == [None] * 5
    with nothing_written():
        row_imports.resume(import_id)
    assert status(merchant, import_id)["state"] == "cancelled"
    assert stored.documents(f"accounts/{merchant.account_id}/members") == {}


def test_what_names_no_program_is_of_the_store_that_was_named(merchant: Merchant) -> None:
    other = merchant.another_store().store_id
    of_store = begun(merchant, people(1), storeId=merchant.store_id)
    of_account = begun(merchant, people(1))

    with nothing_written():
        answer = merchant.api("cancelImport", {"importId": of_store, "storeId": other})

    assert_refused(answer, 404, "IMPORT_NOT_FOUND")
    for import_id in (of_store, of_account):
        assert status(merchant, import_id, storeId=merchant.store_id)["state"] == "running"
    assert status(merchant, of_account, storeId=other)["state"] == "running"


def test_what_was_not_stored_as_a_whole_is_forgotten(
    frozen_clock: Clock, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_imports, "PART_ROWS", 1)
    with dying_after(8):
        send(merchant, people(5), key="k")
    frozen_clock.advance(seconds=LEASE.total_seconds() + 1)
    (mine,) = import_documents.IMPORTS.query(("accountId", "==", merchant.account_id))
    assert import_documents.find_part(mine.import_id, 0) is not None

    row_imports.resume_open()

    assert found(mine.import_id).state is ImportState.FAILED
    assert [import_documents.find_part(mine.import_id, each) for each in range(5)] == [None] * 5


@pytest.mark.wide  # Up to 60 imports, each with a death of its own.
def test_killed_at_any_step_it_is_as_if_it_had_not_been(
    frozen_clock: Clock, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_imports, "PART_ROWS", 3)
    monkeypatch.setattr(member_imports, "WRITES_MAX", 100)  # Two rows in each commit.
    for steps in range(1, 60):
        program_id = merchant.program("points")
        text = people(5, f"{program_id.replace('_', '-')}.example")
        with dying_after(steps) as life:
            answer = send(merchant, text, key=program_id, programId=program_id)
            row_imports.resume(answer.body["importId"])
        frozen_clock.advance(seconds=LEASE.total_seconds() + 1)
        import_id = begun(merchant, text, key=program_id, programId=program_id)
        row_imports.resume(import_id)
        body = status(merchant, import_id)
        rows = [*body["memberResults"], *status(merchant, import_id, cursor="1")["memberResults"]]
        assert body["state"] == "succeeded"
        assert [each["outcome"] for each in rows] == ["created"] * 5
        for points, each in enumerate(rows, start=1):
            member = Member(merchant, program_id, each["userId"])
            assert stored.units(member) == [points]
            stored.assert_sound(member)
        if not life.has_ended:
            break
    assert not life.has_ended


@pytest.mark.wide
@pytest.mark.timeout(400)
def test_2000_rows_survive_a_crash(frozen_clock: Clock, merchant: Merchant) -> None:
    program_id = merchant.program("points")
    import_id = begun(merchant, people(2000), programId=program_id)
    with dying_after(101):
        row_imports.resume(import_id)
    assert 0 < sum(found(import_id).counts.values()) < 2000
    frozen_clock.advance(seconds=LEASE.total_seconds() + 1)

    row_imports.resume(import_id)

    body = status(merchant, import_id)
    assert (body["state"], body["done"], body["memberCounts"]["created"]) == (
        "succeeded",
        2000,
        2000,
    )
    mine = stored.documents_of(merchant, "loyaltyMembers")
    assert sum(each["balanceUnits"] for each in mine.values()) == 2000 * 2001 // 2


def test_whoever_is_erased_meanwhile_does_not_come_back(
    frozen_clock: Clock, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "FAILURES_MAX", 100)
    program_id = merchant.program("points")
    rows = json_lines({"userId": "anna", "points": 5}, {"userId": "ben"})
    import_id = begun(merchant, rows, programId=program_id)
    # It dies after the members are written, and before the results are.
    for steps in range(1, 20):
        with dying_after(steps):
            row_imports.resume(import_id)
        frozen_clock.advance(seconds=LEASE.total_seconds() + 1)
        if merchant.api("getMember", {"userId": "anna"}).status == 200:
            break
    merchant.api.ok("eraseMember", {"userId": "anna"})

    row_imports.resume(import_id)

    body = status(merchant, import_id)
    assert outcomes(body) == ["failed", "failed"]
    assert "erased meanwhile" in body["memberResults"][0]["message"]
    assert merchant.api("getMember", {"userId": "anna"}).status == 404


def test_whoever_is_erased_after_it_began_is_not_made_anew(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    program_id = merchant.program("points")
    for person in ({"userId": "anna"}, {"userId": "ben", "email": "Ben@example.com"}):
        merchant.api.ok("createMember", person)
    frozen_clock.advance(seconds=1)
    rows = json_lines(
        {"userId": "anna", "points": 5},
        {"email": "ben@example.com", "points": 5},
        {"userId": "cleo", "points": 5},
    )
    import_id = begun(merchant, rows, programId=program_id, ifExists="update")
    frozen_clock.advance(seconds=1)
    for user_id in ("anna", "ben"):
        merchant.api.ok("eraseMember", {"userId": user_id})

    row_imports.resume(import_id)

    body = status(merchant, import_id)
    assert outcomes(body) == ["skipped", "skipped", "created"]
    for each in body["memberResults"][:2]:
        assert (each["userId"], each["message"]) == (
            None,
            "The person was erased after the import began.",
        )
    assert merchant.api.ok("listMembers")["count"] == 1
    # A new import is a new decision of the merchant.
    frozen_clock.advance(seconds=1)
    assert outcomes(imported(merchant, rows, programId=program_id, ifExists="update")) == [
        "created",
        "created",
        "skipped",
    ]


def test_blank_lines_without_end_are_refused(merchant: Merchant) -> None:
    for text in ("userId\n" + "\n" * 600_000, "\n" * 600_000 + "{}"):
        with nothing_written():
            answer = send(merchant, text)
        problem = "The file has more than 500000 lines: hand it over in parts."
        assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
        meaning = {"code": "file_too_many_lines", "parameters": {"most": "500000"}}
        assert answer.body["details"] == {
            "fields": {"file": problem},
            "meanings": {"file": meaning},
        }


GERMAN = "E-Mail;Vorname;Punkte;Notiz\nada@example.com;Ada;12,5;nett\nben@example.com;Ben;viel;\n"
NAMES = {"E-Mail": "email", "Vorname": "firstName", "Punkte": "points", "Notiz": None}


def test_headings_stand_for_the_fields_that_the_request_names(merchant: Merchant) -> None:
    program_id = merchant.program("cashback")
    body = imported(merchant, GERMAN, columns=NAMES, programId=program_id)

    assert outcomes(body) == ["created", "failed"]
    bad = body["memberResults"][1]
    assert (bad["line"], bad["message"], bad["fields"]) == (3, "points is no number.", ["points"])
    ada = merchant.api.ok("identifyMember", {"email": "ada@example.com"})["member"]
    assert ada["firstName"] == "Ada"
    assert stored.units(Member(merchant, program_id, ada["userId"])) == [1250]


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        ({"Mail": "email"}, {"columns": "names no heading of the file: Mail"}),
        ({**NAMES, "Notiz": "shoes"}, {"columns": "names what is no field: shoes"}),
        ({**NAMES, "Notiz": "email"}, {"columns": "names more than one column for: email"}),
        (dict.fromkeys(NAMES), {"file": "must begin with a row of headings, each of them once"}),
        ({"Notiz": None}, {"file": "has headings that are no fields: E-Mail, Vorname, Punkte"}),
    ],
)
def test_refuses_names_of_columns_that_do_not_fit(
    merchant: Merchant, names: dict[str, str | None], fields: dict[str, str]
) -> None:
    with nothing_written():
        answer = send(merchant, GERMAN, columns=names)

    assert_fields_refused(answer, fields)


def test_lines_of_json_have_no_columns_to_name(merchant: Merchant) -> None:
    with nothing_written():
        answer = send(merchant, people(1), columns={"email": "email"})

    assert_fields_refused(answer, {"columns": "is only for a CSV"})


def test_columns_that_are_left_out_may_have_one_heading_or_none(merchant: Merchant) -> None:
    text = "email;;;x;x\nada@example.com;1;2;3;4\n"

    assert outcomes(imported(merchant, text, columns={"": None, "x": None})) == ["created"]
