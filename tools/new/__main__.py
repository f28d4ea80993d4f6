"""Write the new files, and tell what to fill in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.new import connector, endpoint, event
from tools.new.tree import CannotBegin, Tree

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Begin the item that the command line names; return the exit status."""
    chosen = _parser().parse_args(arguments)
    tree = Tree(ROOT)
    try:
        chosen.begin(tree, chosen.kind, chosen.name)
        tree.finish()
    except CannotBegin as problem:
        print(problem, file=sys.stderr)
        _tell_how_to_undo(tree)
        return 1
    for path in tree.written:
        print(f"wrote {path}")
    for path in tree.changed:
        print(f"changed {path}")
    test = next(path for path in tree.written if path.rpartition("/")[2].startswith("test_"))
    print(f"\nWhat to fill in: venv/bin/python -m pytest {test}")
    _tell_how_to_undo(tree)
    return 0


def _tell_how_to_undo(tree: Tree) -> None:
    if tree.written:
        print(f"\nTo take it out again: git restore -- {' '.join(tree.changed)}")
        print(f"and: rm {' '.join(tree.written)}")
        print("That also takes out what else was uncommitted in these files.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.new", description=__doc__)
    kinds = parser.add_subparsers(required=True)
    for name, begin, kind, example in (
        ("endpoint", endpoint.begin, "noun", "endpoint loyalty getLoyaltyCard"),
        ("event", event.begin, "noun", "event loyalty card_ordered"),
    ):
        added = kinds.add_parser(name, help=example)
        added.add_argument("kind", metavar=kind)
        added.add_argument("name")
        added.set_defaults(begin=begin)
    added = kinds.add_parser("connector", help="connector psp|pos|erp|shop acme")
    added.add_argument("kind", choices=list(connector.LISTS))
    added.add_argument("name")
    added.set_defaults(begin=connector.begin)
    return parser


if __name__ == "__main__":
    sys.exit(main())
