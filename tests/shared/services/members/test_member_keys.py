"""Hashes of what identifies members: apart for everything that differs, and no secret in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.services.members import member_keys
from shared.services.vaults import vault
from shared.vault import new_key

OLD, NEW = new_key(), new_key()


@pytest.fixture(scope="module", autouse=True)
def _keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use(patch, NEW, OLD)
        yield
    vault.cache_clear()


def use(patch: pytest.MonkeyPatch, *keys: str) -> None:
    patch.setenv("PUNKTWERK_SECRET_KEYS", ",".join(keys))
    vault.cache_clear()


def test_there_is_one_for_each_key_and_the_newest_is_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = member_keys.hashes("acc", [("email", "x")])
    versions = member_keys.versions()
    alone = []
    for key in (NEW, OLD):
        use(monkeypatch, key)
        alone += member_keys.hashes("acc", [("email", "x")])
    use(monkeypatch, NEW, OLD)

    assert both == alone
    assert [member_keys.is_of(each, version) for each in both for version in versions] == [
        True,
        False,
        False,
        True,
    ]


@given(st.sets(st.tuples(st.text(), st.sampled_from(["email", "phone"]), st.text()), min_size=2))
def test_what_differs_has_another_hash(asked: set[tuple[str, str, str]]) -> None:
    found = [
        each
        for account_id, kind, text in asked
        for each in member_keys.hashes(account_id, [(kind, text)])
    ]

    assert len(set(found)) == 2 * len(asked)


def test_shows_its_kind_and_nothing_of_the_text() -> None:
    for found in member_keys.hashes("acc", [("email", "ada@example.com")]):
        assert re.fullmatch("email_[0-9a-f]{8}_[0-9a-f]{64}", found)
