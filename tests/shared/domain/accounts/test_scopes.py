"""What a token may do, of what is asked for and what the package includes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.accounts import scopes
from shared.domain.accounts.packages import Package
from shared.domain.accounts.scopes import ScopeRefusedError

NEEDED = {
    "catalog.read": Package.DISCOVER,
    "members.read": Package.GO,
    "members.write": Package.GO,
    "payments.write": Package.GROW,
}
PACKAGES = st.sampled_from(Package)
ASKED = st.lists(st.sampled_from([*NEEDED, "", "unknown.read"]), max_size=6)


def test_an_action_reads_or_writes() -> None:
    assert scopes.of("members", writes=False) == "members.read"
    assert scopes.of("members", writes=True) == "members.write"
    assert scopes.meaning("members.read") == "Read members."
    assert scopes.meaning("members.write") == "Change members."


def test_what_connects_systems_says_how_much_that_is() -> None:
    assert scopes.meaning("systems.read") == "Read systems."
    assert "who earns points, who is erased" in scopes.meaning("systems.write")


@settings(max_examples=60)
@given(package=PACKAGES, names=ASKED)
def test_nothing_is_granted_that_was_not_asked_for_or_is_not_included(
    package: Package, names: list[str]
) -> None:
    possible = scopes.available(NEEDED, package)
    wanted = {name for name in names if name}
    if wanted <= {*possible}:
        granted = scopes.granted(" ".join(names), NEEDED, package)
        assert granted == (tuple(sorted(wanted)) or possible)
    else:
        with pytest.raises(ScopeRefusedError):
            scopes.granted(" ".join(names), NEEDED, package)


@settings(max_examples=30)
@given(lower=PACKAGES, higher=PACKAGES)
def test_a_higher_package_includes_all_of_a_lower_one(lower: Package, higher: Package) -> None:
    if higher.includes(lower):
        assert {*scopes.available(NEEDED, lower)} <= {*scopes.available(NEEDED, higher)}


def test_who_names_none_gets_all_that_there_are() -> None:
    for asked in (None, "", "  "):
        assert scopes.granted(asked, NEEDED, Package.GO) == (
            "catalog.read",
            "members.read",
            "members.write",
        )


def test_says_what_the_package_does_not_include() -> None:
    with pytest.raises(ScopeRefusedError, match=r"GO does not include payments\.write\."):
        scopes.granted("payments.write members.read", NEEDED, Package.GO)


@pytest.mark.parametrize("asked", ["members.read\tmembers.write", "x\x00", "*", "members.read,"])
def test_other_names_are_not_repeated(asked: str) -> None:
    with pytest.raises(ScopeRefusedError) as refused:
        scopes.granted(asked, NEEDED, Package.PRIME)

    assert asked not in str(refused.value)
