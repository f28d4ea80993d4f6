"""Which sections of the console each role has: those whose actions the catalog lets it call."""

from __future__ import annotations

import re

import pytest

from functions.catalog import ENDPOINT_BY_NAME, ENDPOINTS
from shared.domain.accounts.staff import StaffRole
from tests.support.merchants import Merchant
from tests.support.staff import hired
from tools.emulators import ROOT

SOURCE = ROOT / "web" / "console" / "src"
NEEDS = re.compile(r"id: '(\w+)',\s*needs: \[([^\]]*)\]")
OF_A_SHOP = {"start", "till", "members", "programs"}
DEVELOPERS_PAGES = {"keys", "webhooks", "events", "payments", "connections", "try"}


def needs_of(file: str) -> dict[str, set[str]]:
    """Return the actions that each section or page of a table needs."""
    found = NEEDS.findall((SOURCE / file).read_text())
    assert found, f"{file} has no table"
    return {name: set(re.findall(r"'(\w+)'", needs)) for name, needs in found}


SECTIONS = needs_of("sections.ts")
PAGES = needs_of("developers/pages.ts")


def test_sections_need_actions_that_there_are() -> None:
    needed = set().union(*SECTIONS.values(), *PAGES.values())

    assert needed <= ENDPOINT_BY_NAME.keys()
    assert all([*SECTIONS.values(), *PAGES.values()])


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("role", StaffRole)
def test_each_role_has_the_sections_that_the_catalog_lets_it_use(
    role: StaffRole, merchant: Merchant
) -> None:
    actions = set(hired(merchant, role).ok("getMyAccess")["actions"])

    assert actions == {each.name for each in ENDPOINTS if role in each.staff_roles}
    sections = {name for name, needs in SECTIONS.items() if needs <= actions}
    pages = {name for name, needs in PAGES.items() if needs <= actions}
    expected = {
        StaffRole.OWNER: OF_A_SHOP | {"developers"},
        StaffRole.MANAGER: OF_A_SHOP,
        StaffRole.CASHIER: {"till"},
        StaffRole.DEVELOPER: OF_A_SHOP - {"till"} | {"developers"},
    }
    optional = {"fields", "imports", "staff"}
    assert sections - optional == expected[role]
    if "developers" in sections:
        assert pages == DEVELOPERS_PAGES
