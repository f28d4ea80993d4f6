"""The generated pages: up to date, and noticed if they are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from functions.beep import openapi
from functions.beep.openapi import webhooks
from functions.catalog import ENDPOINTS
from shared.domain.events.event_types import BY_NAME, PATTERNS
from shared.errors import catalog
from shared.schemas.events.event_data import DATA_BY_TYPE, example_event
from tools import docs

pytestmark = pytest.mark.xdist_group("document")

SCHEMAS = [f"docs/schemas/{name}.json" for name in BY_NAME]
FILES = [
    "docs/openapi.json",
    "docs/openapi-shopware.json",
    "docs/openapi-3.0.json",
    "docs/errors.md",
    "docs/endpoints.md",
    "docs/events.md",
    "docs/house.svg",
    docs.PAGE,
    *SCHEMAS,
]


@pytest.mark.wide  # `make check` says the same, and how to mend it.
def test_committed_pages_are_up_to_date() -> None:
    assert docs.main(["--check"]) == 0


def test_check_names_what_is_missing_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{name} is out of date: run `python -m tools.docs`" for name in FILES
    ]
    assert list(tmp_path.iterdir()) == []


def test_check_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docs.main([], tmp_path)
    (tmp_path / "docs" / "errors.md").write_text("# Errors\n", encoding="utf-8")
    capsys.readouterr()

    assert docs.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err == (
        "docs/errors.md is out of date: run `python -m tools.docs`\n"
    )


def test_writes_what_differs_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.main([], tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == [f"wrote {name}" for name in FILES]
    assert docs.main([], tmp_path) == 0
    assert capsys.readouterr().out == ""
    assert docs.main(["--check"], tmp_path) == 0


def test_openapi_is_the_document() -> None:
    assert json.loads(docs.generate()["docs/openapi.json"]) == json.loads(
        json.dumps(openapi.document())
    )


@pytest.mark.parametrize("name", ["docs/openapi.json", "docs/openapi-3.0.json"])
def test_a_line_of_a_document_is_a_component_or_an_operation(name: str) -> None:
    text = docs.generate()[name]

    lines = text.splitlines()
    document = json.loads(text)

    assert any(line.startswith('"Error":{') for line in lines)
    assert any(line.startswith('"post":{"operationId":"addLoyaltyPoints"') for line in lines)
    assert text == "\n".join(docs._dense(document)) + "\n"


def test_every_refusal_is_a_row_of_the_errors() -> None:
    rows = [
        line for line in docs.generate()["docs/errors.md"].splitlines() if line.startswith("| ")
    ]
    codes = [row.split(" | ")[1].strip("`") for row in rows if row[2].isdigit()]

    assert codes == [error.code for error in catalog()]


def test_every_endpoint_has_a_row_and_a_section() -> None:
    lines = docs.generate()["docs/endpoints.md"].splitlines()
    sections = [line.removeprefix("## ") for line in lines if line.startswith("## ")]

    names = [endpoint.name for endpoint in ENDPOINTS]
    assert sections == ["Money", "All endpoints", *names, "Objects"]
    for endpoint in ENDPOINTS:
        row = f"| [{endpoint.name}](#{endpoint.name.lower()}) | {', '.join(endpoint.methods)} | "
        assert any(line.startswith(f"{row}{endpoint.package} | ") for line in lines)


@pytest.mark.parametrize("page", ["docs/endpoints.md", "docs/events.md"])
def test_every_link_within_a_page_leads_somewhere(page: str) -> None:
    text = docs.generate()[page]
    headings = {
        line.lstrip("# ").lower().replace(".", "")
        for line in text.splitlines()
        if line.startswith("##")
    }
    targets = {part.partition(")")[0] for part in text.split("](#")[1:]}

    assert targets <= headings


def section(name: str) -> str:
    """Return what the page of events says of a type."""
    _, _, rest = docs.generate()["docs/events.md"].partition(f"\n## {name}\n")
    return rest.partition("\n## ")[0]


def test_every_event_type_has_a_row_and_a_section() -> None:
    lines = docs.generate()["docs/events.md"].splitlines()
    sections = [line.removeprefix("## ") for line in lines if line.startswith("## ")]

    assert sections == list(BY_NAME)
    for name, each in BY_NAME.items():
        anchor, is_sent = name.lower().replace(".", ""), "yes" if each.is_sent else "not yet"
        row = f"| [{name}](#{anchor}) | {each.package} | {is_sent} | {each.summary} |"
        assert lines.count(row) == 1


def test_the_page_of_events_names_every_wildcard() -> None:
    text = docs.generate()["docs/events.md"]

    assert all(f"`{each}`" in text for each in PATTERNS if each not in BY_NAME)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_section_of_an_event_names_every_field_and_has_the_example(name: str) -> None:
    text = section(name)
    named = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")][1:]
    fields = [str(field.alias) for field in DATA_BY_TYPE[name].model_fields.values()]

    assert [each for each in named if "." not in each] == fields
    assert json.loads(text.partition("```json")[2].partition("```")[0]) == example_event(name)


def test_the_section_of_an_event_names_what_is_within_a_field() -> None:
    row = "| `synced.priceUpdates` | integer | How many prices were changed. |"

    assert row in section("integration.pos.synced").splitlines()


@pytest.mark.parametrize("name", BY_NAME)
def test_the_schema_of_an_event_stands_alone(name: str) -> None:
    schema = json.loads(docs.generate()[f"docs/schemas/{name}.json"])
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    event = example_event(name)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == webhooks.name(name)
    validator.validate(event)
    validator.validate({**event, "later": 1, "data": {**event["data"], "later": 1}})
    for change in ({"type": "loyalty.other"}, {"data": {}}, {"createdAt": "today"}):
        with pytest.raises(ValidationError):
            validator.validate({**event, **change})


def test_the_folder_of_schemas_holds_no_others() -> None:
    folder = docs.ROOT / "docs" / "schemas"

    assert {f"docs/schemas/{path.name}" for path in folder.iterdir()} == set(SCHEMAS)
