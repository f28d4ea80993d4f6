"""The pages on the shops: the command that begins each of them runs as it stands there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shared.connectors import shop
from tests.support.merchants import Merchant
from tests.support.pages import blocks, page, run_in_shell

ENV = ". .local/dev.env\n"


def begun(app: Flask, merchant: Merchant, cwd: Path, system: str) -> dict[str, Any]:
    first = blocks(page(f"connectors/shop-{system}.md"), "sh")[0]
    assert first.startswith(ENV)
    ran = run_in_shell(
        app,
        merchant,
        cwd,
        first.removeprefix(ENV),
        PROGRAM=merchant.program("points"),
    )
    assert ran.stderr == ""
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer


@pytest.mark.usefixtures("firestore_emulator")
@pytest.mark.parametrize("system", ["generic", "shopware"])
def test_a_shop_is_connected(app: Flask, merchant: Merchant, tmp_path: Path, system: str) -> None:
    assert begun(app, merchant, tmp_path, system)["success"] is True


@pytest.mark.usefixtures("firestore_emulator")
@pytest.mark.parametrize("system", sorted(shop.APPROVING))
def test_a_page_of_the_shop_is_asked_for(
    app: Flask, merchant: Merchant, tmp_path: Path, system: str
) -> None:
    answer = begun(app, merchant, tmp_path, system)

    assert answer["success"] is True, answer
    assert answer["url"].startswith("https://")


@pytest.mark.parametrize("system", shop.SYSTEMS)
def test_no_command_names_a_store_or_program_of_its_own(system: str) -> None:
    for block in blocks(page(f"connectors/shop-{system}.md"), "sh"):
        assert "$STORE" in block
        assert "store_a" not in block
        assert "lp_" not in block
