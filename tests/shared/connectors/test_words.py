"""Yes and no are read in any spelling, and nothing else is taken for one of them."""

from __future__ import annotations

import pytest

from shared.connectors import words


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        *[(word, True) for word in ("1", "true", "True", "TRUE", " yes ", "ja", "J", "wahr", "x")],
        *[(word, False) for word in ("0", "false", "False", "no", "NEIN", "n", "falsch", "", " ")],
    ],
)
def test_reads_yes_and_no(text: str, truth: bool) -> None:
    assert words.truth_of(text) is truth


@pytest.mark.parametrize("text", ["2", "vielleicht", "-1", "oui", "y e s" * 100])
def test_refuses_other_words(text: str) -> None:
    with pytest.raises(ValueError, match="is neither yes nor no") as refused:
        words.truth_of(text)
    assert len(str(refused.value)) < 60
