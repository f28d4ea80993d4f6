"""GET /shopWebhook/shopware/{storeId}/register, POST .../confirm: a shop registers its app.

There is no key: the shop's signature is the proof.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response

from functions import http
from shared.errors import MethodNotAllowed
from shared.services.systems import shop_apps

if TYPE_CHECKING:
    from flask import Request

STEPS = ("register", "confirm")


def answer(request: Request, store_id: str, step: str) -> Response:
    """Answer a shop.

    Raises:
        MethodNotAllowed.
        NoticeNotGenuine: It is not signed as it should be, or the store has no such shop.
    """
    method = "GET" if step == "register" else "POST"
    if request.method != method:
        raise MethodNotAllowed(f"Use {method}.", allowed=[method])
    headers = http.headers_of(request)
    if step == "confirm":
        token = request.args.get("registration", "")
        shop_apps.confirm(store_id, headers, http.raw_body(request), token)
        return Response("", content_type="text/plain")
    found = shop_apps.register(store_id, headers, request.query_string)
    told = {
        "proof": found.proof,
        "secret": found.secret,
        "confirmation_url": found.confirmation_url,
    }
    return Response(json.dumps(told), content_type="application/json")
