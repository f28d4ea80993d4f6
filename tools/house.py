"""A picture of the house: layers as floors, nouns as rooms, and the imports between them.

``python -m tools.docs`` writes it to ``docs/house.svg``. Its content is read from the code.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("functions", "shared")
FLOORS = {
    "functions.beep": "the BEEP! API",
    "shared.services": "use cases",
    "shared.store": "documents",
    "shared.schemas": "bodies",
    "shared.domain": "pure rules",
}
"""Layers with a room for each noun, the uppermost first."""
SIDE = {
    "functions": "the edge",
    "functions.notifications": "others call",
    "functions.triggers": "documents call",
    "functions.tasks": "queues call",
    "functions.schedules": "the clock calls",
    "functions.beep.openapi": "describes the API",
    "shared.auth": "who calls",
    "shared.connectors": "tills, ERPs, providers",
    "shared.webhooks": "sign and send",
    "shared.outgoing": "the way out",
    "shared": "what all use",
}
"""Rooms without nouns."""
NOUNS = (
    "accounts",
    "stores",
    "events",
    "loyalty",
    "webhooks",
    "catalog",
    "members",
    "imports",
    "rewards",
    "orders",
    "payments",
    "systems",
    "wallets",
)
"""Nouns in the order of the import contract: a room imports only from rooms to its left."""
SHARED_BY_ALL = ""
Room = tuple[str, str]

_LABEL, _WIDTH, _HEIGHT, _GAP, _ARCS = 170, 104, 46, 8, 44
_TOP, _MARGIN = 70, 16


@dataclass(frozen=True)
class House:
    """The data of the picture.

    A room is a package and a noun.

    Attributes:
        modules: The number of modules in each room.
        imports: The pairs of rooms of which the first imports from the second.
    """

    modules: Counter[Room]
    imports: set[tuple[Room, Room]]


def survey(root: Path = ROOT) -> House:
    """Read all modules, and say what there is."""
    house = House(Counter(), set())
    for path in sorted(each for name in PACKAGES for each in (root / name).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        room = room_of(".".join(path.relative_to(root).with_suffix("").parts))
        if path.name != "__init__.py":
            house.modules[room] += 1
        others = {room_of(name) for name in _imported(ast.parse(text))}
        house.imports.update((room, other) for other in others - {room})
    return house


def room_of(module: str) -> Room:
    """Return the package and the noun of a module; the noun is empty for what all share."""
    places = sorted((*FLOORS, *SIDE), key=len, reverse=True)
    package = next(each for each in places if f"{module}.".startswith(f"{each}."))
    noun = module.removeprefix(package).lstrip(".").partition(".")[0]
    return package, noun if package in FLOORS and noun in NOUNS else SHARED_BY_ALL


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def picture(house: House) -> str:
    """Return the house as an SVG document."""
    built = {noun for _, noun in house.modules}
    columns = [each for each in (SHARED_BY_ALL, *NOUNS) if each in built]
    width = 2 * _MARGIN + _LABEL + len(columns) * (_WIDTH + _GAP)
    floor_height = _HEIGHT + _ARCS
    side_top = _TOP + len(FLOORS) * floor_height + 24
    side_rows = -(-len(SIDE) // 6)
    height = side_top + side_rows * (_HEIGHT + _GAP) + _MARGIN
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">'
        ),
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(_MARGIN, 24, "The house: floors import downwards, rooms from their left", 16),
        _text(
            _MARGIN,
            44,
            "The number of modules in each room. An arc leads to the room that is imported from",
        ),
    ]
    for row, (package, meaning) in enumerate(FLOORS.items()):
        top = _TOP + row * floor_height
        parts += _floor(house, package, meaning, top, columns)
    parts += _side(house, side_top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _floor(
    house: House, package: str, meaning: str, top: int, columns: Iterable[str]
) -> Iterator[str]:
    yield _text(_MARGIN, top + 20, package, 13)
    yield _text(_MARGIN, top + 36, meaning, color="#666666")
    left_of = {
        noun: _MARGIN + _LABEL + column * (_WIDTH + _GAP) for column, noun in enumerate(columns)
    }
    for noun, left in left_of.items():
        if house.modules[package, noun]:
            yield from _room(house, (package, noun), left, top, noun or "what all share")
    for source, target in sorted(house.imports):
        is_here = source[0] == target[0] == package
        if is_here and target[1] != SHARED_BY_ALL:
            yield from _arc(left_of[source[1]], left_of[target[1]], top + _HEIGHT)


def _side(house: House, top: int) -> Iterator[str]:
    for index, (package, meaning) in enumerate(SIDE.items()):
        row, column = divmod(index, 6)
        left = _MARGIN + column * (2 * _WIDTH)
        at = top + row * (_HEIGHT + _GAP)
        yield from _room(house, (package, SHARED_BY_ALL), left, at, package, wide=True)
        yield _text(left + 8, at + 41, meaning, 10, color="#666666")


def _room(
    house: House, room: Room, left: int, top: int, name: str, *, wide: bool = False
) -> Iterator[str]:
    width = 2 * _WIDTH - _GAP if wide else _WIDTH
    fill = "#eef3ee" if room[1] else "#f3f0e8"
    yield (
        f'<rect x="{left}" y="{top}" width="{width}" height="{_HEIGHT}" rx="4" '
        f'fill="{fill}" stroke="#7a8b7a"/>'
    )
    yield _text(left + 8, top + 17, name)
    yield _text(left + 8, top + 31, str(house.modules[room]), 10, color="#666666")


def _arc(source: int, target: int, top: int) -> Iterator[str]:
    start, end = source + _WIDTH // 2, target + _WIDTH // 2 + 10
    depth = min(_ARCS - 8, 14 + abs(start - end) // 24)
    middle = (start + end) // 2
    yield (
        f'<path d="M{start} {top} Q{middle} {top + 2 * depth} {end} {top}" fill="none" '
        'stroke="#3f6fb5" opacity="0.7"/>'
    )
    yield f'<path d="M{end} {top} l7 3 l-4 6 z" fill="#3f6fb5"/>'


def _text(left: int, top: int, text: str, size: int = 12, color: str = "#222222") -> str:
    return f'<text x="{left}" y="{top}" font-size="{size}" fill="{color}">{escape(text)}</text>'
