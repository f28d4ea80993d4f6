"""The page that follows one event shows what was sent: its signatures fit its bytes."""

from __future__ import annotations

import re
from email.parser import Parser
from email.policy import HTTP
from pathlib import Path

from shared.schemas.events.event_data import parse
from shared.webhooks import signing
from tools.emulators import ROOT

PAGE = Path(ROOT / "docs" / "one-event.md").read_text()


def test_the_signatures_are_those_of_the_bytes() -> None:
    found = re.search(r"```http\nPOST .*?\n(.*?)\n\n(.*?)\n```", PAGE, re.DOTALL)
    assert found is not None
    headers = dict(Parser(policy=HTTP).parsestr(found[1]).items())
    [secret] = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", PAGE))

    signed = signing.sign(
        [secret],
        message_id=headers["webhook-id"],
        timestamp_s=int(headers["webhook-timestamp"]),
        body=found[2].encode(),
    )

    assert signed.items() <= headers.items()
    assert headers["X-Beep-Signature"].removeprefix("sha256=") in PAGE.split("openssl")[1]
    assert int(headers["Content-Length"]) == len(found[2].encode())
    assert parse(found[2]).type == headers["X-Beep-Event"]
