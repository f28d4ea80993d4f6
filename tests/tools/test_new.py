"""What ``tools.new`` writes is whole, is found by the walks, and says what is to be filled in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.new import connector, endpoint, event
from tools.new.tree import CannotBegin, Tree

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"venv", ".git", ".local", "node_modules", "__pycache__", ".pytest_cache"}
BEGUN = [
    ("endpoint", "loyalty", "getLoyaltyCard"),
    ("endpoint", "systems", "planSync"),
    ("event", "loyalty", "card_ordered"),
    ("connector", "psp", "acme"),
    ("connector", "pos", "tillco"),
    ("connector", "erp", "bookco"),
    ("connector", "shop", "shopco"),
]
MODULES = {
    "functions/beep/loyalty/get_loyalty_card.py",
    "functions/beep/systems/plan_sync.py",
    "shared/schemas/events/event_data.py",
    "shared/connectors/psp/acme.py",
    "shared/connectors/pos/tillco.py",
    "shared/connectors/erp/bookco.py",
    "shared/connectors/shop/shopco.py",
    "tests/support/psp_doubles/acme.py",
    "tests/support/vendor_shops/shopco.py",
}
PARTS = ("functions", "shared", "tests")
NAMES = ["getLoyaltyCard", "planSync", "loyalty.card_ordered", "acme", "tillco", "bookco", "shopco"]

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("tools.new"), pytest.mark.wide]


def run(root: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    # Workers of this run are none of the run within.
    env = {name: each for name, each in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=env)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the tree, in which one of each kind was begun."""
    root = tmp_path_factory.mktemp("new") / "tree"
    shutil.copytree(ROOT, root, ignore=lambda _, names: LEFT_OUT & set(names))
    for name in ("venv", "tools/node_modules"):
        (root / name).symlink_to(ROOT / name)
    for arguments in BEGUN:
        done = run(root, "tools.new", *arguments)
        assert done.returncode == 0, done.stderr
        assert "To take it out again: git restore -- " in done.stdout
    yield root
    shutil.rmtree(root)


def written(root: Path) -> list[str]:
    """Return the files of the copy that this tree does not have or has otherwise."""
    found = [path.relative_to(root) for part in PARTS for path in (root / part).rglob("*.py")]
    return [
        str(path)
        for path in found
        if not (ROOT / path).exists() or (ROOT / path).read_text() != (root / path).read_text()
    ]


def new_tests(root: Path) -> list[str]:
    """Return the tests among them."""
    new = [path for path in written(root) if not (ROOT / path).exists()]
    return [path for path in new if path.rpartition("/")[2].startswith("test_")]


def test_writes_what_passes_every_check(copied: Path) -> None:
    files = written(copied)
    checked = [path for path in files if not path.startswith("tests/")]

    assert set(files) >= MODULES
    for arguments in (
        ("ruff", "format", "--check", *files),
        ("ruff", "check", *files),
        ("mypy", *checked),
        ("tools.docs", "--check"),
    ):
        done = run(copied, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_its_test_fails_and_says_what_to_fill_in(copied: Path) -> None:
    tests = new_tests(copied)
    done = run(copied, "pytest", "-q", "-p", "no:cacheprovider", *tests)

    assert len(tests) == len(BEGUN)
    assert f"{len(BEGUN)} failed" in done.stdout
    for name in NAMES:
        assert f"Failed: {name} is not filled in: " in done.stdout


def test_the_walks_find_it_and_pass(copied: Path) -> None:
    walks = [
        "tests/functions/test_catalog.py",
        "tests/functions/test_golden.py",
        "tests/functions/test_budgets.py",
        "tests/shared/connectors",
        "tests/functions/notifications/test_shops_of_all_systems.py",
        "tests/shared/domain/events/test_event_types.py",
        "tests/shared/schemas/events/test_event_data.py",
        "tests/functions/beep/test_openapi.py",
    ]
    of_new = " or ".join([*NAMES, "every_endpoint", "availableEvents"])
    chosen = f"({of_new}) and not filled_in and not package"
    done = run(copied, "pytest", "-v", "-p", "no:cacheprovider", *walks, "-k", chosen)

    assert done.returncode == 0, done.stdout
    for name in NAMES:
        assert name in done.stdout


@pytest.mark.parametrize(
    ("noun", "name", "problem"),
    [
        ("cards", "getCard", "cards is no noun of functions/catalog.py: it has loyalty, members"),
        ("loyalty", "get_card", "get_card is no name of an endpoint"),
        ("loyalty", "addLoyaltyPoints", "has addLoyaltyPoints already"),
    ],
)
def test_an_endpoint_that_has_no_place_is_not_begun(noun: str, name: str, problem: str) -> None:
    with pytest.raises(CannotBegin, match=problem):
        endpoint.begin(Tree(ROOT), noun, name)


def test_an_event_type_has_the_package_of_the_first_one_of_its_noun(tmp_path: Path) -> None:
    for path in (event.TYPES, event.DATA, event.LISTED):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)

    event.begin(Tree(tmp_path), "loyalty", "card_ordered")

    assert "(LOYALTY_CARD_ORDERED, Package.GO, " in (tmp_path / event.TYPES).read_text()


@pytest.mark.parametrize(
    ("noun", "name", "problem"),
    [
        ("cards", "ordered", "No event type begins with cards: they do with loyalty, "),
        ("loyalty", "cardOrdered", "cardOrdered is no name of an event"),
        ("loyalty", "enrollment", "has loyalty.enrollment already"),
    ],
)
def test_an_event_type_that_has_no_place_is_not_begun(noun: str, name: str, problem: str) -> None:
    with pytest.raises(CannotBegin, match=problem):
        event.begin(Tree(ROOT), noun, name)


@pytest.mark.parametrize(
    ("kind", "name", "problem"),
    [
        ("psp", "Acme", "Acme is no name of a connector"),
        ("pos", "korona", "shared/connectors/pos/korona.py is there already"),
        ("shop", "generic", "shared/connectors/shop/generic.py is there already"),
    ],
)
def test_a_connector_that_has_no_place_is_not_begun(kind: str, name: str, problem: str) -> None:
    with pytest.raises(CannotBegin, match=problem):
        connector.begin(Tree(ROOT), kind, name)
