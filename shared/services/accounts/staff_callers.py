"""Staff as callers: who has signed in, and which role they have in the account that they name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from shared import logs
from shared.auth import keys, persons
from shared.auth.caller import Caller, SignedInCustomer
from shared.auth.keys import KeyKind, KeyMode
from shared.auth.persons import Person
from shared.domain.accounts.packages import Package
from shared.domain.members.personal_data import email_key
from shared.errors import (
    Busy,
    InvalidApiKey,
    InvalidIdToken,
    NotStaff,
    SignInNotVerified,
    StoreNotAllowed,
    SubscriptionInactive,
)
from shared.schemas.base import invalid
from shared.services.accounts import callers, customers
from shared.store.accounts import account_documents, staff_documents
from shared.store.cache import Cache

STAFF_ACCOUNT = "X-Beep-Staff-Account"
"""The header by which a person acts as staff of an account; without it they are a customer."""
_ACCOUNT_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_persons: Cache[Person] = Cache()


def authenticate(
    id_token: str,
    *,
    account_id: str,
    app_check_token: str | None,
    publishable_key: str | None,
    wants_test: bool = False,
) -> Caller:
    """Return the caller that a person is who works for an account.

    The role and what Firebase Auth knows of the person are kept for 60 s. So a role that was taken,
    a person who was disabled, and a sign-in that was ended work for up to 60 s more.

    Args:
        id_token: The person's Firebase ID token.
        account_id: The account that the request names.
        app_check_token: The token of App Check, if the request has one.
        publishable_key: A key of the account: with a test key the caller is the sandbox's.
        wants_test: The caller is the sandbox's without a key, too.

    Raises:
        InvalidIdToken, IdTokenExpired, AppNotVerified, SubscriptionInactive.
        SignInNotVerified: The e-mail address is not verified.
        NotStaff: The person has no role in the account, or there is no such account.
        InvalidApiKey: The publishable key is not one of the account.
        Busy: Google does not answer.
    """
    person = customers.authenticate(id_token, app_check_token)
    return calling(
        person, account_id=account_id, publishable_key=publishable_key, wants_test=wants_test
    )


def calling(
    person: SignedInCustomer,
    *,
    account_id: str,
    publishable_key: str | None = None,
    wants_test: bool = False,
) -> Caller:
    """Return the caller that somebody is who has signed in: see ``authenticate``.

    Raises:
        SignInNotVerified, NotStaff, InvalidIdToken, InvalidApiKey, SubscriptionInactive, Busy.
    """
    require_email(person.email is not None)
    member = (
        staff_documents.find(account_id, person.user_id)
        if _ACCOUNT_ID.fullmatch(account_id)
        else None
    )
    account = None if member is None else account_documents.find_account(account_id)
    if member is None or member.is_disabled or account is None:
        raise NotStaff("The person has no role in the account.")
    require_present(person.user_id, person.signed_in_at)
    caller = Caller(
        account_id,
        account.package,
        is_live=True,
        staff=member,
        proved_at=person.proved_at,
    )
    is_test_key = publishable_key and not _is_live(publishable_key, account_id)
    if wants_test or is_test_key:
        return replace(caller, package=Package.PRIME, is_live=False)
    if not account.is_active:
        raise SubscriptionInactive("The account has no active subscription.")
    return caller


def require_store(caller: Caller, store_id: str | None) -> None:
    """Refuse what somebody does who is limited to stores, unless it is said to be in one of them.

    Raises:
        InvalidParameters: No store is named.
        StoreNotAllowed: The named one is none of theirs.
    """
    if caller.staff is None or not caller.staff.store_ids:
        return
    if store_id is None:
        raise invalid({"storeId": "is required of staff who are limited to stores"})
    if not caller.staff.works_in(store_id):
        raise StoreNotAllowed(f"The person does not work in the store {store_id}.")


def _is_live(publishable_key: str, account_id: str) -> bool:
    record = callers.find_record(keys.parse_or_none(publishable_key), KeyKind.PUBLISHABLE)
    if record is None or record.account_id != account_id:
        raise InvalidApiKey(
            f"The key in {customers.PUBLISHABLE_KEY} is not a publishable key of the account.",
            fix="Leave it out, or send `bk_test_pk_...` of the account to call the sandbox.",
        )
    return record.mode == KeyMode.LIVE


def require_present(
    user_id: str, signed_in_at: datetime | None, *, email: str | None = None
) -> None:
    """Refuse who is disabled, deleted or signed out, though the token has not ended yet.

    Args:
        user_id: The person.
        signed_in_at: When they have signed in.
        email: The address of the token, for what depends on it: it must still be theirs. Firebase
            Auth verifies the one of now, and it may be another one since.

    Raises:
        InvalidIdToken, SignInNotVerified.
        Busy: Firebase Auth does not answer.
    """
    try:
        person = _persons.get(user_id, lambda: persons.find(user_id))
    except persons.PersonsUnavailableError as problem:
        logs.error("persons unavailable", reason=str(problem))
        raise Busy("Sign-ins cannot be checked at the moment.") from None
    if person is None or person.is_disabled:
        raise InvalidIdToken("The person was disabled or deleted.")
    since = person.valid_since
    if since is not None and (signed_in_at is None or signed_in_at < since):
        raise InvalidIdToken("The sign-in was ended.")
    known = person.email
    is_other = email is not None and (known is None or email_key(known) != email_key(email))
    require_email(person.is_email_verified and not is_other)


def require_email(is_verified: bool) -> None:
    """Refuse who has no verified e-mail address.

    Raises:
        SignInNotVerified: They have none.
    """
    if not is_verified:
        raise SignInNotVerified(
            "The sign-in has no verified e-mail address.",
            fix="Confirm the e-mail address, and sign in again.",
        )
