"""Objects of answers, as the loyalty plugin documents them.

Fields whose objects the plugin's page names without showing them are marked as guessed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from shared.domain import shopware_ids
from shared.domain.loyalty import due, shop_actions, shop_levels, shop_transactions
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program, Tier
from shared.schemas.base import ResponseModel, WireModel
from shared.services.members.shop_profiles import ShopProfile
from shared.services.members.shopware_customers import KnownCustomer

_TICK = timedelta(milliseconds=1)


def _to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


ShopTime = Annotated[
    datetime,
    PlainSerializer(_to_text, return_type=str, when_used="always"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"}),
]
"""A time as ``2024-01-20 14:30:00``, UTC."""
Factor = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float, when_used="always"),
    WithJsonSchema({"type": "number"}),
]
"""A factor with a decimal point even if it is whole, as PHP writes it: ``2.0``."""
Id = Annotated[str, Field(pattern="^0x[0-9a-f]{32}$", description="`0x` and 32 hex digits.")]
Status = Annotated[Literal["success"], Field(description="Always `success`.")]


class ShopLevelBody(WireModel):
    """A level of the program."""

    id: Id
    name: str = Field(description="Its name.")
    min_points: int = Field(description="The points from which on a customer has it.")
    tag_id: Id
    multiplier: Factor = Field(description="What purchases earn is multiplied by it.")
    color: str | None = Field(description="Its color, such as `#C0C0C0`.")


class ShopPreviousLevelBody(ShopLevelBody):
    """The level below."""

    points_to_fall_down: int = Field(
        description="The points above the threshold of the present level; never negative."
    )


class ShopNextLevelBody(ShopLevelBody):
    """The level above."""

    points_to_reach: int = Field(description="The points that are missing to it.")


class ShopCustomerBody(WireModel):
    """The customer, as far as the shop has told of them."""

    id: Id
    email: str | None = Field(description="E-mail address.")
    first_name: str | None = Field(description="First name.")
    last_name: str | None = Field(description="Last name.")
    customer_number: str | None = Field(description="Number of the customer.")


class ShopProfileBody(WireModel):
    """How a customer stands in the program."""

    id: Id
    customer_id: Id | None = Field(
        description="Id of the customer. Null if the shop does not know the member."
    )
    points: int = Field(description="The balance, with what is reserved.")
    points_expiration_date: str | None = Field(
        description="The last day, by the store's clock, of the points that expire first."
    )
    custom_field_rewards: list[str] | None = Field(
        description=(
            "Names of the custom fields for which the customer got points. Null if there are none."
        )
    )
    set_birthday: bool = Field(description="Whether the birthday is known.")
    newsletter: bool = Field(description="Whether the customer has the newsletter.")
    last_points_received: ShopTime | None = Field(
        description="When the balance last grew by a booking. Null if it never did."
    )
    created_at: ShopTime = Field(description="When the customer joined the program.")
    updated_at: ShopTime = Field(description="The latest booking or change.")
    level: ShopLevelBody | None = Field(
        description="The present level. Null below all, or without any."
    )
    previous_level: ShopPreviousLevelBody | None = Field(description="The level below.")
    next_level: ShopNextLevelBody | None = Field(description="The level above.")
    customer: ShopCustomerBody | None = Field(
        description="Null if the shop does not know the member."
    )


class ShopReferenceBody(WireModel):
    """An order or a sales channel, of which nothing but the id is known here."""

    id: Id


class ShopTransactionBody(WireModel):
    """A booking. The plugin's page names its filters and not its fields: these are guessed."""

    id: Id
    customer_id: Id
    value: int = Field(description="Positive for points that were given, else negative.")
    description: str = Field(description="Why.")
    received: bool = Field(
        description="False for what a purchase earned and the balance gets later, by a booking."
    )
    refund: bool = Field(description="Whether it took back or gave back, as for returned goods.")
    expired: bool = Field(description="Whether its points have expired, or it wrote such off.")
    order_id: Id | None = Field(description="Id of the order. Null without one.")
    created_at: ShopTime = Field(description="When it was booked.")
    updated_at: ShopTime = Field(description="The same: bookings never change.")
    order: ShopReferenceBody | None = Field(description="The order. Null without one.")
    customer: ShopCustomerBody | None = Field(description="The customer.")
    sales_channel: ShopReferenceBody | None = Field(description="The sales channel of the program.")


class ShopBookedBody(WireModel):
    """What was booked. The plugin's page does not show this object: it is guessed."""

    transaction_id: Id
    profile_id: Id
    customer_id: Id
    value: int = Field(description="Positive for points that were given, else negative.")
    points: int = Field(description="The balance after it.")
    description: str = Field(description="Why.")
    order_id: Id | None = Field(description="Id of the order. Null without one.")
    sales_channel_id: Id | None = Field(description="Id of the program's sales channel.")
    level: ShopLevelBody | None = Field(description="The level after it.")
    created_at: ShopTime = Field(description="When it was booked.")


class BookedResponse(ResponseModel):
    """What was booked."""

    status: Status = "success"
    message: str = Field(description="What was done, for people.")
    data: ShopBookedBody = Field(description="The booking.")


class ShopActionBody(WireModel):
    """Something that the customer can still do for points."""

    type: Literal["newsletter", "birthday", "customField"] = Field(description="What it is.")
    name: str = Field(description="Its name; of a field, its label.")
    points: int = Field(description="What it earns.")
    completed: bool = Field(description="Whether it is done and only not rewarded yet.")
    description: str = Field(description="What to do.")
    field_filled: bool | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="Only of `customField`: whether the field has a value.",
    )


def to_profile(profile: ShopProfile) -> ShopProfileBody:
    """Return the object of a profile."""
    membership, program, customer = profile.membership, profile.program, profile.customer
    said = customer.profile if customer else None
    shown = to_customer(customer)
    levels = shop_levels.around(membership, program)
    return ShopProfileBody(
        id=shown_id("profile", membership.membership_id),
        customer_id=shown.id if shown else None,
        points=membership.balance_units,
        points_expiration_date=_last_day(membership, program),
        custom_field_rewards=list(shop_actions.rewarded_fields(membership)) or None,
        set_birthday=said is not None and said.birthday is not None,
        newsletter=said is not None and said.newsletter is not None and said.newsletter.subscribed,
        last_points_received=membership.received_at or _last_recent(membership),
        created_at=membership.member_since,
        updated_at=membership.updated_at,
        level=to_level(program, levels.level),
        previous_level=(
            ShopPreviousLevelBody(
                **_level_fields(program, levels.below),
                points_to_fall_down=levels.points_to_fall_down,
            )
            if levels.below
            else None
        ),
        next_level=(
            ShopNextLevelBody(
                **_level_fields(program, levels.above), points_to_reach=levels.points_to_reach
            )
            if levels.above
            else None
        ),
        customer=shown,
    )


def to_customer(customer: KnownCustomer | None) -> ShopCustomerBody | None:
    """Return the object of a customer, ``None`` for a member whom the shop does not know."""
    if customer is None or customer.customer_id is None:
        return None
    profile = customer.profile
    return ShopCustomerBody(
        id=shopware_ids.shown(customer.customer_id),
        email=profile.email,
        first_name=profile.first_name,
        last_name=profile.last_name,
        customer_number=profile.customer_number,
    )


def to_transaction(
    entry: Entry, customer_id: str, profile: ShopProfile, now: datetime
) -> ShopTransactionBody:
    """Return the object of an entry, of a customer by the id that was asked for."""
    order_id = _shown_or_none(shop_transactions.order_id_of(entry))
    channel_id = _shown_or_none(profile.program.sales_channel_id)
    return ShopTransactionBody(
        id=shown_id("transaction", entry.membership_id, entry.entry_id),
        customer_id=shopware_ids.shown(customer_id),
        value=shop_transactions.value_units(entry),
        description=entry.description,
        received=shop_transactions.is_received(entry),
        refund=shop_transactions.is_refund(entry),
        expired=shop_transactions.is_expired(entry, now),
        order_id=order_id,
        created_at=entry.recorded_at,
        updated_at=entry.recorded_at,
        order=ShopReferenceBody(id=order_id) if order_id else None,
        customer=to_customer(profile.customer),
        sales_channel=ShopReferenceBody(id=channel_id) if channel_id else None,
    )


def to_booked(entry: Entry, program: Program, customer_id: str) -> ShopBookedBody:
    """Return the object of a booking that was asked for."""
    tier = next((each for each in program.tiers if each.name == entry.tier_after), None)
    return ShopBookedBody(
        transaction_id=shown_id("transaction", entry.membership_id, entry.entry_id),
        profile_id=shown_id("profile", entry.membership_id),
        customer_id=shopware_ids.shown(customer_id),
        value=entry.units,
        points=entry.balance_after_units,
        description=entry.description,
        order_id=_shown_or_none(entry.order_id),
        sales_channel_id=_shown_or_none(program.sales_channel_id),
        level=to_level(program, tier),
        created_at=entry.recorded_at,
    )


def to_level(program: Program, tier: Tier | None) -> ShopLevelBody | None:
    """Return the object of a level, ``None`` for none."""
    return ShopLevelBody(**_level_fields(program, tier)) if tier else None


def level_id(program: Program, tier: Tier) -> str:
    """Return the id of a level, 32 hex digits, which follows from its name."""
    return shopware_ids.derived("level", program.program_id, tier.name)


def shown_id(*parts: str) -> str:
    """Return the id of something of ours, as it is shown."""
    return shopware_ids.shown(shopware_ids.derived(*parts))


def _level_fields(program: Program, tier: Tier) -> dict[str, Any]:
    return {
        "id": shopware_ids.shown(level_id(program, tier)),
        "name": tier.name,
        "min_points": tier.min_points,
        "tag_id": shown_id("tag", program.program_id, tier.name),
        "multiplier": tier.multiplier,
        "color": tier.color,
    }


def _shown_or_none(identifier: str | None) -> str | None:
    return None if identifier is None else shopware_ids.shown(identifier)


def _last_day(membership: Membership, program: Program) -> str | None:
    """Return the last day on which the points that expire first can be spent."""
    expiries = [lot.expires_at for lot in membership.lots if lot.expires_at is not None]
    if not expiries:
        return None
    return due.local_day(min(expiries) - _TICK, program.time_zone).isoformat()


def _last_recent(membership: Membership) -> datetime | None:
    """Return when a member last got points, of one from before that was written down."""
    grown = (each.recorded_at for each in membership.recent if each.units > 0)
    return next(grown, None)
