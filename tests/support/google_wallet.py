"""Google Wallet on this machine: it takes what the discovery document allows, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsonschema
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.connectors.wallets import google_wallet
from tests.support import json_servers
from tests.support.wallets import certificates

ISSUER = "3388000000012345678"
EMAIL = "wallet@demo-test.iam.gserviceaccount.com"
SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
BASE = "/walletobjects/v1/"
DISCOVERY = json.loads((Path(__file__).parent / "walletobjects.json").read_text())


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_file() -> str:
    """Return the JSON of a service account's key, as Google Cloud gives it."""
    pem = key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps({"type": "service_account", "client_email": EMAIL, "private_key": pem})


def claims_of(token: str, audience: str) -> dict[str, Any]:
    """Return what a token says that the service account has signed."""
    found: dict[str, Any] = jwt.decode(
        token, key().public_key(), algorithms=["RS256"], audience=audience
    )
    return found


@cache
def validator(name: str) -> Any:
    def closed(value: Any) -> Any:
        if isinstance(value, list):
            return [closed(each) for each in value]
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            return {"$ref": f"#/$defs/{value['$ref']}"}
        found = {each: closed(part) for each, part in value.items() if each != "format"}
        if isinstance(found.get("properties"), dict) and found.get("type") == "object":
            found["additionalProperties"] = False
        return found

    schema = {"$ref": f"#/$defs/{name}", "$defs": closed(DISCOVERY["schemas"])}
    return jsonschema.Draft202012Validator(schema)


@dataclass
class GoogleServer:
    """What Google has: classes and objects by id. Each call uses up one of ``faults``.

    ``lost`` are answers about objects that were taken all the same. ``bad_logos`` cannot be loaded.
    ``meanwhile`` is called once, while a call is on its way.
    """

    url: str = ""
    classes: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    bad_logos: set[str] = field(default_factory=set)
    meanwhile: Callable[[], Any] | None = None
    tokens: int = 0

    @property
    def object(self) -> dict[str, Any]:
        (found,) = self.objects.values()
        return found

    def answer(self, method: str, path: str, headers: Message, data: bytes) -> tuple[int, Any]:
        if path == "/token":
            return self._token(data)
        self.calls.append(f"{method} {path.removeprefix(BASE).partition('/')[0]}")
        if self.meanwhile is not None:
            do, self.meanwhile = self.meanwhile, None
            do()
        if self.faults:
            status = self.faults.pop(0)
            return status, {"error": {"code": status, "message": "as told"}}
        if headers["Authorization"] != f"Bearer token-{self.tokens}":
            return 401, {"error": {"code": 401, "message": "no token of ours"}}
        body = json.loads(data)
        kind, _, resource = path.removeprefix(BASE).partition("/")
        status, told = self._stored(method, kind, resource, body)
        if status == 200 and kind == "loyaltyObject" and self.lost:
            return self.lost.pop(0), {"error": {"code": 503, "message": "lost"}}
        return status, told

    def _stored(
        self, method: str, kind: str, resource: str, body: dict[str, Any]
    ) -> tuple[int, Any]:
        action = {"POST": "insert", "PUT": "update"}[method]
        rule = DISCOVERY["methods"][f"{kind.lower()}.{action}"]
        assert (rule["httpMethod"], rule["scopes"]) == (method, [SCOPE])
        assert rule["path"].startswith(f"walletobjects/v1/{kind}")
        validator(rule["request"]).validate(body)
        assert body["id"].startswith(f"{ISSUER}.")
        kept = self.classes if kind == "loyaltyClass" else self.objects
        if action == "update" and (resource not in kept or resource != body["id"]):
            return 404, {"error": {"code": 404, "message": f"{kind} not found"}}
        if action == "insert" and body["id"] in kept:
            return 409, {"error": {"code": 409, "message": "exists"}}
        if kind == "loyaltyObject" and body["classId"] not in self.classes:
            return 400, {"error": {"code": 400, "message": "no such class"}}
        if kind == "loyaltyClass" and body["programLogo"]["sourceUri"]["uri"] in self.bad_logos:
            return 400, {"error": {"code": 400, "message": "Image cannot be loaded."}}
        kept[body["id"]] = body
        return 200, body

    def _token(self, data: bytes) -> tuple[int, Any]:
        form = parse_qs(data.decode())
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        claims = claims_of(form["assertion"][0], "https://oauth2.googleapis.com/token")
        assert (claims["iss"], claims["scope"]) == (EMAIL, SCOPE)
        self.tokens += 1
        told = {"access_token": f"token-{self.tokens}", "expires_in": 3599, "token_type": "Bearer"}
        return 200, told


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleServer]:
    """An operator who offers both wallets, and Google's server."""
    server = GoogleServer()
    google_wallet.forget()
    with json_servers.serving(server.answer) as url:
        server.url = url
        monkeypatch.setenv("PUNKTWERK_WALLETS", "apple,google")
        monkeypatch.setenv("PUNKTWERK_APPLE_PASS_PEM", certificates().pem)
        monkeypatch.setenv("PUNKTWERK_GOOGLE_WALLET_KEY", key_file())
        monkeypatch.setenv("PUNKTWERK_GOOGLE_WALLET_ISSUER", ISSUER)
        monkeypatch.setenv("PUNKTWERK_GOOGLE_WALLET_URL", url)
        yield server
    google_wallet.forget()
