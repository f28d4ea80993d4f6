"""What every payment provider's connector does, whoever wrote it: registered is tested."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.psp import PROVIDERS, module_of
from shared.connectors.psp.base import ForgedNotification
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
)
from tests.support.psp_samples import CONFIGS, REQUEST, connect, secrets_of
from tests.support.receivers import hang_up, raw, receiving, status

every_provider = pytest.mark.parametrize("provider", PROVIDERS)


@pytest.fixture(autouse=True)
def _no_repetitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be repeated after a pause is not: every pause is too long."""
    monkeypatch.setattr(client, "PAUSE_S_MAX", -1.0)


def required(provider: str) -> list[str]:
    schema = module_of(provider).Config.model_json_schema()
    return list(schema["required"])


def create(provider: str, answer: object) -> object:
    """Begin a payment at a server that gives this answer to everything; return what comes of it."""
    with receiving("") as server:
        server.answer = answer  # type: ignore[assignment]
        root = urlsplit(server.url)
        connector = connect(provider, f"{root.scheme}://{root.netloc}")
        try:
            return connector.create(REQUEST)
        except ConnectorError as failure:
            return failure


def test_every_provider_has_a_sample() -> None:
    assert set(CONFIGS) == set(PROVIDERS)


@every_provider
def test_refuses_a_configuration_that_lacks_something_by_its_name(provider: str) -> None:
    for name in required(provider):
        incomplete = {key: value for key, value in CONFIGS[provider].items() if key != name}
        with pytest.raises(ValidationError) as refused:
            module_of(provider).Config.model_validate(incomplete)
        assert name in {each["loc"][0] for each in refused.value.errors() if each["loc"]}


@every_provider
def test_refuses_what_it_does_not_know_by_its_name(provider: str) -> None:
    with pytest.raises(ValidationError) as refused:
        module_of(provider).Config.model_validate({**CONFIGS[provider], "colour": "red"})
    assert [each["loc"] for each in refused.value.errors()] == [("colour",)]


@every_provider
def test_shows_no_secret(provider: str) -> None:
    module = module_of(provider)
    config = module.Config.model_validate(CONFIGS[provider])
    connector = connect(provider, "http://127.0.0.1:1")
    shown = f"{config!r} {config} {config.visible()} {connector!r} {connector}"
    assert secrets_of(provider)
    assert not [secret for secret in secrets_of(provider) if secret in shown]
    assert module.Config.restore(json.loads(json.dumps(config.reveal()))) == config


@every_provider
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (400, (ConnectorRejected,)),
        (401, (ConnectorCredentialsRefused,)),
        (403, (ConnectorCredentialsRefused,)),
        (404, (ConnectorNotFound, ConnectorRejected)),
        (409, (ConnectorConflict,)),
        (422, (ConnectorRejected,)),
        (500, (ConnectorUnavailable,)),
    ],
)
def test_a_refusal_becomes_one_of_ours_and_repeats_no_secret(
    provider: str, code: int, expected: tuple[type[ConnectorError], ...]
) -> None:
    said = " and ".join(secrets_of(provider))
    body = json.dumps(
        {
            "message": said,
            "error": {"message": said, "type": "x"},
            "detail": said,
            "errors": [{"merchantMessage": said, "message": said}],
        }
    )
    failure = create(provider, status(code, body, Content_Type="application/json"))

    assert isinstance(failure, expected)
    assert failure.retryable is (code == 500)
    told = f"{failure} {failure!r} {failure.details}"
    assert not [secret for secret in secrets_of(provider) if secret in told]


@every_provider
def test_too_many_calls_can_be_repeated_later(provider: str) -> None:
    failure = create(provider, status(429, "{}", Retry_After="30"))
    assert isinstance(failure, ConnectorRateLimited)
    assert failure.details["retryAfter"] == 30


@every_provider
@pytest.mark.parametrize(
    "answer",
    [
        hang_up,
        raw(b"this is no HTTP\r\n\r\n"),
        status(200, "<html>", Content_Type="application/json"),
        status(200, "[1, 2]", Content_Type="application/json"),
    ],
    ids=["closed", "noise", "html", "list"],
)
def test_nonsense_leaves_the_outcome_open(provider: str, answer: object) -> None:
    failure = create(provider, answer)
    assert isinstance(failure, (ConnectorUnavailable, ConnectorAnswerInvalid))
    assert (failure.retryable, failure.is_unknown) == (True, True)


@every_provider
def test_a_redirect_is_not_followed(provider: str) -> None:
    with receiving("") as elsewhere:
        failure = create(provider, status(307, "", Location=elsewhere.url))
    assert isinstance(failure, ConnectorError)
    assert elsewhere.received == []


@every_provider
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[]", b'{"id": 1}', b"a=b"])
def test_believes_no_notification_without_proof(provider: str, body: bytes) -> None:
    """Signed ones are refused; of unsigned ones no state is taken over."""
    connector = connect(provider, "http://127.0.0.1:1")
    try:
        found = connector.notification({}, body)
    except ForgedNotification:
        return
    assert all(each.payment is None and each.refund is None for each in found)
