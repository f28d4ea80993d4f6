"""POST /api/v1/getMemberCode: the code that a member shows at a till."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.wallets.wallet_passes import Wallet
from shared.errors import MemberDeviceKnown, MemberNotFound, StoreNotFound, TooManyDevices
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, WireModel
from shared.schemas.fields import StoreId, UserId
from shared.services import access
from shared.services.events import wallet_outbox
from shared.services.members import card_codes


class Request(RequestModel):
    """The member and, for rotating codes, the device. Pictures are drawn on request."""

    user_id: UserId
    code_action: Literal["keep", "replace"] = Field(
        default="keep",
        description=(
            "`replace` gives the member another static code, as when somebody has copied it: "
            "former ones are refused from then on, also on tags, and so are codes of all devices "
            "but the named one, which keeps its secret. Cards in wallets get the new code."
        ),
    )
    device_id: Id | None = Field(
        default=None, description="Your id of the device that will make rotating codes."
    )
    device_action: Literal["add", "replace", "withdraw"] = Field(
        default="add",
        description=(
            "`add` gives a new device its secret, once; `replace` gives another one, and "
            "`withdraw` none: codes of the former one are refused from then on."
        ),
    )
    pictures: list[Literal["qr", "code128"]] = Field(
        default_factory=list, max_length=2, description="Pictures of the static code, as SVG."
    )
    store_id: StoreId | None = None

    @model_validator(mode="after")
    def _require_device(self) -> Request:
        if self.device_action != "add" and self.device_id is None:
            raise ValueError("must have a deviceId to replace or withdraw")
        return self


class DeviceBody(WireModel):
    """What a device makes rotating codes from. The secret is told once: keep it in the keychain."""

    code_id: str = Field(description="Names the device in its codes.")
    secret: str = Field(description="The key of its codes: 32 bytes in hex.")
    step_seconds: int = Field(description="How long a code lasts.")


class Response(ResponseModel):
    """The static code; how a device makes rotating ones is in the guide to members."""

    success: Success = True
    code: str = Field(description="The member's static code.")
    qr_svg: str | None = Field(description="Its QR code. Null if not asked for.")
    code128_svg: str | None = Field(
        alias="code128Svg", description="Its Code 128. Null if not asked for."
    )
    device: DeviceBody | None = Field(
        description="Only if the device got its secret by this request."
    )
    changes: bool = Field(
        description=(
            "True if the card shall show a code that changes, made on the device: "
            "`changingCodes` of configureMembers."
        )
    )
    wallets: list[Wallet] = Field(
        description="The wallets of phones that addToWallet can put the card into. Often none."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "card": {"userId": "user_xyz"},
    "device": {"userId": "user_xyz", "deviceId": "phone_1"},
    "copied": {"userId": "user_xyz", "codeAction": "replace"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "code": "S7K2M9QXT4HBCW3ZE",
    "qrSvg": None,
    "code128Svg": None,
    "device": None,
    "changes": False,
    "wallets": [],
}

REFUSALS = (StoreNotFound, MemberNotFound, MemberDeviceKnown, TooManyDevices)


def handle(body: Request, caller: Caller) -> Response:
    """Give the code; make it, or the device's secret, if there is none yet or another is wanted."""
    access.named_store(caller, body.store_id)
    issued = card_codes.issue(
        caller,
        user_id=body.user_id,
        device_id=body.device_id,
        action=body.device_action,
        is_anew=body.code_action == "replace",
    )
    pictures = card_codes.pictures(issued.code, body.pictures)
    device = None
    if issued.device is not None:
        device = DeviceBody(
            code_id=issued.device.code_id,
            secret=issued.device.secret,
            step_seconds=issued.device.step_s,
        )
    return Response(
        code=issued.code,
        qr_svg=pictures.get("qr"),
        code128_svg=pictures.get("code128"),
        device=device,
        changes=issued.is_changing,
        wallets=wallet_outbox.offered(),
        is_replay=issued.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Draw the pictures of the example's code."""
    pictures = card_codes.pictures(EXAMPLE["code"], body.pictures)
    return {"qrSvg": pictures.get("qr"), "code128Svg": pictures.get("code128")}
