"""The caller of a request, and the data that the call may touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.accounts.packages import Package
from shared.domain.accounts.scopes import Scopes
from shared.domain.accounts.staff import StaffMember, StaffRole


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
    """A person who has signed in, as a rule to the customers' app.

    ``user_id`` is the uid of Firebase Auth. ``email`` and ``phone`` (E.164) are those that Firebase
    has verified, else ``None``. ``is_verified``: Firebase or the operator's own sign-in vouches for
    the person; anonymous sign-ins and unconfirmed addresses are not. ``signed_in_at`` is when the
    password or the like was given, which may be long before the token was made. ``proved_at`` is
    the same if the person has shown by it that the account is theirs: see ``id_tokens``.
    """

    user_id: str
    is_verified: bool
    email: str | None = None
    phone: str | None = None
    signed_in_at: datetime | None = field(default=None, compare=False)
    proved_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that is called for, and who calls. Test keys act as PRIME and change nothing.

    If a secret key calls, ``customer`` and ``staff`` are ``None``: it may do everything that the
    account may. A customer acts only for themselves: the edge has compared the request's
    ``userId``. ``scopes`` is what an access token is limited to; ``None`` if no token calls.
    ``staff``: a person of the account's staff calls for the account; the edge has looked whether
    the role may call the action, and in which store. ``app_id``: an app calls that this person has
    allowed it, within ``scopes``. ``asked_by``: we ourselves carry out what this
    person of the staff has asked for. ``key_hash``, ``token_hash`` and ``consent_id`` find the
    records of what called: the secret key, also if an access token stands for it, the token, and
    the consent of an app. ``proved_at``: when ``staff`` has given the password, or opened a mailed
    link, if they call themselves.
    """

    account_id: str
    package: Package
    is_live: bool
    claim: Claim | None = None
    customer: SignedInCustomer | None = None
    scopes: Scopes | None = None
    staff: StaffMember | None = None
    app_id: str | None = None
    asked_by: str | None = None
    key_hash: str | None = None
    token_hash: str | None = None
    consent_id: str | None = None
    proved_at: datetime | None = field(default=None, compare=False)

    @property
    def staff_id(self) -> str | None:
        """The uid of the person of the account's staff who calls or has asked; else ``None``."""
        return self.asked_by if self.staff is None else self.staff.user_id

    @property
    def is_cashier(self) -> bool:
        """True if somebody calls whose role is that of a cashier."""
        return self.staff is not None and self.staff.role is StaffRole.CASHIER
