"""Clients that others have written, unmodified, get tokens and call with them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from flask import Flask
from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError, InvalidScopeError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session as RequestsOAuth2Session
from werkzeug.serving import make_server

from tests.support import oauth, oauth_apps, staff
from tests.support.merchants import Member
from tests.support.oauth_apps import App
from tests.support.staff import Persons

persons = staff.persons


@pytest.fixture
def host(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The gateway at an address, as clients reach it; they insist on https, but for this."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    host = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("PUNKTWERK_PUBLIC_URL", f"{host}/apiGateway")
    for name in ("OAUTHLIB_INSECURE_TRANSPORT", "AUTHLIB_INSECURE_TRANSPORT"):
        monkeypatch.setenv(name, "1")
    yield host
    server.shutdown()
    serving.join()


def metadata_of(host: str) -> dict[str, Any]:
    """Find everything as RFC 8414 says, from the issuer alone."""
    url = f"{host}/.well-known/oauth-authorization-server/apiGateway"
    found: dict[str, Any] = requests.get(url, timeout=10).json()
    return found


def earns(session: Any, host: str, member: Member) -> bool:
    answer = session.post(
        f"{host}/apiGateway/api/v1/addLoyaltyPoints", json={**member.ids, "points": 5}, timeout=10
    )
    return answer.status_code == 200 and answer.json()["pointsAdded"] == 5


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib(method: str, host: str, member: Member) -> None:
    found, credentials = metadata_of(host), oauth.of(member.api).credentials
    session = OAuth2Session(
        **credentials,
        token_endpoint_auth_method=method,
        token_endpoint=found["token_endpoint"],
        revocation_endpoint_auth_method=method,
        scope="loyalty.write members.read",
    )

    token = session.fetch_token()

    assert token["scope"] == "loyalty.write members.read"
    assert earns(session, host, member)
    told = session.introspect_token(found["introspection_endpoint"], token["access_token"])
    assert told.json()["active"] is True
    session.revoke_token(found["revocation_endpoint"], token["access_token"])
    told = session.introspect_token(found["introspection_endpoint"], token["access_token"])
    assert told.json() == {"active": False}
    assert not earns(session, host, member)


def test_authlib_is_told_what_is_wrong(host: str, member: Member) -> None:
    url, credentials = metadata_of(host)["token_endpoint"], oauth.of(member.api).credentials
    wrong = {**credentials, "client_secret": "a:b/c+d%ä"}

    with pytest.raises(OAuthError, match="invalid_client"):
        OAuth2Session(**wrong).fetch_token(url, grant_type="client_credentials")
    with pytest.raises(OAuthError, match="invalid_scope"):
        OAuth2Session(**credentials, scope="x").fetch_token(url, grant_type="client_credentials")


@pytest.mark.parametrize("is_by_basic", [True, False])
def test_requests_oauthlib(is_by_basic: bool, host: str, member: Member) -> None:
    url, credentials = metadata_of(host)["token_endpoint"], oauth.of(member.api).credentials
    client = BackendApplicationClient(credentials["client_id"], scope=["loyalty.write"])
    session = RequestsOAuth2Session(client=client)
    by = (
        {"auth": HTTPBasicAuth(*credentials.values())}
        if is_by_basic
        else {"client_secret": credentials["client_secret"], "include_client_id": True}
    )

    token = session.fetch_token(url, **by)

    assert token["scope"] == ["loyalty.write"]
    assert earns(session, host, member)


def test_oauthlib_is_told_what_is_wrong(host: str, member: Member) -> None:
    url, credentials = metadata_of(host)["token_endpoint"], oauth.of(member.api).credentials
    session = RequestsOAuth2Session(client=BackendApplicationClient(credentials["client_id"]))

    with pytest.raises(InvalidClientError):
        session.fetch_token(url, auth=HTTPBasicAuth(credentials["client_id"], "a:b"))
    with pytest.raises(InvalidScopeError):
        session.fetch_token(url, auth=HTTPBasicAuth(*credentials.values()), scope=["x"])


def test_the_metadata_is_what_the_standard_wants(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert metadata_of(host)["issuer"] == f"{host}/apiGateway"
    monkeypatch.setenv("PUNKTWERK_PUBLIC_URL", "https://api.example")
    found = AuthorizationServerMetadata(metadata_of(host))
    found.validate()


def test_authlib_as_an_app(host: str, member: Member, persons: Persons) -> None:
    found, app = metadata_of(host), oauth_apps.registered(member.merchant)
    stored: list[str] = []
    session = OAuth2Session(
        app.client_id,
        app.secret,
        scope=oauth_apps.SCOPES,
        redirect_uri=oauth_apps.REDIRECT,
        code_challenge_method="S256",
        token_endpoint=found["token_endpoint"],
        update_token=lambda token, **_: stored.append(token["refresh_token"]),
    )
    url, _ = session.create_authorization_url(
        found["authorization_endpoint"], code_verifier=oauth_apps.VERIFIER
    )

    token = session.fetch_token(
        authorization_response=consented(app, url), code_verifier=oauth_apps.VERIFIER
    )

    assert earns(session, host, member)
    session.token = {**token, "expires_at": 1}  # It refreshes by itself.
    assert earns(session, host, member)
    assert [session.token["refresh_token"]] == stored != [token["refresh_token"]]
    session.revoke_token(found["revocation_endpoint"], token=stored[0])
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(refresh_token=stored[0])


def test_requests_oauthlib_as_a_public_app(host: str, member: Member, persons: Persons) -> None:
    found, app = metadata_of(host), oauth_apps.registered(member.merchant, is_public=True)
    session = RequestsOAuth2Session(
        app.client_id, scope=oauth_apps.SCOPES, redirect_uri=oauth_apps.REDIRECT, pkce="S256"
    )
    url, _ = session.authorization_url(found["authorization_endpoint"])

    token = session.fetch_token(
        found["token_endpoint"],
        authorization_response=consented(app, url),
        include_client_id=True,
    )

    assert earns(session, host, member)
    following = session.refresh_token(found["token_endpoint"], client_id=app.client_id)
    assert following["refresh_token"] != token["refresh_token"]
    assert earns(session, host, member)


def consented(app: App, url: str) -> str:
    """Open a client's page, consent as it does, and return where the browser goes."""
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 200, answer.text
    redirect: str = app.consent(**oauth_apps.query_of(url)).body["redirect"]
    return redirect
