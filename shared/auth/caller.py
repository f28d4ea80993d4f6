"""The caller of a request, and the data that the call may touch."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.accounts.packages import Package
from shared.domain.accounts.scopes import Scopes


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's hold on its ``Idempotency-Key``.

    ``claim_id`` is the digest of account, mode, caller, action and key, so that equal keys of
    different merchants, modes, customers or actions stay apart; ``fingerprint`` is the digest of
    the validated body. ``account_id`` and ``user_ids`` say whom it is about, so that it is found
    when somebody is erased.
    """

    claim_id: str
    fingerprint: str
    account_id: str | None = None
    user_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedInCustomer:
    """A person who has signed in to the customers' app.

    ``user_id`` is the uid of Firebase Auth. ``email`` and ``phone`` (E.164) are those that Firebase
    has verified, else ``None``. ``is_verified``: Firebase or the operator's own sign-in vouches for
    the person; anonymous sign-ins and unconfirmed addresses are not.
    """

    user_id: str
    is_verified: bool
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that is called for, and who calls. Test keys act as PRIME and change nothing.

    ``customer`` is ``None`` if a secret key calls: it may do everything that the account may. A
    customer acts only for themselves: the edge has compared the request's ``userId``. ``scopes`` is
    what an access token is limited to; ``None`` if no token calls.
    """

    account_id: str
    package: Package
    is_live: bool
    claim: Claim | None = None
    customer: SignedInCustomer | None = None
    scopes: Scopes | None = None
