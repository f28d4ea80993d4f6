"""OpenAPI 3.1, generated from the catalog, the endpoints' models, the refusals and the events."""

from __future__ import annotations

from typing import Any

from functions.beep.openapi import components, operations, refusals, sharing, webhooks
from shared.domain.events import event

SERVER_BESIDE_DOCUMENT = "../v1"
"""The API's address relative to ``/api/v1/openapi.json``: ``/api/v1``, no slash at its end."""
_DESCRIPTION = """\
An open loyalty cloud: stamp cards, points, cashback and tiers.

- **Base URL**: `https://REGION-PROJECT.cloudfunctions.net/apiGateway/api/v1`. Each endpoint is a
  function of its own, too.
- **Keys**: `Authorization: Bearer bk_live_sk_...`, for servers only. With a test key
  (`bk_test_sk_...`) requests are checked, answers are mock data with `"_sandbox": true`, and
  nothing is written.
- **Tokens**: where a key is taken, so is an OAuth 2.0 access token that stands for it:
  client credentials, with the scope that each operation names.
- **Requests**: JSON, whatever the `Content-Type`. Names in camelCase or snake_case; unknown ones,
  and a field in both spellings, are refused. Reads also take GET with query parameters.
- **Answers**: a JSON object and status 200. Names in camelCase, times in UTC with milliseconds.
  Answers get new fields without notice.
- **Refusals**: a stable code in `error`, what to do about it in `fix`. Nothing was written.
- **Repeating**: a write with the same `transactionId` or `externalTransactionId`, or with the same
  `Idempotency-Key`, gets the first answer again, and `Idempotent-Replayed: true`.
- **Amounts**: whole numbers of points and stamps. Cashback, `purchaseAmount` and prices have the
  decimals of the store's currency, such as 12.90. Payments and refunds are whole minor units of
  their currency, such as cents: `amount` 1290 for 12.90 EUR. What is finer is refused, but for the
  noise of computed doubles: 0.30000000000000004 is read as 0.3.
"""


def document(server_url: str = SERVER_BESIDE_DOCUMENT) -> dict[str, Any]:
    """Return the description of the whole API.

    Args:
        server_url: The API's address, relative to the document's.
    """
    schemas = components.schemas()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Punktwerk",
            "version": event.API_VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server_url, "description": "Where this document is served"}],
        "security": [{"apiKey": []}],
        "tags": operations.tags(),
        "paths": operations.paths(schemas),
        "webhooks": webhooks.operations(),
        "components": {
            "securitySchemes": operations.SECURITY_SCHEMES,
            "parameters": {**operations.parameters(schemas), **webhooks.parameters()},
            "headers": operations.header_components(),
            "examples": refusals.examples(),
            "responses": {
                **operations.responses(),
                **refusals.responses(),
                **webhooks.RESPONSES,
            },
            "schemas": sharing.shared(
                {**schemas, "Error": refusals.schema(), **webhooks.schemas()}
            ),
        },
    }
