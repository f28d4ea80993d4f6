"""The service account's token: asked for once while it is good, and never through a proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.outgoing import google_metadata
from tests.support import receivers
from tests.support.receivers import Receiver

GOOD = {"access_token": "ya29.token", "expires_in": 3599, "token_type": "Bearer"}


@pytest.fixture
def metadata(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """What stands in for Google's metadata server."""
    monkeypatch.setattr(google_metadata, "_kept", [])
    with receivers.receiving("") as receiver:
        monkeypatch.setenv("GCE_METADATA_HOST", receiver.url.removeprefix("http://"))
        receiver.answer = receivers.answer(200, GOOD, Metadata_Flavor="Google")
        yield receiver


def test_a_token_is_kept_while_it_is_good(metadata: Receiver) -> None:
    assert [google_metadata.access_token() for _ in range(2)] == ["ya29.token"] * 2

    (asked,) = metadata.received
    assert asked.path == "/computeMetadata/v1/instance/service-accounts/default/token"
    assert asked.headers["metadata-flavor"] == "Google"


def test_one_that_ends_soon_is_asked_for_again(metadata: Receiver) -> None:
    metadata.answer = receivers.answer(200, {**GOOD, "expires_in": 59}, Metadata_Flavor="Google")

    google_metadata.access_token()
    google_metadata.access_token()

    assert len(metadata.received) == 2


@pytest.mark.parametrize(
    "answer",
    [
        receivers.answer(200, GOOD),
        receivers.answer(404, GOOD, Metadata_Flavor="Google"),
        receivers.answer(200, {"expires_in": 3599}, Metadata_Flavor="Google"),
        receivers.status(200, "no JSON", Metadata_Flavor="Google"),
        receivers.hang_up,
    ],
    ids=["not Google", "absent", "without a token", "no JSON", "hangs up"],
)
def test_what_is_no_token_is_none(answer: receivers.Answer, metadata: Receiver) -> None:
    metadata.answer = answer

    assert google_metadata.access_token() is None
