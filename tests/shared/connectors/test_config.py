"""A connector's configuration: secrets are kept, and shown to nobody."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr, ValidationError

from shared.connectors.config import ConnectorConfig


class Config(ConnectorConfig):
    api_url: str
    api_key: SecretStr
    second_key: SecretStr | None = None


SENT = {"apiUrl": "https://vendor.example.com", "apiKey": "key-1"}


def test_what_is_revealed_restores_the_same_configuration() -> None:
    config = Config.model_validate({**SENT, "secondKey": "key-2"})
    revealed = json.loads(json.dumps(config.reveal()))
    assert revealed == {**SENT, "secondKey": "key-2"}
    assert Config.restore(revealed) == config


def test_what_is_shown_has_no_secret() -> None:
    config = Config.model_validate({**SENT, "secondKey": "key-2"})
    assert config.visible() == {"apiUrl": SENT["apiUrl"]}
    for text in (repr(config), str(config), config.model_dump_json(), str(config.model_dump())):
        assert "key-" not in text


def test_names_the_secrets_there_are() -> None:
    assert list(Config.model_validate(SENT).secrets()) == ["key-1"]
    both = Config.model_validate({**SENT, "secondKey": "key-2"})
    assert list(both.secrets()) == ["key-1", "key-2"]


def test_refuses_what_it_does_not_know_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**SENT, "colour": "red"})
    assert [each["loc"] for each in refused.value.errors()] == [("colour",)]


def test_chooses_no_host_and_is_no_test_account_unless_it_says_so() -> None:
    config = Config.model_validate(SENT)
    assert (config.base_url, dict(config.hosts()), config.is_test) == (None, {}, False)


@pytest.mark.parametrize("secret", ["kéy-2", "key\r\n-2", "key\x00"])
def test_refuses_a_secret_that_no_header_can_carry(secret: str) -> None:
    Config.model_validate(SENT).require_ascii_secrets()
    with pytest.raises(ValueError, match="ASCII") as refused:
        Config.model_validate({**SENT, "secondKey": secret}).require_ascii_secrets()
    assert secret not in str(refused.value)
