"""The access to a merchant's SAP system: settings, credentials and access tokens."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from shared import clock
from shared.connectors.client import JsonClient, parsed, redacted
from shared.connectors.config import ConnectorConfig
from shared.connectors.erp.sap_odata import SYSTEM, to_problem
from shared.errors import ConnectorCredentialsRefused, ConnectorRejected
from shared.said import say
from shared.schemas.fields import TimeZone

RENEWED_BEFORE = timedelta(minutes=1)
"""The time before its end in which an access token is not used any more."""

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](:8?443)?")
_CODE = r"^[A-Z0-9]{1,4}$"


class Config(ConnectorConfig):
    """A communication user, and the place of the store in the company's structure."""

    host: str = Field(
        max_length=100,
        description=(
            "Of the system, with port 8443 if it has that one. Nothing else is ever called."
        ),
    )
    sap_client: str = Field(pattern=r"^[0-9]{3}$", description="Three digits.")
    username: str | None = Field(
        default=None,
        pattern=r"^[!-9;-~][ -9;-~]{0,78}[!-9;-~]$",
        description="Of the communication user, with `password`.",
    )
    password: SecretStr | None = Field(
        default=None, min_length=8, max_length=100, description="Of the communication user."
    )
    client_id: str | None = Field(
        default=None,
        pattern=r"^[!-9;-~]{3,100}$",
        description="In place of a user and password: of an OAuth 2.0 client.",
    )
    client_secret: SecretStr | None = Field(
        default=None, min_length=8, max_length=200, description="Of that client."
    )
    token_path: str = Field(
        default="/sap/bc/sec/oauth2/token",
        pattern=r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,60}){1,8}$",
        description="Of the token endpoint, on the same host.",
    )
    language: str = Field(
        default="EN", pattern=r"^[A-Z]{2}$", description="Of units and of what SAP says."
    )
    time_zone: TimeZone = Field(
        default="Europe/Berlin", description="Whose calendar SAP's dates are of."
    )
    plant: str | None = Field(
        default=None,
        pattern=_CODE,
        description="Of the store: its stock alone is read, and goods move there.",
    )
    storage_location: str | None = Field(
        default=None,
        pattern=_CODE,
        description="Where goods move, unless a stock change says another.",
    )
    sales_organization: str | None = Field(
        default=None,
        pattern=_CODE,
        description="Whose orders are read, and which sales are entered for.",
    )
    distribution_channel: str | None = Field(
        default=None,
        pattern=r"^[A-Z0-9]{1,2}$",
        description="Of the sales area, with `sales_organization`.",
    )
    division: str | None = Field(
        default=None,
        pattern=r"^[A-Z0-9]{1,2}$",
        description="Of the sales area, with `sales_organization`.",
    )
    sold_to_party: str | None = Field(
        default=None,
        pattern=r"^[A-Z0-9]{1,10}$",
        description=(
            "The customer in whose name sales are entered. One that nobody else enters orders for, "
            "so that its references are ours."
        ),
    )
    sales_order_type: str = Field(
        default="OR", pattern=_CODE, description="Of the orders that sales are entered as."
    )
    price_condition: str | None = Field(
        default=None,
        pattern=_CODE,
        description=(
            "The condition type that takes a net price by hand. Without it, the prices in SAP "
            "count."
        ),
    )
    issue_movement_type: str = Field(
        default="251", pattern=r"^[0-9A-Z]{3}$", description="Of goods that are taken."
    )
    receipt_movement_type: str = Field(
        default="501", pattern=r"^[0-9A-Z]{3}$", description="Of goods that are put there."
    )
    cost_center: str | None = Field(
        default=None,
        pattern=r"^[A-Z0-9-]{1,10}$",
        description="For movement types that ask for one.",
    )

    @field_validator("host")
    @classmethod
    def _is_host(cls, value: str) -> str:
        if not _HOST.fullmatch(value.lower()):
            raise ValueError(
                say(
                    "host_of_sap",
                    "must be a host, such as my300000-api.s4hana.cloud.sap, without https",
                )
            )
        return value.lower()

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        basic, oauth = (self.username, self.password), (self.client_id, self.client_secret)
        if (all(basic), any(oauth)) != (True, False) and (all(oauth), any(basic)) != (True, False):
            raise ValueError(
                say(
                    "access_of_sap", "must have username and password, or clientId and clientSecret"
                )
            )
        return self

    def hosts(self) -> Mapping[str, str]:
        """Return the address of the system."""
        return {"host": f"https://{self.host}"}


class _Token(BaseModel):
    access_token: str = Field(pattern=r"^[!-~]+$")
    expires_in: int = Field(default=600, ge=0, le=10**9)


class Access:
    """The calls of one merchant, with their authentication.

    Attributes:
        client: Calls the system and nothing else.
        session_secrets: Temporary secrets. They are removed from the system's messages.
    """

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        self._token = ""
        self._token_until: datetime | None = None
        self.session_secrets: set[str] = set()
        base_url = (is_emulated and config.base_url) or f"https://{config.host}"
        basic = _basic(config.username or config.client_id, config.password or config.client_secret)
        secrets = (*config.secrets(), basic)
        self._basic = {"Authorization": f"Basic {basic}"}
        self.client = JsonClient(
            system=SYSTEM,
            base_url=base_url.rstrip("/"),
            authorize=self._authorize,
            secrets=secrets,
            allow_loopback=is_emulated,
            problem=lambda body: redacted(to_problem(body), self.session_secrets),
        )
        self._token_client = JsonClient(
            system=SYSTEM,
            base_url=base_url.rstrip("/"),
            authorize=lambda *_: self._basic,
            secrets=secrets,
            allow_loopback=is_emulated,
            problem=lambda body: body.get("error_description") or body["error"],
        )

    def _authorize(self, *_: Any) -> Mapping[str, str]:
        if self._config.username is not None:
            return self._basic
        until = self._token_until
        if until is None or clock.real_now() >= until - RENEWED_BEFORE:
            answer = self._fetch_token()
            self._token = answer.access_token
            self._token_until = clock.real_now() + timedelta(seconds=answer.expires_in)
            self.session_secrets.add(self._token)
        return {"Authorization": f"Bearer {self._token}"}

    def _fetch_token(self) -> _Token:
        assert self._config.client_id is not None
        fields = {"grant_type": "client_credentials", "client_id": self._config.client_id}
        path = f"{self._config.token_path}?sap-client={self._config.sap_client}"
        try:
            reply = self._token_client.post_form(path, fields, is_repeatable=True)
        except ConnectorRejected as refused:  # the standard's answer to wrong credentials is a 400
            raise ConnectorCredentialsRefused(refused.message) from None
        return parsed(_Token, reply.body, system=SYSTEM)


def _basic(name: str | None, secret: SecretStr | None) -> str:
    assert name is not None
    assert secret is not None
    return base64.b64encode(f"{name}:{secret.get_secret_value()}".encode()).decode()
