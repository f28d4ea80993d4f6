"""An operator who offers wallets, with certificates made for the test, and phones with passes."""

from __future__ import annotations

import datetime as dt
import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASS_TYPE = "pass.com.example.punktwerk"
TEAM = "A1B2C3D4E5"
PUSH_TOKEN = "a1" * 32


@dataclass(frozen=True)
class Certificates:
    """What Apple gives an operator, and its own authority."""

    root: str
    wwdr: str
    certificate: str
    key: str

    @property
    def pem(self) -> str:
        return self.certificate + self.key + self.wwdr


@cache
def certificates() -> Certificates:
    """Return certificates as Apple's are: root, WWDR, and one of a Pass Type ID."""
    keys = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)]
    root_name = _name("Root of a test")
    wwdr_name = _name("WWDR of a test")
    own_name = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, PASS_TYPE),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pass Type ID: {PASS_TYPE}"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM),
        ]
    )
    root = _certificate(root_name, root_name, keys[0], keys[0], is_authority=True)
    wwdr = _certificate(wwdr_name, root_name, keys[1], keys[0], is_authority=True)
    own = _certificate(own_name, wwdr_name, keys[2], keys[1], is_authority=False)
    pem = keys[2].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Certificates(_pem(root), _pem(wwdr), _pem(own), pem)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    signer: rsa.RSAPrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = dt.datetime.now(tz=dt.UTC)
    constraints = x509.BasicConstraints(ca=is_authority, path_length=None)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(constraints, critical=True)
        .sign(signer, hashes.SHA256())
    )


def settings(*names: str) -> dict[str, str]:
    """Return the settings of an operator who offers these wallets."""
    return {"PUNKTWERK_WALLETS": ",".join(names), "PUNKTWERK_APPLE_PASS_PEM": certificates().pem}


@contextmanager
def offering(*names: str) -> Iterator[None]:
    """Let the operator offer wallets, with the credentials of a test."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings(*names).items() if names else ():
            environment.setenv(name, value)
        yield


@pytest.fixture
def apple() -> Iterator[Certificates]:
    """An operator who offers Apple Wallet."""
    with offering("apple"):
        yield certificates()


@dataclass(frozen=True)
class PassFile:
    """A ``.pkpass`` as it arrived."""

    data: bytes

    def read(self, name: str) -> bytes:
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.read(name)

    @property
    def names(self) -> list[str]:
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.namelist()

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read("pass.json"))
        return found

    @property
    def balance(self) -> Any:
        return self.content["storeCard"]["primaryFields"][0]["value"]

    def strings(self, language: str) -> str:
        return self.read(f"{language}.lproj/pass.strings").decode()


@dataclass(frozen=True)
class Phone:
    """A phone that follows Apple's protocol, with the pass that it was given."""

    client: FlaskClient
    pass_file: PassFile
    device: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def serial(self) -> str:
        return str(self.pass_file.content["serialNumber"])

    @property
    def token(self) -> str:
        return str(self.pass_file.content["authenticationToken"])

    def call(
        self, method: str, path: str, *, token: str | None = None, **options: Any
    ) -> TestResponse:
        """Call the web service that the pass names."""
        base = urlsplit(self.pass_file.content["webServiceURL"]).path
        headers = {
            "Authorization": f"ApplePass {token or self.token}",
            **options.pop("headers", {}),
        }
        return self.client.open(f"{base}/v1/{path}", method=method, headers=headers, **options)

    @property
    def registrations(self) -> str:
        return f"devices/{self.device}/registrations/{PASS_TYPE}"

    def register(self, push_token: str = PUSH_TOKEN, **options: Any) -> int:
        path = f"{self.registrations}/{self.serial}"
        return self.call("POST", path, json={"pushToken": push_token}, **options).status_code

    def unregister(self, **options: Any) -> int:
        return self.call("DELETE", f"{self.registrations}/{self.serial}", **options).status_code

    def changes(self, since: str | None = None) -> dict[str, Any] | None:
        """Return what has changed, as a phone asks: without the token of a pass."""
        query = {"passesUpdatedSince": since} if since else {}
        answer = self.call("GET", self.registrations, query_string=query)
        assert answer.status_code in {200, 204}
        found: dict[str, Any] | None = answer.get_json() if answer.status_code == 200 else None
        return found

    def fetch(self, since: str | None = None, **options: Any) -> TestResponse:
        headers = {"If-Modified-Since": since} if since else {}
        path = f"passes/{PASS_TYPE}/{self.serial}"
        return self.call("GET", path, headers=headers, **options)

    def latest(self) -> PassFile:
        answer = self.fetch()
        assert answer.status_code == 200
        return PassFile(answer.data)


def opened(app: Flask, url: str) -> TestResponse:
    """Open a link as a browser does."""
    return app.test_client().get(urlsplit(url).path)
