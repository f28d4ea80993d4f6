"""GET /.well-known/oauth-authorization-server: where everything is. Source: RFC 8414."""

from __future__ import annotations

from typing import Any

from functions.catalog import SCOPES
from functions.oauth.token import GRANT
from shared import config

_METHODS = ["client_secret_basic", "client_secret_post"]


def body() -> dict[str, Any]:
    """Return the metadata; the issuer is the gateway's public URL."""
    issuer = config.public_url()
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "scopes_supported": list(SCOPES),
        "token_endpoint_auth_methods_supported": _METHODS,
        "revocation_endpoint_auth_methods_supported": _METHODS,
        "introspection_endpoint_auth_methods_supported": _METHODS,
    }
