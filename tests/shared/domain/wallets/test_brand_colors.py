"""Colours of a pass: as the card app has them, and always readable."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.wallets import brand_colors
from tools.emulators import ROOT

COLORS = [
    "#008c00",
    "#000000",
    "#ffffff",
    "#ffd400",
    "#777777",
    "#767676",
    "#1d5fbf",
    "#f0f",
    "#0a7",
]


@given(st.integers(min_value=0, max_value=0xFFFFFF))
def test_every_colour_has_an_ink_that_can_be_read(value: int) -> None:
    color = f"#{value:06x}"

    assert brand_colors.contrast_of(color, brand_colors.ink_on(color)) >= 4.5


def test_is_what_the_card_app_has() -> None:
    script = f"""
        const ts = require('{ROOT}/tools/node_modules/typescript');
        const code = require('fs').readFileSync('{ROOT}/web/shared/lib/contrast.ts', 'utf8');
        const js = ts.transpile(code, {{ module: 'commonjs', target: 'es2022' }});
        const found = {{}};
        new Function('exports', js)(found);
        console.log(JSON.stringify({json.dumps(COLORS)}.map(found.inkOn)));
    """
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    ours = [brand_colors.ink_on(brand_colors.brand_of(each)) for each in COLORS]
    assert json.loads(done.stdout) == ours


@pytest.mark.parametrize("color", [None, "", "red", "#12345", "#1234567", "#ggg"])
def test_what_is_no_colour_is_ours(color: str | None) -> None:
    assert brand_colors.brand_of(color) == brand_colors.BRAND_DEFAULT


def test_short_colours_are_written_out() -> None:
    assert brand_colors.brand_of("#F0a") == "#ff00aa"
    assert brand_colors.rgb_of("#ff00aa") == (255, 0, 170)
