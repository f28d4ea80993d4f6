"""GET /api/v1/getStoreQrCode: get a store's code for check-ins, for a poster or a screen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.stores.store_codes import STEP_S, CodeKind
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId
from shared.schemas.stores.store_bodies import QrPng, QrSvg, WantedPicture
from shared.services.stores import store_qr_codes


class Request(RequestModel):
    """The request names the store, and what will show the code."""

    store_id: StoreId
    kind: CodeKind = Field(
        default=CodeKind.STATIC,
        strict=False,
        description=(
            "`static` for a poster, the default; `rotating` for a screen, which asks for the next "
            f"one when it is over: after at most {STEP_S} s."
        ),
    )
    format: WantedPicture = None
    content: Literal["code", "link"] = Field(
        default="code",
        description=(
            "What the pictures hold: the `code`, the default, for apps that know it; or the "
            "`link`, which a phone's own camera opens, too."
        ),
    )


class Response(ResponseModel):
    """The code, as a text and drawn as a QR code."""

    success: Success = True
    store_id: answers.StoreId
    kind: CodeKind = Field(strict=False, description="What the code is for.")
    code: str = Field(description="What the app sends to checkIn after the customer has scanned.")
    link: str = Field(
        description=(
            "Opens the customers' card, which checks in with the code, or shows the store to who "
            "is no member yet. checkIn takes it in the place of `code`."
        )
    )
    svg: QrSvg
    png: QrPng
    valid_from: Timestamp | None = Field(
        description="When a screen begins to show it. Null for a poster."
    )
    valid_until: Timestamp | None = Field(
        description=(
            "When a screen must show the next one. Null for a poster, which is valid until the "
            "store withdraws it."
        )
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "poster": {"storeId": "store_a", "kind": "static", "format": "png"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "kind": "static",
    "code": "PWS1:S:store_a:1:5nHccQzZCxSE_UdF:48bbb184",
    "link": ("https://loyalty.example.com/check-in#PWS1:S:store_a:1:5nHccQzZCxSE_UdF:48bbb184"),
    "svg": None,
    "png": (
        "iVBORw0KGgoAAAANSUhEUgAAAXIAAAFyAQAAAADAX2ykAAABs0lEQVR42u2bXW7EIAyEreYAHGmvzpFyACSaNTaG"
        "vq3UqjL6eIiyME8Zjcc/rPSPVhXw4MGDBw8e/C/hxdbV49Frac/p7WcvxX/JZwv8/+KNXyWv35cx/XrelFrdWyDw"
        "m5Tf21gVKW85P9LdOL/g9wx+LWy/Q3MtegC/5+nXmG6Cfg/zX5VukByaht/M/Eb+PFn1B/lzfn63iunZq8H0j1O+"
        "Z9L43HyjdC+NeiRZ6Dd5fC7TYXVPo7Im0aMcdp3Db874vAdkO5gmvOD4nkn128S6GoPkNtIti89aKcFv7vrIc2Wv"
        "iqb1qhPjv6njc2lrpBYfLSxOjH5T+6+lUTJHR+O06k/6Vwf478LqaE1qfSTkV+f4b8x/3XW1HFYRw296frsVvE7o"
        "7ESTX2WPz7JJt87TWjrzhRP8N5pYbRZJlj8Tnw/Qr9dC0d+InjT95+z10Vw2X/D8OYwZfrPrN/zXCF3kzHwwf/5s"
        "d3FikuRvrmn4zctvaPUWL5LK9F/mC+fwO7tWy9SX/uQp/I6C18YNbXNi+D3Af7eBEfdjD8yfS5tv5Ffn3Z/k/3fg"
        "wYMHDx78n+O/AVDrkKGwBnNXAAAAAElFTkSuQmCC"
    ),
    "validFrom": None,
    "validUntil": None,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Sign the code and draw it; nothing is written."""
    code = store_qr_codes.of_store(caller, body.store_id, body.kind)
    shown = code.link if body.content == "link" else code.text
    pictures = store_qr_codes.draw(shown, body.format)
    return Response(
        store_id=code.store_id,
        kind=code.kind,
        code=code.text,
        link=code.link,
        valid_from=code.valid_from,
        valid_until=code.valid_until,
        svg=pictures.svg,
        png=pictures.png,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Draw the example's code, which opens no store."""
    return asdict(store_qr_codes.draw(EXAMPLE[body.content], body.format))
