"""Begin an endpoint: module, row, test, golden file."""

from __future__ import annotations

import ast
import re

from functions import catalog
from tools.new.tree import CannotBegin, Tree, rows_of

CATALOG = "functions/catalog.py"
_READS = ("get", "list", "fetch")


def begin(tree: Tree, noun: str, name: str) -> None:
    """Write an endpoint that takes a store and answers with its id.

    The endpoint only reads if its name says so, and needs the same package as others of its noun.

    Raises:
        CannotBegin: The noun does not exist, or the endpoint already exists.
    """
    if not re.fullmatch(r"[a-z]+[A-Za-z]*", name):
        raise CannotBegin(f"{name} is no name of an endpoint: they look like getLoyaltyProgram.")
    rows = list(rows_of(tree.value(CATALOG, "ENDPOINTS")))
    siblings = [row for row in rows if _text(row.args[1]) == noun]
    if not siblings:
        nouns = ", ".join(dict.fromkeys(_text(row.args[1]) for row in rows))
        raise CannotBegin(f"{noun} is no noun of {CATALOG}: it has {nouns}.")
    if name in {_text(row.args[0]) for row in rows}:
        raise CannotBegin(f"{CATALOG} has {name} already.")
    package = siblings[0].args[2]
    assert isinstance(package, ast.Attribute)
    is_read = name.startswith(_READS)
    _write(tree, noun, name, package.attr, is_read=is_read)
    read = ", is_read=True" if is_read else ""
    row = f'    Endpoint("{name}", "{noun}", Package.{package.attr}{read}),\n'
    tree.insert(CATALOG, siblings[-1].end_lineno or 0, row)


def _write(tree: Tree, noun: str, name: str, package: str, *, is_read: bool) -> None:
    module, method = catalog.module_name(name), "GET" if is_read else "POST"
    words = {"name": name, "noun": noun, "module": module, "package": package, "method": method}
    tree.write(f"functions/beep/{noun}/{module}.py", "endpoint.py.txt", **words)
    tree.write(f"tests/golden/{noun}/{module}.json", "golden.json.txt", **words)
    sentence = (
        f"{name} is not filled in: say in functions/beep/{noun}/{module}.py what it takes, answers "
        f"and does, and in tests/golden/{noun}/{module}.json what is sent, answered and paid; then "
        "test here its documented example, each of its refusals and that nothing was written, a "
        "repeated request, and another account's object."
    )
    test = f"tests/functions/beep/{noun}/test_{module}.py"
    tree.write_test(test, f"{name}: say here what holds for it.", sentence)


def _text(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant)
    return str(node.value)
