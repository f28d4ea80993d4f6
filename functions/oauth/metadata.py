"""GET /.well-known/oauth-authorization-server: where everything is. Source: RFC 8414."""

from __future__ import annotations

from typing import Any

from functions.catalog import SCOPES
from functions.oauth.app_pages import CODE, REFRESH
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
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "authorization_response_iss_parameter_supported": True,
        "grant_types_supported": [GRANT, CODE, REFRESH],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(SCOPES),
        "token_endpoint_auth_methods_supported": [*_METHODS, "none"],
        "revocation_endpoint_auth_methods_supported": [*_METHODS, "none"],
        "introspection_endpoint_auth_methods_supported": _METHODS,
    }
