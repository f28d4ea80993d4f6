"""Scopes: what an access token may do, by noun, such as ``members.read`` and ``loyalty.write``."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.accounts.packages import Package

Scopes = tuple[str, ...]
"""Sorted, each once."""


_WORDS = {"loyalty": "loyalty programs with their rewards, campaigns and points"}
"""What a noun stands for, where it is more than it seems."""
_MEANINGS = {
    "systems.write": (
        "Connect tills, ERPs and shops, and so decide what they report: who earns points, who is "
        "erased, and where cards and codes of rewards go."
    )
}
"""What a scope is for, where the noun does not say how much it is."""


class ScopeRefusedError(Exception):
    """A scope is asked for that there is not, or that the package does not include."""


def of(noun: str, *, writes: bool) -> str:
    """Return the scope of an action."""
    return f"{noun}.{'write' if writes else 'read'}"


def meaning(scope: str) -> str:
    """Return what a scope is for, in words: ``Change members.``."""
    if scope in _MEANINGS:
        return _MEANINGS[scope]
    noun, _, kind = scope.partition(".")
    return f"{'Change' if kind == 'write' else 'Read'} {_WORDS.get(noun, noun)}."


def available(needed: Mapping[str, Package], package: Package) -> Scopes:
    """Return the scopes that a package includes.

    Args:
        needed: All scopes, each with the lowest package that can do something with it.
        package: What the account has.
    """
    return tuple(sorted(scope for scope, lowest in needed.items() if package.includes(lowest)))


def granted(asked: str | None, needed: Mapping[str, Package], package: Package) -> Scopes:
    """Return the scopes of a token.

    Args:
        asked: Names with spaces between them, as clients send them. None, or none in it: all that
            the package includes.
        needed: As for ``available``.
        package: What the account has.

    Raises:
        ScopeRefusedError: One of them is unknown, or not included. Its message is for people.
    """
    possible = available(needed, package)
    names = [name for name in (asked or "").split(" ") if name]
    if not names:
        return possible
    if any(name not in needed for name in names):
        raise ScopeRefusedError("A scope is unknown; the metadata lists all of them.")
    excluded = sorted({name for name in names if name not in possible})
    if excluded:
        raise ScopeRefusedError(f"The package {package} does not include {' '.join(excluded)}.")
    return tuple(sorted(set(names)))
