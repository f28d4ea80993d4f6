"""Whatever is sent to a token endpoint is read, or refused without repeating it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote_plus, urlencode

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.oauth import token_requests
from functions.oauth.token_requests import FORM, JSON, TokenRequest
from shared.domain.accounts.oauth import OAuthRefused

APP = Flask(__name__)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.sampled_from(["client_id", "client_secret", "grant_type", "scope", "x"])


def read(data: bytes, content_type: str, authorization: str | None = None) -> TokenRequest:
    headers = {} if authorization is None else {"Authorization": authorization}
    with APP.test_request_context(
        "/oauth/token", method="POST", data=data, content_type=content_type, headers=headers
    ) as context:
        return token_requests.read(context.request)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@settings(max_examples=80)
@given(values=st.dictionaries(NAMES, TEXTS))
def test_a_form_and_json_say_the_same(values: dict[str, str]) -> None:
    by_form = read(urlencode(values).encode(), FORM)
    by_json = read(json.dumps(values).encode(), JSON)

    for name in ("grant_type", "scope"):
        assert by_form.text(name) == by_json.text(name) == (values.get(name) or None)
    assert by_form.client_id == by_json.client_id == (values.get("client_id") or None)
    assert by_form.client_secret == by_json.client_secret == (values.get("client_secret") or None)
    assert "client_secret" not in repr(by_form)


@settings(max_examples=80)
@given(client_id=TEXTS, secret=TEXTS)
def test_basic_takes_every_text(client_id: str, secret: str) -> None:
    found = read(b"", FORM, basic(f"{quote_plus(client_id)}:{quote_plus(secret)}"))

    assert (found.client_id, found.client_secret) == (client_id, secret)


@settings(max_examples=150)
@given(
    data=st.binary(max_size=60) | TEXTS.map(str.encode),
    content_type=st.sampled_from([FORM, JSON, f"{FORM};charset=x", "text/plain", "", ";;="]),
    header=st.none() | TEXTS.map(basic) | st.text(st.characters(codec="ascii"), max_size=20),
)
def test_anything_else_is_refused_as_the_standard_says(
    data: bytes, content_type: str, header: str | None
) -> None:
    refused = None
    try:
        read(data, content_type, header and header.replace("\n", " ").replace("\r", " "))
    except OAuthRefused as error:
        refused = error

    if refused is not None:
        assert refused.error in {"invalid_request", "invalid_client"}
        assert refused.description.isascii()
        assert not {'"', "\\"} & {*refused.description}


@pytest.mark.parametrize("text", ["a", "", "%C3:b", "a:%FF"])
def test_basic_without_two_texts_is_refused(text: str) -> None:
    with pytest.raises(OAuthRefused) as refused:
        read(b"", FORM, basic(text))

    assert (refused.value.error, refused.value.status) == ("invalid_client", 401)


def test_only_the_first_colon_parts_id_and_secret() -> None:
    found = read(b"", FORM, basic("id:a:b%3Ac"))

    assert (found.client_id, found.client_secret) == ("id", "a:b:c")
