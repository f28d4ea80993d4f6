"""The generated pages of docs/: up to date, and noticed if they are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functions import openapi
from functions.catalog import ENDPOINTS
from shared.errors import catalog
from tools import docs

FILES = ["openapi.json", "errors.md", "endpoints.md"]


def test_committed_pages_are_up_to_date() -> None:
    assert docs.main(["--check"]) == 0


def test_check_names_what_is_missing_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"docs/{name} is out of date: run `python -m tools.docs`" for name in FILES
    ]
    assert list(tmp_path.iterdir()) == []


def test_check_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docs.main([], tmp_path)
    (tmp_path / "errors.md").write_text("# Errors\n", encoding="utf-8")
    capsys.readouterr()

    assert docs.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err == (
        "docs/errors.md is out of date: run `python -m tools.docs`\n"
    )


def test_writes_what_differs_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.main([], tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == [f"wrote docs/{name}" for name in FILES]
    assert docs.main([], tmp_path) == 0
    assert capsys.readouterr().out == ""
    assert docs.main(["--check"], tmp_path) == 0


def test_openapi_is_the_document() -> None:
    assert json.loads(docs.generate()["openapi.json"]) == json.loads(json.dumps(openapi.document()))


def test_every_refusal_is_a_row_of_the_errors() -> None:
    rows = [line for line in docs.generate()["errors.md"].splitlines() if line.startswith("| ")]
    codes = [row.split(" | ")[1].strip("`") for row in rows if row[2].isdigit()]

    assert codes == [error.code for error in catalog()]


def test_every_endpoint_has_a_row_and_a_section() -> None:
    lines = docs.generate()["endpoints.md"].splitlines()
    sections = [line.removeprefix("## ") for line in lines if line.startswith("## ")]

    assert sections == [*(endpoint.name for endpoint in ENDPOINTS), "Objects"]
    for endpoint in ENDPOINTS:
        row = f"| [{endpoint.name}](#{endpoint.name.lower()}) | {', '.join(endpoint.methods)} | "
        assert any(line.startswith(f"{row}{endpoint.package} | ") for line in lines)


def test_every_link_within_the_endpoints_leads_somewhere() -> None:
    text = docs.generate()["endpoints.md"]
    headings = {line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("##")}
    targets = {part.partition(")")[0] for part in text.split("](#")[1:]}

    assert targets <= headings
