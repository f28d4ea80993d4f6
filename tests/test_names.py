"""Names: one word for one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OF_A_KIND = {"Request", "Response", "Config", "Connector"}
"""Every endpoint has the first two, every connector the others."""


def test_no_public_class_has_the_name_of_another() -> None:
    places = defaultdict(list)
    for path in (each for name in ("functions", "shared") for each in (ROOT / name).rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert shared.keys() == OF_A_KIND, {k: v for k, v in shared.items() if k not in OF_A_KIND}
