"""What is encrypted is found and changed wherever it is in a dataclass, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared import encrypted
from shared.encrypted import Encrypted


@dataclass(frozen=True)
class Leaf:
    token: Encrypted | None = None
    name: str = "plain"


@dataclass(frozen=True)
class Tree:
    """Everything that a stored dataclass is made of."""

    token: Encrypted
    name: str = "plain"
    leaf: Leaf = Leaf()
    other: Leaf | None = None
    leaves: tuple[Leaf, ...] | None = ()
    tokens: tuple[Encrypted, ...] = ()
    by_name: Mapping[str, Leaf] = field(default_factory=dict)
    tokens_by_name: Mapping[str, Encrypted] = field(default_factory=dict)
    below: tuple[Tree, ...] = ()
    anything: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plain:
    name: str
    children: tuple[Plain, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def louder(token: Encrypted) -> Encrypted:
    return Encrypted(token.upper())


def test_changes_what_is_encrypted_wherever_it_is() -> None:
    a, b = Encrypted("a"), Encrypted("b")
    tree = Tree(
        a,
        leaf=Leaf(a),
        other=Leaf(b),
        leaves=(Leaf(a), Leaf(), Leaf(b)),
        tokens=(a, b),
        by_name={"x": Leaf(a)},
        tokens_by_name={"x": b},
        below=(Tree(a),),
        anything={"token": "a"},
    )

    up_a, up_b = Encrypted("A"), Encrypted("B")
    assert encrypted.changed(tree, louder) == Tree(
        up_a,
        leaf=Leaf(up_a),
        other=Leaf(up_b),
        leaves=(Leaf(up_a), Leaf(), Leaf(up_b)),
        tokens=(up_a, up_b),
        by_name={"x": Leaf(up_a)},
        tokens_by_name={"x": up_b},
        below=(Tree(up_a),),
        anything={"token": "a"},
    )


def test_what_is_absent_stays_absent() -> None:
    assert encrypted.changed(Leaf(), louder) == Leaf()
    assert encrypted.changed(Tree(Encrypted("a"), leaves=None), louder).leaves is None


def test_what_has_nothing_encrypted_is_left_alone() -> None:
    plain = Plain("a", (Plain("b"),), {"token": "a"})

    assert encrypted.changed(plain, louder) is plain


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Tree, True),
        (Leaf, True),
        (tuple[Leaf, ...], True),
        (Encrypted | None, True),
        (Plain, False),
        (str, False),
        (Mapping[str, Any], False),
    ],
)
def test_tells_what_has_anything_encrypted_in_it(kind: Any, expected: bool) -> None:
    assert encrypted.is_in(kind) is expected
