"""OAuth's pages as a client sees them, and clients: keys with their ids."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from flask import Flask

from shared.auth import keys
from shared.domain.accounts.accounts import KEY_ID_CHARS
from tests.support.api import Answer, Api

PREFIX = "/apiGateway/oauth/"
FORM = "application/x-www-form-urlencoded"
GRANT = {"grant_type": "client_credentials"}


def client_id(key: str | None) -> str:
    """Return the id of a key, as `admin key list` shows it."""
    assert key is not None
    return keys.parse(key).hash[:KEY_ID_CHARS]


def basic(name: str, secret: str) -> dict[str, str]:
    """Return the header of a client, encoded as RFC 6749 says."""
    text = f"{quote_plus(name)}:{quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@dataclass(frozen=True)
class OAuth:
    """A client that asks with a key."""

    app: Flask
    key: str

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": client_id(self.key), "client_secret": self.key}

    def send(self, page: str, data: Any, method: str = "POST", **options: Any) -> Answer:
        """Send a body as it is."""
        options = {"content_type": FORM, **options}
        client = self.app.test_client()
        response = client.open(PREFIX + page, method=method, data=data, **options)
        text = response.get_data(as_text=True)
        return Answer(
            response.status_code, json.loads(text) if text else {}, dict(response.headers)
        )

    def post(self, page: str, **parameters: str) -> Answer:
        """Send a form with the client's credentials."""
        return self.send(page, {**self.credentials, **parameters})

    def ask(self, **parameters: str) -> Answer:
        """Ask for a token."""
        return self.post("token", **GRANT, **parameters)

    def token(self, **parameters: str) -> str:
        """Get a token."""
        answer = self.ask(**parameters)
        assert answer.status == 200, answer.body
        text: str = answer.body["access_token"]
        return text

    def api(self, **parameters: str) -> Api:
        """Return the API as it is called with a new token."""
        return Api(self.app, self.token(**parameters))


def of(api: Api) -> OAuth:
    """Return the client that a key is."""
    assert api.key is not None
    return OAuth(api.app, api.key)


def assert_oauth_refused(answer: Answer, status: int, error: str) -> None:
    """Assert the form of a refusal, and that nobody keeps it."""
    assert (answer.status, answer.body["error"]) == (status, error), answer.body
    assert {*answer.body} == {"error", "error_description"}
    description = answer.body["error_description"]
    assert description.isascii()
    assert not {'"', "\\", "\n"} & {*description}
    assert answer.headers["Cache-Control"] == "no-store"
    is_client_unknown = error == "invalid_client"
    assert ("WWW-Authenticate" in answer.headers) is is_client_unknown
    assert "bk_" not in description
    assert "pw_at_" not in description
