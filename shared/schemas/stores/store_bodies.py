"""Stores as answers show them, without the data that staff use to let customers out."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from shared.domain.stores.stores import Store
from shared.schemas import answers
from shared.schemas.base import WireModel


class PositionBody(WireModel):
    """A store's position, in degrees."""

    latitude: float = Field(description="In degrees, north is positive.")
    longitude: float = Field(description="In degrees, east is positive.")


class StoreBody(WireModel):
    """A shop of the account."""

    store_id: answers.StoreId
    name: str = Field(description="What it is called.")
    time_zone: str = Field(description="IANA name of the time zone.")
    currency: answers.Currency
    position: PositionBody | None = Field(description="Where it is. Null if that is not known.")
    logo: str | None = Field(description="https URL of an image. Null if it has none.")
    address: str | None = Field(description="As on a letter. Null if it has none.")
    created_at: answers.CreatedAt


STORE_EXAMPLES: list[dict[str, Any]] = [
    {
        "storeId": "sandbox_store_001",
        "name": "Sandbox Berlin",
        "timeZone": "Europe/Berlin",
        "currency": "EUR",
        "position": {"latitude": 52.520008, "longitude": 13.404954},
        "logo": "https://cdn.example.com/berlin.png",
        "address": "Alexanderplatz 1\n10178 Berlin",
        "createdAt": "2026-03-03T12:00:00.000Z",
    },
    {
        "storeId": "sandbox_store_002",
        "name": "Sandbox Zürich",
        "timeZone": "Europe/Zurich",
        "currency": "CHF",
        "position": None,
        "logo": None,
        "address": None,
        "createdAt": "2026-03-03T12:00:00.000Z",
    },
]
"""The sandbox has two stores."""


def to_store_body(store: Store) -> StoreBody:
    """Return a store as answers show it."""
    position = store.position
    return StoreBody(
        store_id=store.store_id,
        name=store.name,
        time_zone=store.time_zone,
        currency=store.currency,
        position=PositionBody(latitude=position.latitude, longitude=position.longitude)
        if position
        else None,
        logo=store.logo,
        address=store.address,
        created_at=store.created_at,
    )


class PictureFormat(StrEnum):
    """A form of a QR code's picture."""

    SVG = "svg"
    PNG = "png"


WantedPicture = Annotated[
    PictureFormat | None,
    Field(strict=False, description="Which picture to draw; by default both."),
]
QrSvg = Annotated[str | None, Field(description="The QR code as SVG. Null if `format` is `png`.")]
QrPng = Annotated[
    str | None, Field(description="The QR code as PNG, in base64. Null if `format` is `svg`.")
]
