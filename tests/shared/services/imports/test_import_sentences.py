"""What is said of bad files and rows: the console has words for these very sentences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shared.services.imports.test_member_files import imported, send
from tests.support.merchants import Merchant
from tools.emulators import ROOT

SAID: dict[str, dict[str, str]] = json.loads(
    (ROOT / "web" / "tests" / "import-sentences.json").read_text()
)
FILES: dict[str, str | bytes] = {
    "notText": "PK\3\4\0",
    "tooLarge": b"{" + b" " * (10 * 1024 * 1024),
    "noRows": "email\n",
    "noHeadings": "email;email\na;b\n",
    "unknownHeadings": "Vorname\nAda\n",
    "openQuote": 'email;firstName\n"a@example.com;Ada\n',
    "longRow": 'email;firstName\n"a@example.com;' + "x" * 500_001,
    "tooMany": "email\n" + "a@example.com\n" * 100_001,
}
ROWS: dict[str, dict[str, Any]] = {
    "email": {"email": "ada"},
    "phone": {"phone": "none"},
    "day": {"birthday": "31.13.1990"},
    "moment": {"enrolledAt": "yesterday"},
    "truth": {"newsletter.subscribed": "perhaps"},
    "number": {"points": "many"},
    "language": {"language": "deutsch"},
    "future": {"enrolledAt": "2999-01-01"},
    "tooEarly": {"enrolledAt": "01.01.1979"},
    "tooLong": {"firstName": "x" * 201},
    "negative": {"points": "-5"},
    "tooMuch": {"points": "10000000000"},
    "tooFine": {"points": "1,5"},
    "signs": {"customerNumber": '"a\nb"'},
    "tooManyCells": {"email": "a@example.com;1"},
    "nobody": {"email": "", "firstName": "Ada"},
    "noConsent": {"newsletter.subscribed": "ja"},
    "earnedLess": {"points": "5", "totalEarned": "1"},
}


@pytest.mark.parametrize("name", SAID["files"])
def test_a_bad_file_is_refused_in_these_words(merchant: Merchant, name: str) -> None:
    answer = send(merchant, FILES[name])

    assert answer.status == 400
    assert answer.body["details"]["fields"] == {"file": SAID["files"][name]}


def test_bad_rows_are_refused_in_these_words(merchant: Merchant) -> None:
    """Each in a file of its own: numbers of a column are read alike."""
    program_id = merchant.program("points")
    said = {}
    for name, values in ROWS.items():
        cells = {"email": f"{name}@example.com", **values}
        text = f"{';'.join(cells)}\n{';'.join(cells.values())}\n"
        (row,) = imported(merchant, text, programId=program_id, dryRun=True)["memberResults"]
        said[name] = row["message"]
    doubt = imported(
        merchant, "email;points\na@example.com;1,234\n", programId=program_id, dryRun=True
    )
    said["doubt"] = doubt["memberResults"][0]["message"]

    assert said == SAID["rows"]
