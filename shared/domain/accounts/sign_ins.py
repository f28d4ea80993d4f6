"""How long ago a person may have signed in to give somebody else lasting power over an account.

Firebase keeps a sign-in for as long as the browser does, so whoever finds a browser open could
use it to make a power that outlives the visit: a live secret key, an owner, an app's consent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.errors import SignInTooOld

FRESH_FOR = timedelta(minutes=10)
"""For so long after it a sign-in is fresh."""


def require_fresh(signed_in_at: datetime | None, now: datetime) -> None:
    """Refuse somebody who has not just signed in.

    Raises:
        SignInTooOld: The sign-in is older than ``FRESH_FOR``, or its time is not known.
    """
    if signed_in_at is None or now - signed_in_at > FRESH_FOR:
        raise SignInTooOld("The sign-in is older than ten minutes.")
