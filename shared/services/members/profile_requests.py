"""What a request says of a profile, checked against the settings of the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from shared.auth.caller import Caller
from shared.domain.members import custom_fields, personal_data
from shared.domain.members.custom_fields import EditableBy
from shared.domain.members.profile import Key, Newsletter, Profile
from shared.domain.members.profile_changes import ProfileChanges
from shared.domain.members.settings import MemberSettings
from shared.schemas.base import NAME_CHARS_MAX, UNKNOWN, invalid
from shared.schemas.members.profile_bodies import NewsletterBody, ProfileFields
from shared.store.members import settings_documents

T = TypeVar("T")

_SIGN_IN = "is taken from the sign-in: leave it out"
_MERCHANT = "can only be changed by the merchant"
_SERVER = "is filled in for customers: leave it out"
_OF_SIGN_IN: tuple[str, ...] = ("email", "phone")
_AS_THEY_ARE = ("email", "first_name", "last_name", "customer_number", "language")


def changes_of(caller: Caller, body: ProfileFields) -> ProfileChanges:
    """Return what a request changes.

    Raises:
        InvalidParameters: A phone number or a custom field is wrong, or a customer may not change
            a field; all of them are named.
    """
    is_customer = caller.customer is not None
    problems = _not_for_customers(body) if is_customer else {}
    values = {name: getattr(body, name) for name in _AS_THEY_ARE if name in body.model_fields_set}
    if "phone" in body.model_fields_set:
        values["phone"] = _phone(caller.account_id, body.phone, problems)
    if "birthday" in body.model_fields_set:
        values["birthday"] = date.fromisoformat(body.birthday) if body.birthday else None
    if "newsletter" in body.model_fields_set:
        values["newsletter"] = _newsletter(body.newsletter)
    own: dict[str, Any] = {}
    if body.custom_fields:
        settings = settings_documents.of_account(caller.account_id)
        for name, value in body.custom_fields.items():
            own[name] = _custom(settings, name, value, problems, is_customer=is_customer)
    if problems:
        raise invalid(problems)
    return ProfileChanges(values, own, body.external_ids)


def _not_for_customers(body: ProfileFields) -> dict[str, str]:
    """Return what is wrong with a customer's request to change the own profile."""
    sent = body.model_fields_set
    problems: dict[str, str] = {each: _SIGN_IN for each in _OF_SIGN_IN if each in sent}
    kept = {"customer_number": "customerNumber", "external_ids": "externalIds"}
    problems |= {label: _MERCHANT for name, label in kept.items() if name in sent}
    if body.newsletter is not None:
        said = {"consented_at": "consentedAt", "consented_by": "consentedBy"}
        named = body.newsletter.model_fields_set
        problems |= {f"newsletter.{said[each]}": _SERVER for each in said if each in named}
    return problems


def _phone(account_id: str, text: str | None, problems: dict[str, str]) -> str | None:
    if text is None:
        return None
    country = settings_documents.of_account(account_id).country
    return _checked("phone", text, lambda given: personal_data.phone(given, country), problems)


def _newsletter(body: NewsletterBody | None) -> Newsletter | None:
    if body is None:
        return None
    return Newsletter(body.subscribed, body.consented_at, body.consented_by)


def _custom(
    settings: MemberSettings,
    name: str,
    value: Any,
    problems: dict[str, str],
    *,
    is_customer: bool,
) -> Any:
    label = f"customFields.{name[:NAME_CHARS_MAX]}"
    field = settings.find_field(name)
    if is_customer and (field is None or field.editable_by is not EditableBy.CUSTOMER):
        problems[label] = _MERCHANT
        return None
    if value is None:
        return None  # Also of a field that the account no longer has.
    if field is None:
        problems[label] = UNKNOWN
        return None
    return _checked(label, value, lambda given: custom_fields.checked(field, given), problems)


def _checked(
    name: str, value: Any, check: Callable[[Any], T], problems: dict[str, str]
) -> T | None:
    try:
        return check(value)
    except ValueError as problem:
        problems[name] = str(problem)
        return None


def key_of(
    account_id: str,
    *,
    email: str | None = None,
    phone: str | None = None,
    customer_number: str | None = None,
    external: tuple[str, str] | None = None,
) -> Key:
    """Return the one key that a request names.

    Raises:
        InvalidParameters: The phone number is none.
    """
    problems: dict[str, str] = {}
    phone = _phone(account_id, phone, problems)
    if problems:
        raise invalid(problems)
    external_ids = dict([external]) if external else {}
    profile = Profile(
        email=email, phone=phone, customer_number=customer_number, external_ids=external_ids
    )
    (key,) = profile.keys
    return key
