"""The table of what the face takes. One path is published; an operator can change all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from functions.catalog import module_name
from shared import config
from shared.domain.accounts import scopes

BASE = "/api/cogi/loyalty/"
TOKEN_PATH = "/api/oauth/token"  # noqa: S105 - a path
_PART = re.compile(r"[A-Za-z0-9_.~-]+|\{customerId\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint. ``path`` is what comes after ``BASE``; ``is_published``: the plugin's own page
    says it, else it is guessed.

    ``noun`` and ``is_read`` say which scope of a token allows it.
    """

    name: str
    method: str
    path: str
    noun: str
    is_published: bool = False

    @property
    def module(self) -> str:
        """The module that handles it."""
        return f"functions.shopware.{module_name(self.name)}"

    @property
    def is_read(self) -> bool:
        """True if it changes nothing."""
        return self.method == "GET"

    @property
    def scope(self) -> str:
        """What an access token needs for it."""
        return scopes.of(self.noun, writes=not self.is_read)

    @property
    def has_customer(self) -> bool:
        """True if the path names a customer."""
        return "{customerId}" in self.path

    def match(self, path: str) -> dict[str, str] | None:
        """Return what a path (after ``BASE``) names, ``None`` if it is another operation's."""
        pattern = re.escape(self.path).replace(r"\{customerId\}", "(?P<customerId>[^/]+)")
        found = re.fullmatch(pattern, path)
        return None if found is None else found.groupdict()


DEFAULTS = (
    Operation(
        "getCustomerProfile",
        "GET",
        "customer-profile/{customerId}",
        "members",
        is_published=True,
    ),
    Operation("listCustomerProfiles", "GET", "customer-profiles", "members"),
    Operation(
        "listCustomerTransactions",
        "GET",
        "customer-transactions/{customerId}",
        "members",
    ),
    Operation("addPoints", "POST", "add-points", "loyalty"),
    Operation("deductPoints", "POST", "deduct-points", "loyalty"),
    Operation("listAvailableActions", "GET", "available-actions/{customerId}", "members"),
)


def operations() -> tuple[Operation, ...]:
    """Return all operations, with the paths that the operator has set.

    Raises:
        ValueError: The setting names something that there is not, or two have one path.
    """
    return _with_paths(config.shopware_paths())


@cache
def _with_paths(setting: str) -> tuple[Operation, ...]:
    paths = {each.name: each.path for each in DEFAULTS}
    for said in setting.split():
        name, _, path = said.partition("=")
        if name not in paths:
            raise ValueError(f"PUNKTWERK_SHOPWARE_PATHS names no operation {name}")
        paths[name] = path.strip("/").removeprefix(BASE.strip("/")).strip("/")
        if not all(_PART.fullmatch(part) for part in paths[name].split("/")):
            raise ValueError(f"PUNKTWERK_SHOPWARE_PATHS has no usable path for {name}")
    found = tuple(replace(each, path=paths[each.name]) for each in DEFAULTS)
    for each, default in zip(found, DEFAULTS, strict=True):
        if each.has_customer is not default.has_customer:
            raise ValueError(f"PUNKTWERK_SHOPWARE_PATHS: the path of {each.name} has no customer")
    if len({(each.method, each.path) for each in found}) < len(found):
        raise ValueError("PUNKTWERK_SHOPWARE_PATHS gives one path to two operations")
    return found


def is_ours(path: str) -> bool:
    """Tell whether a path of a request, from the host on, is this face's."""
    return BASE in path or path.endswith(TOKEN_PATH)
