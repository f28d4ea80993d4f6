"""How long ago a person may have signed in to give somebody else lasting power over an account.

Firebase keeps a sign-in for as long as the browser does, so whoever finds a browser open could
use it to make a power that outlives the visit: a live secret key, an owner, an app's consent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.errors import SignInTooOld

FRESH_FOR = timedelta(minutes=10)
"""For so long after it a sign-in is fresh."""


def require_fresh(proved_at: datetime | None, now: datetime) -> None:
    """Refuse somebody who has not just given the password or opened a mailed link.

    Raises:
        SignInTooOld: It is longer ago than ``FRESH_FOR``, or the sign-in was by other means.
    """
    if proved_at is None or now - proved_at > FRESH_FOR:
        raise SignInTooOld("The password was given, or a mailed link opened, too long ago.")
