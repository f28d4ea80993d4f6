"""Every kind of document says what it holds on persons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from shared import encrypted
from shared.store import documents
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData, Personal

NAMES = ("user_id", "user_ids", "customer_id", "email", "phone", "merged_from", "merged_into")
TEXTS = ("description", "reason", "status_reason", "comment", "note", "response_text", "message")


def names_in(kind: Any, within: tuple[Any, ...] = ()) -> Iterator[str]:
    """Yield the names of all fields of a type, at any depth."""
    if kind in within:
        return
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        for each in fields(kind):
            yield each.name
            yield from names_in(hints[each.name], (*within, kind))
    for each in get_args(kind):
        yield from names_in(each, (*within, kind))


def is_suspicious(kind: type) -> bool:
    return encrypted.is_in(kind) or bool({*NAMES, *TEXTS} & {*names_in(kind)})


@pytest.mark.parametrize("kind", documents.every(), ids=lambda each: each.kind.__name__)
def test_says_what_it_holds_on_persons(kind: Documents[Any, ...]) -> None:
    assert kind.personal is not None or not is_suspicious(kind.kind), (
        f"{kind.kind.__name__} has names, texts or secrets: say in its Documents(..., personal=) "
        "how they are found, exported and erased, or why they are nobody's"
    )
    if isinstance(kind.personal, NoPersonalData):
        assert kind.personal.why.endswith(".")
    elif kind.personal is not None:
        known = {each.name for each in fields(kind.kind)}
        assert {*kind.personal.readable} <= known


def test_names_are_unique() -> None:
    found = [
        each.personal.name for each in documents.every() if isinstance(each.personal, Personal)
    ]
    assert len(found) == len(set(found))


def test_finds_names_at_any_depth() -> None:
    kinds = {each.kind.__name__: each.kind for each in documents.every()}
    assert "customer_id" in {*names_in(kinds["Purchase"])}
    assert not is_suspicious(kinds["ProgramCounters"])
