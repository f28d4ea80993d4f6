"""The picture of the house says what the imports are."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tools import house
from tools.house import NOUNS


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("shared.services.loyalty.bookings", ("shared.services", "loyalty")),
        ("shared.services.commands", ("shared.services", "")),
        ("functions.beep.systems.sync_pos", ("functions.beep", "systems")),
        ("functions.beep.openapi.components", ("functions.beep.openapi", "")),
        ("functions.http", ("functions", "")),
        ("shared.connectors.psp.stripe", ("shared.connectors", "")),
        ("shared.errors", ("shared", "")),
    ],
)
def test_a_module_is_in_a_room(module: str, room: tuple[str, str]) -> None:
    assert house.room_of(module) == room


def test_counts_modules_and_says_who_imports(tmp_path: Path) -> None:
    folder = tmp_path / "shared" / "domain"
    for name, text in {
        "events/event.py": "A = 1\n",
        "loyalty/ledger.py": "from shared.domain.events.event import A\nB = A\n",
        "loyalty/lots.py": "import json\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = house.survey(tmp_path)
    loyalty, events = ("shared.domain", "loyalty"), ("shared.domain", "events")
    assert dict(found.modules) == {loyalty: 2, events: 1}
    assert found.imports == {(loyalty, events)}


def test_rooms_import_only_from_their_left_as_the_picture_says() -> None:
    order = {noun: place for place, noun in enumerate(("", *NOUNS))}
    against = [
        (source, target)
        for source, target in house.survey().imports
        if source[0] == target[0] and order[target[1]] > order[source[1]]
    ]
    assert against == []


def test_the_picture_is_a_drawing_with_every_room() -> None:
    drawn = ET.fromstring(house.picture(house.survey()))
    texts = {each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"loyalty", "payments", "systems", "shared.services", "functions.beep"} <= texts
