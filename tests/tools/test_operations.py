"""What operators read and deploy names all that there is to operate."""

from __future__ import annotations

import json
import re
from collections import Counter

from functions.catalog import (
    GATEWAY,
    PSP_WEBHOOK,
    QUEUES,
    SCHEDULES,
    SHOP_WEBHOOK,
    TRIGGERS,
    WALLET_PASSES,
)
from functions.deploy import SECRETS
from tools.emulators import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has this heading, by what they name."""
    table = PAGE.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    found = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {name.strip("`"): cells for name, *cells in found}


def test_every_function_is_there_and_whether_it_needs_the_secret() -> None:
    """`test_deploy` and `test_discovery` hold what is deployed to the same."""
    needing = {GATEWAY, PSP_WEBHOOK, SHOP_WEBHOOK, WALLET_PASSES, "each endpoint"}
    needing |= {each.name for each in QUEUES}
    needing |= {each.name for each in (*TRIGGERS, *SCHEDULES) if each.needs_secrets}
    others = {each.name for each in (*TRIGGERS, *SCHEDULES)} - needing
    assert {name: cells[0] for name, cells in rows("function").items()} == {
        **dict.fromkeys(needing, "yes"),
        **dict.fromkeys(others, "no"),
    }


def test_every_queue_is_there_with_its_limits() -> None:
    assert {name: cells[1:] for name, cells in rows("queue").items()} == {
        each.name: [
            str(each.max_concurrent),
            str(each.max_per_s),
            str(each.max_attempts),
            f"{each.timeout_s} s",
        ]
        for each in QUEUES
    }


def test_every_schedule_is_there_with_its_period() -> None:
    assert {name: cells[0] for name, cells in rows("schedule").items()} == {
        each.name: each.every for each in SCHEDULES
    }


def test_every_queue_may_be_called() -> None:
    [services] = re.findall(r"^for SERVICE in (.*); do$", PAGE, re.MULTILINE)

    assert services.split() == [each.name.lower() for each in QUEUES]


def test_every_secret_is_set() -> None:
    assert [name for name in SECRETS if f"firebase functions:secrets:set {name} " in PAGE] == list(
        SECRETS
    )


def test_the_diagram_shows_every_queue_and_schedule() -> None:
    for kind, all_of_it in (("task queues", QUEUES), ("schedules", SCHEDULES)):
        [shown] = re.findall(rf"\[{kind}: (.*)\]", ARCHITECTURE)
        assert shown.split(", ") == [each.name for each in all_of_it]


def test_firebase_is_told_once_what_not_to_deploy() -> None:
    [functions] = json.loads((ROOT / "firebase.json").read_text())["functions"]

    assert [name for name, times in Counter(functions["ignore"]).items() if times > 1] == []
