"""What every connector of a till, ERP or shop does, whoever wrote it: registered is tested."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from shared.connectors import client, systems
from shared.connectors.base import PushBy, Stream
from shared.connectors.config import ConnectorConfig
from shared.domain.systems.syncs import SystemKind
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
)
from tests.support.receivers import hang_up, raw, receiving, status
from tests.support.system_samples import CONFIGS

SYSTEMS = [(kind, system) for kind in SystemKind for system in systems.names(kind)]
CALLED = [each for each in SYSTEMS if not systems.module_of(*each).IS_FILE]
STREAMS = {
    SystemKind.POS: {Stream.CATEGORIES, Stream.PRODUCTS, Stream.RECEIPTS},
    SystemKind.ERP: {Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS},
    SystemKind.SHOP: {Stream.RECEIPTS},
}

every_system = pytest.mark.parametrize(("kind", "system"), SYSTEMS, ids=str)
every_called = pytest.mark.parametrize(("kind", "system"), CALLED, ids=str)


@pytest.fixture(autouse=True)
def _no_repetitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be repeated after a pause is not: every pause is too long."""
    monkeypatch.setattr(client, "PAUSE_S_MAX", -1.0)


def config_of(kind: SystemKind, system: str, **fields: object) -> ConnectorConfig:
    sample = CONFIGS[kind.value, system]
    return systems.module_of(kind, system).Config.model_validate({**sample, **fields})


def secrets_of(kind: SystemKind, system: str) -> list[str]:
    return list(config_of(kind, system).secrets())


def first_page(kind: SystemKind, system: str, answer: object) -> object:
    """Read what the system offers, from a server that gives this answer to everything."""
    module = systems.module_of(kind, system)
    with receiving("") as server:
        server.answer = answer  # type: ignore[assignment]
        root = urlsplit(server.url)
        config = config_of(kind, system, baseUrl=f"{root.scheme}://{root.netloc}")
        account = module.connect(config, is_emulated=True)
        stream = next(each for each in Stream if each in module.STREAMS)
        try:
            return systems.read(account, stream, None, None)
        except ConnectorError as failure:
            return failure


def test_every_system_has_a_sample() -> None:
    assert set(CONFIGS) == {(kind.value, system) for kind, system in SYSTEMS}


@every_system
def test_says_what_it_can_and_can_what_it_says(kind: SystemKind, system: str) -> None:
    module = systems.module_of(kind, system)
    account = module.connect(config_of(kind, system), is_emulated=True)
    assert module.SYSTEM
    assert STREAMS[kind] >= module.STREAMS
    assert module.STREAMS or module.PUSHES
    wanted = {each.value for each in module.STREAMS} | {"verify"}
    for by in module.PUSHES.values():
        wanted |= {"push", "find_pushed"} if by is PushBy.CALL else {"export"}
    assert not [name for name in wanted if not callable(getattr(account, name, None))]


@every_system
def test_refuses_a_configuration_that_lacks_something_by_its_name(
    kind: SystemKind, system: str
) -> None:
    model = systems.module_of(kind, system).Config
    sample = CONFIGS[kind.value, system]
    for name in model.model_json_schema().get("required", []):
        incomplete = {key: value for key, value in sample.items() if key != name}
        with pytest.raises(ValidationError) as refused:
            model.model_validate(incomplete)
        assert name in {each["loc"][0] for each in refused.value.errors() if each["loc"]}


@every_system
def test_refuses_what_it_does_not_know_by_its_name(kind: SystemKind, system: str) -> None:
    with pytest.raises(ValidationError) as refused:
        config_of(kind, system, colour="red")
    assert ("colour",) in [each["loc"] for each in refused.value.errors()]


@every_system
def test_shows_no_secret(kind: SystemKind, system: str) -> None:
    config = config_of(kind, system)
    account = systems.module_of(kind, system).connect(config, is_emulated=True)
    shown = f"{config!r} {config} {config.visible()} {account!r} {account}"
    assert not [secret for secret in secrets_of(kind, system) if secret in shown]
    assert type(config).restore(json.loads(json.dumps(config.reveal()))) == config


@every_called
def test_needs_secrets_and_says_which_they_are(kind: SystemKind, system: str) -> None:
    assert secrets_of(kind, system)


@every_called
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (400, (ConnectorRejected,)),
        (401, (ConnectorCredentialsRefused,)),
        (403, (ConnectorCredentialsRefused,)),
        (404, (ConnectorNotFound, ConnectorRejected)),
        (422, (ConnectorRejected,)),
        (500, (ConnectorUnavailable,)),
    ],
)
def test_a_refusal_becomes_one_of_ours_and_repeats_no_secret(
    kind: SystemKind, system: str, code: int, expected: tuple[type[ConnectorError], ...]
) -> None:
    said = " and ".join(secrets_of(kind, system))
    body = json.dumps(
        {
            "message": said,
            "error": {"message": said, "type": "x", "code": "x"},
            "detail": said,
            "title": said,
            "errors": [{"message": said}],
            "IssueList": [{"i18nKey": said}],
        }
    )
    failure = first_page(kind, system, status(code, body, Content_Type="application/json"))

    assert isinstance(failure, expected)
    assert failure.retryable is (code == 500)
    told = f"{failure} {failure!r} {failure.details}"
    assert not [secret for secret in secrets_of(kind, system) if secret in told]


@every_called
def test_too_many_calls_can_be_repeated_later(kind: SystemKind, system: str) -> None:
    failure = first_page(kind, system, status(429, "{}", Retry_After="30"))
    assert isinstance(failure, ConnectorRateLimited)
    assert failure.details["retryAfter"] == 30


@every_called
@pytest.mark.parametrize(
    "answer",
    [
        hang_up,
        raw(b"this is no HTTP\r\n\r\n"),
        status(200, "<html>", Content_Type="application/json"),
        status(200, "[1, 2]", Content_Type="application/json"),
        status(200, '{"results": 1, "data": 1, "content": 1, "objects": 1, "d": 1}'),
    ],
    ids=["closed", "noise", "html", "list", "types"],
)
def test_nonsense_is_no_answer(kind: SystemKind, system: str, answer: object) -> None:
    failure = first_page(kind, system, answer)
    assert isinstance(failure, (ConnectorUnavailable, ConnectorAnswerInvalid))
    assert failure.retryable


@every_called
def test_a_redirect_is_not_followed(kind: SystemKind, system: str) -> None:
    with receiving("") as elsewhere:
        failure = first_page(kind, system, status(307, "", Location=elsewhere.url))
    assert isinstance(failure, ConnectorError)
    assert elsewhere.received == []


@every_called
@pytest.mark.parametrize("position", ["https://evil.example.com/x", "../../x", "x y", "\x00", "-1"])
def test_a_position_leads_nowhere_else(kind: SystemKind, system: str, position: str) -> None:
    """Positions are stored by us; still, none of them is an address or a path."""
    module = systems.module_of(kind, system)
    with receiving("") as server:
        server.answer = status(404, "{}")
        root = urlsplit(server.url)
        config = config_of(kind, system, baseUrl=f"{root.scheme}://{root.netloc}")
        account = module.connect(config, is_emulated=True)
        for stream in module.STREAMS:
            with pytest.raises((ConnectorError, ValueError, KeyError)):
                systems.read(account, stream, position, None)
    assert not [each for each in server.received if ".." in each.path.split("?")[0]]
