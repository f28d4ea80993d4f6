"""Begin an event type: its name and row, its data with an example, its test."""

from __future__ import annotations

import re

from shared.domain.accounts.packages import Package
from shared.domain.events.event_types import BY_NAME
from tools.new.tree import CannotBegin, Tree

TYPES = "shared/domain/events/event_types.py"
DATA = "shared/schemas/events/event_data.py"
LISTED = "tests/golden/webhooks/get_loyalty_webhook_events.json"


def begin(tree: Tree, noun: str, name: str) -> None:
    """Write the event type ``noun.name``, which nothing sends yet.

    It needs the same package as the first type of its noun.

    Raises:
        CannotBegin: The type already exists, or no other type begins with the noun.
    """
    kind = f"{noun}.{name}"
    packages: dict[str, Package] = {}
    for each, found in BY_NAME.items():
        packages.setdefault(each.rpartition(".")[0], found.package)
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
        raise CannotBegin(f"{name} is no name of an event: they look like points_earned.")
    if kind in BY_NAME:
        raise CannotBegin(f"{TYPES} has {kind} already.")
    if noun not in packages:
        raise CannotBegin(f"No event type begins with {noun}: they do with {', '.join(packages)}.")
    constant = f"{noun.replace('.', '_')}_{name}".upper()
    model = "".join(part.capitalize() for part in re.split(r"[._]", kind)) + "Data"
    _declare(tree, constant, kind, packages[noun].name)
    _describe(tree, constant, model)
    _list(tree, list(BY_NAME)[-1], kind)
    sentence = (
        f"{kind} is not filled in: say in {TYPES} when it is sent, and in {DATA} what {model} "
        f"holds; then make it where it happens, add {constant} to what is sent there, to SENT in "
        "tests/shared/domain/events/test_event_types.py and to story() in "
        "tests/shared/schemas/events/test_event_data.py, and test here when it is sent and when "
        "not."
    )
    test = f"tests/shared/domain/events/test_{noun.replace('.', '_')}_{name}.py"
    tree.write_test(test, f"{kind}: say here when it is sent, and when not.", sentence)


def _declare(tree: Tree, constant: str, kind: str, package: str) -> None:
    tree.insert_before(TYPES, '\nALL = "*"\n', f'{constant} = "{kind}"\n')
    row = f'        ({constant}, Package.{package}, "Say here what has happened."),\n'
    tree.insert_before(TYPES, "    )\n)\n\nBY_NAME", row)


def _describe(tree: Tree, constant: str, model: str) -> None:
    fields = '    user_id: Id = Field(description="Your id of the customer.")\n'
    tree.insert_before(DATA, "\n_MEMBER = ", f"\nclass {model}(WireModel):\n{fields}\n")
    row = f'    event_types.{constant}: ({model}, {{"userId": "user_xyz"}}),\n'
    tree.insert_before(DATA, "}\n\nDATA_BY_TYPE", row)


def _list(tree: Tree, last: str, kind: str) -> None:
    """Add the type to the API's list of all types."""
    text = tree.read(LISTED)
    listed = f'          "{last}"\n'
    if text.count(listed) != 1:
        raise CannotBegin(f"{LISTED} does not end its list of events with {last}.")
    tree.change(LISTED, text.replace(listed, f'          "{last}",\n          "{kind}"\n'))
