"""Customers as callers: who has signed in, and for which account they call."""

from __future__ import annotations

from dataclasses import replace

from shared import clock, config
from shared.auth import app_check, google_keys, id_tokens, keys
from shared.auth.caller import Caller, SignedInCustomer
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.packages import Package
from shared.errors import (
    AppNotVerified,
    Busy,
    IdTokenExpired,
    InvalidApiKey,
    InvalidIdToken,
    InvalidParameters,
    ProgramNotFound,
    StoreNotFound,
    SubscriptionInactive,
)
from shared.services.accounts import callers
from shared.store.accounts import account_documents
from shared.store.loyalty import program_documents
from shared.store.stores import store_documents

PUBLISHABLE_KEY = "X-Beep-Publishable-Key"
"""The header that names the account where a call names neither program nor store."""


def authenticate(id_token: str, app_check_token: str | None) -> SignedInCustomer:
    """Return the customer of a Firebase ID token.

    Raises:
        InvalidIdToken, IdTokenExpired.
        AppNotVerified: App Check is switched on, and its token is absent or not good.
        Busy: Google's keys cannot be fetched.
    """
    try:
        customer = id_tokens.verify(id_token, clock.real_now())
        if config.requires_app_check():
            app_check.verify(app_check_token)
    except id_tokens.ExpiredIdTokenError:
        raise IdTokenExpired("The sign-in's token is over.") from None
    except id_tokens.IdTokenError:
        raise InvalidIdToken("The sign-in's token is not a good one of this project.") from None
    except app_check.AppCheckError:
        raise AppNotVerified("The call does not come from a verified app.") from None
    except google_keys.KeysUnavailableError:
        raise Busy("Sign-ins cannot be checked at the moment.") from None
    return customer


def calling(
    customer: SignedInCustomer,
    *,
    program_id: str | None,
    store_id: str | None,
    publishable_key: str | None,
) -> Caller:
    """Return the caller that a customer is, for the account of a program, store or key.

    The program and the store may be another account's than the key's: whoever loads them refuses
    them, as for a secret key. With a test key the caller is the sandbox's.

    Args:
        customer: Who has signed in.
        program_id: The program of the request, if it names one.
        store_id: The store of the request, if it names one.
        publishable_key: The account's key that the app holds, if it sends one.

    Raises:
        ProgramNotFound, StoreNotFound, InvalidApiKey, SubscriptionInactive.
        InvalidParameters: Nothing names an account.
    """
    if publishable_key:
        record = callers.find_record(keys.parse_or_none(publishable_key), KeyKind.PUBLISHABLE)
        if record is None:
            raise InvalidApiKey(
                f"The key in {PUBLISHABLE_KEY} is not a publishable key that works.",
                fix="Send the account's publishable key: `bk_live_pk_...` or `bk_test_pk_...`.",
            )
        account_id, is_live = record.account_id, record.mode == KeyMode.LIVE
    else:
        account_id, is_live = _account_of(program_id, store_id), True
    account = account_documents.find_account(account_id)
    if account is None:
        raise InvalidApiKey("The account of this key does not exist any more.")
    if not is_live:
        return replace(_caller(account_id, Package.PRIME, customer), is_live=False)
    if not account.is_active:
        raise SubscriptionInactive("The account has no active subscription.")
    return _caller(account_id, account.package, customer)


def _caller(account_id: str, package: Package, customer: SignedInCustomer) -> Caller:
    return Caller(account_id, package, is_live=True, customer=customer)


def _account_of(program_id: str | None, store_id: str | None) -> str:
    """Return the account of a program, or of a store."""
    if program_id is not None:
        program = program_documents.find(program_id)
        if program is None:
            raise ProgramNotFound(f"There is no program {program_id}.")
        return program.account_id
    if store_id is not None:
        store = store_documents.find(store_id)
        if store is None:
            raise StoreNotFound(f"There is no store {store_id}.")
        return store.account_id
    problem = f"is required, unless {PUBLISHABLE_KEY} names the account"
    raise InvalidParameters(f"storeId {problem}.", fields={"storeId": problem})
