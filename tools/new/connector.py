"""Begin a connector: module, word, sample, test, double, page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.connectors import erp, pos, psp, shop
from tools.new.tree import CannotBegin, Tree, words_of

ANY = ("custom", "generic")
"""The names that stand for any other system. They come last in every list."""
NAMES = {"psp": psp.PROVIDERS, "pos": pos.SYSTEMS, "erp": erp.SYSTEMS, "shop": shop.SYSTEMS}
DOUBLES = {"psp": "tests/support/psp_doubles", "shop": "tests/support/vendor_shops"}
"""Where the stand-in of a vendor is found by its name; other kinds have none of their own."""
LISTS: Mapping[str, tuple[str, str]] = {
    "psp": ("shared/domain/payments/psp.py", "ProviderName"),
    "pos": ("shared/domain/systems/system_names.py", "_Till"),
    "erp": ("shared/domain/systems/system_names.py", "_Erp"),
    "shop": ("shared/domain/systems/system_names.py", "_Shop"),
}
"""The file and the list with the words of a kind."""


def begin(tree: Tree, kind: str, name: str) -> None:
    """Write a connector to a vendor whose API nobody has read yet.

    Raises:
        CannotBegin: There is already a connector with this name.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*", name):
        raise CannotBegin(f"{name} is no name of a connector: they look like lexoffice.")
    words = {"name": name, "title": name.capitalize(), "kind": kind}
    tree.write(f"shared/connectors/{kind}/{name}.py", f"{kind}.py.txt", **words)
    vendors = [word for word in NAMES[kind] if word not in ANY]
    path, variable = LISTS[kind]
    _add_word(tree, path, variable, vendors[-1], name)
    _add_sample(tree, kind, name)
    sentence = (
        f"{name} is not filled in: shared/connectors/{kind}/{name}.py speaks a made-up API. Put "
        "the vendor's in its place, and test here its pure functions, every call against a mock "
        "server made from the vendor's spec, and a call whose answer is lost: see "
        "docs/adding-a-connector.md."
    )
    about = f"{words['title']}: calls against a mock server of its API, and what it answers."
    tree.write_test(f"tests/shared/connectors/{kind}/test_{name}.py", about, sentence)
    page = name if kind == "psp" else f"{kind}-{name}"
    tree.write(f"docs/connectors/{page}.md", "connector.md.txt", **words)
    if kind in DOUBLES:
        tree.write(f"{DOUBLES[kind]}/{name}.py", f"{kind}_double.py.txt", **words)


def _add_word(tree: Tree, path: str, variable: str, behind: str, name: str) -> None:
    """Insert the word into a list after another word, if the list exists and has that word."""
    value = tree.value(path, variable)
    if value is None or behind not in words_of(value):
        return
    lines = tree.read(path).splitlines(keepends=True)
    first, last = value.lineno - 1, value.end_lineno or 0
    text = "".join(lines[first:last]).replace(f'"{behind}"', f'"{behind}", "{name}"', 1)
    tree.change(path, "".join([*lines[:first], text, *lines[last:]]))


def _add_sample(tree: Tree, kind: str, name: str) -> None:
    if kind == "psp":
        sample = f'    "{name}": {{"apiKey": "fake-key-of-{name}", "mode": "test"}},\n'
        tree.insert_before("tests/support/psp_samples.py", '    "custom": {\n', sample)
        return
    fields = f'"accountId": "account-of-{name}"'
    if kind == "shop":
        secret = f"fake-webhook-secret-of-{name}"
        fields = f'"shopUrl": "https://shop.example.com", "webhookSecret": "{secret}"'
    fields += f', "apiKey": "fake-key-of-{name}"'
    sample = f'    ("{kind}", "{name}"): {{{fields}}},\n'
    tree.insert_before("tests/support/system_samples.py", f'    ("{kind}", "generic"): {{', sample)
