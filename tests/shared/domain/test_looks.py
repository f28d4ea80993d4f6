"""Names that look alike."""

from __future__ import annotations

import pytest

from shared.domain.looks import alike

DECOMPOSED, INVISIBLE = "Cafe\u0301 Linde", "Caf\u00e9\u200b Linde"


@pytest.mark.parametrize(
    "name", [DECOMPOSED, INVISIBLE, " Caf\u00e9  Linde ", "CAF\u00c9 LINDE", "Caf\u00e9\u00a0Linde"]
)
def test_what_is_written_otherwise_is_found(name: str) -> None:
    assert alike(["Bar", "Caf\u00e9 Linde"], name) == "Caf\u00e9 Linde"


@pytest.mark.parametrize(
    "name", ["Caf\u00e9 Linde", "Cafe Linde", "Caf\u00e9 Linde 2", "Caf\u00e9Linde"]
)
def test_itself_and_other_names_are_not(name: str) -> None:
    assert alike(["Bar", "Caf\u00e9 Linde"], name) is None
