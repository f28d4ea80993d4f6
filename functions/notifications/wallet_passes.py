"""/walletPasses/...: phones fetch passes, ask to be told of changes, and load their pictures.

There is no key: a link that was made for it, or the token of the pass, is the proof. What a phone
asks for is Apple's to say: /walletPasses/apple/v1/...
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from flask import Response

from functions import http, notification_paths
from functions.catalog import WALLET_PASSES
from shared import logs
from shared.connectors.wallets import apple_pass, png
from shared.domain.wallets import brand_colors
from shared.errors import InvalidParameters, MethodNotAllowed
from shared.services.wallets import apple_devices, apple_passes

if TYPE_CHECKING:
    from flask import Request

BODY_BYTES_MAX = 64 * 1024
LOGGED_MAX = 5
LOGGED_CHARS_MAX = 200
LOGO_SIDE = 660
_DEVICE = re.compile(r"[0-9A-Za-z._-]{1,100}")
_PUSH_TOKEN = re.compile(r"[0-9A-Fa-f]{8,200}")
_SCHEME = "ApplePass "


def serve(request: Request) -> Response:
    """Answer a phone; never raises."""
    return http.guarded(WALLET_PASSES, request, lambda log: _answer(request, log))


def _answer(request: Request, log: dict[str, Any]) -> Response:
    parts = notification_paths.parts_of(request.path, WALLET_PASSES)
    log["step"] = parts[0] if parts[0] in {"download", "apple", "logo"} else None
    match parts:
        case ["download", name] if name.endswith(".pkpass"):
            _require(request, "GET")
            return _file(apple_passes.download(name.removesuffix(".pkpass")))
        case ["logo", name]:
            _require(request, "GET")
            return _logo(name.removesuffix(".png"))
        case ["apple", "v1", "log"]:
            _require(request, "POST")
            return _logged(request)
        case ["apple", "v1", "passes", pass_type, serial]:
            _require(request, "GET")
            return _latest(request, pass_type, serial)
        case ["apple", "v1", "devices", device_id, "registrations", pass_type]:
            _require(request, "GET")
            return _changes(request, _device(device_id), pass_type)
        case ["apple", "v1", "devices", device_id, "registrations", pass_type, serial]:
            _require(request, "POST", "DELETE")
            return _registration(request, _device(device_id), pass_type, serial)
    raise apple_devices.refused()


def _registration(request: Request, device_id: str, pass_type: str, serial: str) -> Response:
    token = _token(request)
    if request.method == "DELETE":
        apple_devices.unregister(pass_type, serial, token, device_id=device_id)
        return Response("", 200)
    said = http.parsed(http.raw_body(request, BODY_BYTES_MAX))
    push_token = said.get("pushToken")
    if not isinstance(push_token, str) or not _PUSH_TOKEN.fullmatch(push_token):
        problem = "must be a token of a phone, in hex"
        raise InvalidParameters(f"pushToken {problem}.", fields={"pushToken": problem})
    is_new = apple_devices.register(
        pass_type, serial, token, device_id=device_id, push_token=push_token
    )
    return Response("", 201 if is_new else 200)


def _changes(request: Request, device_id: str, pass_type: str) -> Response:
    since = request.args.get("passesUpdatedSince")
    found = apple_devices.changes(pass_type, device_id=device_id, since=since)
    if found is None:
        return Response(status=204)
    told = {"serialNumbers": list(found.serials), "lastUpdated": found.tag}
    return _private(Response(json.dumps(told), content_type="application/json"))


def _latest(request: Request, pass_type: str, serial: str) -> Response:
    since = _moment(request.headers.get("If-Modified-Since"))
    found = apple_devices.latest(pass_type, serial, _token(request), since=since)
    response = Response(status=304) if found.file is None else _file(found.file)
    response.headers["Last-Modified"] = format_datetime(found.changed_at, usegmt=True)
    return response


def _logged(request: Request) -> Response:
    """Note what a phone complains of. Anybody may send this, so it is little."""
    lines = http.parsed(http.raw_body(request, BODY_BYTES_MAX)).get("logs")
    told = [each for each in lines if isinstance(each, str)] if isinstance(lines, list) else []
    for each in told[:LOGGED_MAX]:
        logs.info("a phone says of a pass", said=each[:LOGGED_CHARS_MAX])
    return Response("", 200)


def _logo(color: str) -> Response:
    """Return the picture of a program without a logo, in its colour: Google wants one."""
    brand = brand_colors.brand_of(f"#{color}")
    rgb, ink = brand_colors.rgb_of(brand), brand_colors.rgb_of(brand_colors.ink_on(brand))
    response = Response(png.icon(LOGO_SIDE, rgb, ink), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=604800"
    return response


def _file(data: bytes) -> Response:
    response = Response(data, content_type=apple_pass.MEDIA_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="card.pkpass"'
    return _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _require(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise MethodNotAllowed(f"Use {' or '.join(methods)}.", allowed=[*methods])


def _device(device_id: str) -> str:
    if not _DEVICE.fullmatch(device_id):
        raise apple_devices.refused()
    return device_id


def _token(request: Request) -> str:
    said = request.headers.get("Authorization", "")
    if not said.startswith(_SCHEME):
        raise apple_devices.refused()
    return said.removeprefix(_SCHEME)


def _moment(text: str | None) -> datetime | None:
    """Return the time of a header; ``None`` if it says none, as then everything is newer."""
    try:
        moment = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):  # The latter: a zone that is weeks away.
        return None
    return moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
