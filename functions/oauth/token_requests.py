"""Reads what clients send to a token endpoint: form or JSON, secrets in the body or by Basic.

Clients differ: some send JSON with Basic, some JSON with the secret, most a form. Whatever is sent
stays here: no message of a refusal repeats any of it.

Source: RFC 6749, 2.3.1, 3.2 and appendix B.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from functions import http
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.errors import InvalidJson, RequestIncomplete, RequestTooLarge

if TYPE_CHECKING:
    from flask import Request

BODY_BYTES_MAX = 16 * 1024
PARAMETERS_MAX = 50
CREDENTIALS_CHARS_MAX = 4096
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request with the client's credentials, if there are any."""

    parameters: Mapping[str, Any] = field(repr=False)
    client_id: str | None
    client_secret: str | None = field(repr=False)

    def text(self, name: str) -> str | None:
        """Return a parameter; None if it is left out or empty, which is the same.

        Raises:
            OAuthRefused: It is no text.
        """
        return _text(self.parameters, name)

    def required(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises:
            OAuthRefused: It is left out, or no text.
        """
        value = self.text(name)
        if value is None:
            raise _invalid(f"{name} is missing.")
        return value


def read(request: Request) -> TokenRequest:
    """Read a request.

    Raises:
        OAuthRefused: ``invalid_request``: the body is neither a form nor JSON, a parameter is given
            twice, or body and header name different clients. ``invalid_client``: the header is
            not Basic.
    """
    parameters = _parameters(request)
    by_body = _text(parameters, "client_id"), _text(parameters, "client_secret")
    by_header = _basic(request.headers.get("Authorization"))
    client_id, client_secret = (
        _one(name, *values)
        for name, *values in zip(
            ("client_id", "client_secret"), by_body, by_header or (None, None), strict=True
        )
    )
    return TokenRequest(parameters, client_id, client_secret)


def _parameters(request: Request) -> dict[str, Any]:
    try:
        raw = http.raw_body(request, BODY_BYTES_MAX)
    except (RequestIncomplete, RequestTooLarge) as error:
        raise _invalid(error.message) from None
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in {FORM, JSON} or charset not in _CHARSETS:
        raise _invalid(f"The body must be {FORM} or {JSON}, in UTF-8: say so in Content-Type.")
    return _of_form(raw) if request.mimetype == FORM else _of_json(raw)


def _of_form(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=PARAMETERS_MAX,
        )
    except ValueError:
        raise _invalid("The form is not UTF-8, or has too many parameters.") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _invalid("A parameter is given twice.")
    return found


def _of_json(raw: bytes) -> dict[str, Any]:
    try:
        return http.parsed(raw)
    except InvalidJson:
        raise _invalid("The body is not one JSON object, each name given once.") from None


def _text(parameters: Mapping[str, Any], name: str) -> str | None:
    value = parameters.get(name)
    if value is not None and not isinstance(value, str):
        raise _invalid(f"{name} must be a text.")
    return value or None


def _basic(header: str | None) -> tuple[str, str] | None:
    """Return id and secret of an ``Authorization`` header; None if there is no header."""
    if header is None or not header.strip():
        return None
    found = _decoded(header.strip())
    if found is None:
        raise OAuthRefused(
            OAuthError.INVALID_CLIENT,
            "The Authorization header must be Basic, with client_id and client_secret.",
            status=401,
        )
    return found


def _decoded(header: str) -> tuple[str, str] | None:
    """Return id and secret, None if they cannot be read.

    The two are encoded as in a form before they are joined, so a colon in one of them is %3A.
    """
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > CREDENTIALS_CHARS_MAX:
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
        client_id, colon, secret = decoded.partition(":")
        found = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError:
        return None
    return found if colon else None


def _one(name: str, by_body: str | None, by_header: str | None) -> str | None:
    if by_body is not None and by_header is not None and by_body != by_header:
        raise _invalid(f"{name} differs in the body and in the Authorization header.")
    return by_header if by_body is None else by_body


def _invalid(description: str) -> OAuthRefused:
    return OAuthRefused(OAuthError.INVALID_REQUEST, description)
