"""A file in the credentials: checked before anything is done, read once, served page by page."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.connectors import uploads
from shared.connectors.base import PAGE_ITEMS_MAX, Note, Skipped
from shared.connectors.uploads import Contents, Listing, UploadConfig, UploadConnector
from shared.domain.catalog.goods import Category
from shared.errors import ConnectorRejected

FILE = base64.b64encode(b"id;name\r\n1;Espresso\r\n").decode()


def listing(items: int, skipped: int = 0) -> Listing[Category]:
    return Listing(
        tuple(Category(str(number), "x") for number in range(items)),
        tuple(Skipped(str(number), "why") for number in range(skipped)),
    )


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({}, "file"),
        ({"file": ""}, "file"),
        ({"file": " \n"}, "file"),
        ({"file": "no base64!"}, "file"),
        ({"file": "QQ"}, "file"),
        ({"file": "A" * (uploads.FILE_CHARS_MAX + 4)}, "file"),
        ({"file": FILE, "currency": "euro"}, "currency"),
        ({"file": FILE, "timeZone": "Berlin"}, "timeZone"),
        ({"file": FILE, "timeZone": "localtime"}, "timeZone"),
        ({"file": FILE, "timeZone": "right/UTC"}, "timeZone"),
        ({"file": FILE, "timeZone": "../../etc/passwd"}, "timeZone"),
        ({"file": FILE, "timeZone": ""}, "timeZone"),
        ({"file": FILE, "colour": "red"}, "colour"),
    ],
    ids=range(13),
)
def test_refuses_what_is_no_file_by_its_name(config: dict[str, str], name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        UploadConfig.model_validate(config)
    assert [each["loc"] for each in refused.value.errors()] == [(name,)]


def test_takes_base64_in_lines_as_programs_write_it() -> None:
    config = UploadConfig.model_validate({"file": "\n".join(FILE) + "\n"})
    assert config.content == b"id;name\r\n1;Espresso\r\n"


def test_the_file_is_shown_to_nobody() -> None:
    config = UploadConfig.model_validate({"file": FILE})
    connector = UploadConnector(Contents)
    assert FILE not in f"{config!r} {config} {config.visible()} {connector!r} {connector}"
    assert UploadConfig.restore(json.loads(json.dumps(config.reveal()))) == config


@given(
    st.integers(0, 2 * PAGE_ITEMS_MAX + 2),
    st.integers(0, PAGE_ITEMS_MAX + 2),
    st.integers(0, PAGE_ITEMS_MAX + 2),
)
def test_the_pages_together_are_the_listing(items: int, skipped: int, notes: int) -> None:
    told = tuple(Note(str(number), "how") for number in range(notes))
    whole = replace(listing(items, skipped), notes=told)
    pages = [whole.page(None)]
    while pages[-1].position is not None:
        pages.append(whole.page(pages[-1].position))
    assert tuple(each for page in pages for each in page.items) == whole.items
    assert tuple(each for page in pages for each in page.skipped) == whole.skipped
    assert all(len(page.items) <= PAGE_ITEMS_MAX for page in pages)
    assert tuple(each for page in pages for each in page.notes) == whole.notes
    assert all(page.items or page.skipped or page.notes for page in pages[1:])


@pytest.mark.parametrize("position", ["500", "9999", "-1", "", "1e3", "٣", "9" * 20])
def test_refuses_a_position_that_is_not_in_the_file(position: str) -> None:
    with pytest.raises(ConnectorRejected, match="not the one that was begun with"):
        listing(500).page(position)


def test_reads_the_file_when_it_is_asked_and_only_once() -> None:
    read = 0

    def contents() -> Contents:
        nonlocal read
        read += 1
        return Contents(categories=listing(1_200))

    connector = UploadConnector(contents)
    assert read == 0
    connector.verify()
    sizes = [len(connector.categories(at, None).items) for at in (None, "500", "1000")]
    assert (sizes, read) == ([500, 500, 200], 1)
    assert connector.products(None, None) == connector.receipts(None, None)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-03-02T09:30:00", 8), ("2026-07-02 09:30", 7), ("2026-03-02T09:30:00Z", 9)],
)
def test_times_without_a_zone_are_those_of_the_till(text: str, hour: int) -> None:
    moment = uploads.moment_of(f" {text} ", ZoneInfo("Europe/Berlin"))
    assert (moment.hour, moment.tzinfo) == (hour, UTC)


@pytest.mark.parametrize("text", ["", "02.13.2026", "2026-02-30", "0001-01-01T00:00:00", "x" * 99])
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="is no time of ISO 8601") as refused:
        uploads.moment_of(text, ZoneInfo("Asia/Tokyo"))
    assert len(str(refused.value)) < 80


@pytest.mark.parametrize("text", ["0099-01-01T00:00:00Z", "1969-12-31", "9999-12-31T12:00:00Z"])
def test_refuses_a_time_that_no_receipt_can_have(text: str) -> None:
    with pytest.raises(ValueError, match="is before 1970 or after 9999"):
        uploads.moment_of(text, ZoneInfo("UTC"))


def test_times_are_cut_to_milliseconds() -> None:
    moment = uploads.moment_of("2026-03-02T09:30:00.123456Z", ZoneInfo("UTC"))
    assert moment == datetime(2026, 3, 2, 9, 30, 0, 123_000, UTC)


@pytest.mark.parametrize(
    ("number", "text"), [("19.00", "19"), ("20", "20"), ("10.70", "10.7"), ("0.0", "0")]
)
def test_spells_numbers_in_one_way(number: str, text: str) -> None:
    assert str(uploads.shortest(Decimal(number))) == text
