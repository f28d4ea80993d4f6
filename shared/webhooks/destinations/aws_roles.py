"""Sessions of merchants' IAM roles, obtained with this deployment's Google identity.

Google's metadata server gives a token with our identity, and the store as its audience. The
merchant's role only trusts that audience, so no other merchant can make us use the role by naming
it as theirs (the "confused deputy").

The metadata server is called directly, because google-auth would retry for up to 15 s.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import requests

from shared import clock, config, logs
from shared.webhooks.destinations.aws_calls import CallFailed, Keys, call
from shared.webhooks.destinations.aws_places import AwsPlace

SESSION_S = 3600
"""The duration of a session that every role allows."""
MARGIN = timedelta(minutes=5)
SESSIONS_MAX = 1_000
SESSION_NAME = "punktwerk"
IDENTITY_SHARE = 1 / 5

_IDENTITY_PATH = "/computeMetadata/v1/instance/service-accounts/default/identity"
_FLAVOR = {"Metadata-Flavor": "Google"}

_sessions: dict[tuple[str, str, AwsPlace], tuple[datetime, Keys]] = {}
_lock = threading.Lock()


def audience(store_id: str) -> str:
    """Return the audience that a role must require as ``accounts.google.com:oaud``."""
    return f"punktwerk:{store_id}"


def assume(role_arn: str, store_id: str, where: AwsPlace, *, timeout_s: float) -> Keys:
    """Return the keys of a session of the role, from memory until five minutes before its end.

    Args:
        role_arn: The merchant's role.
        store_id: The store whose endpoint names the role.
        where: The region of the token service to call.
        timeout_s: For one call of Google and one of AWS.

    Raises:
        CallFailed: ``credentials_unavailable`` if this deployment has no Google identity; else the
            errors of ``call``.
    """
    key = (role_arn, store_id, where)
    known = _sessions.get(key)
    if known is not None and clock.real_now() < known[0] - MARGIN:
        return known[1]
    identity_s = timeout_s * IDENTITY_SHARE
    token = _identity_token(audience(store_id), identity_s)
    if token is None:
        logs.error("google identity unavailable", storeId=store_id)
        raise CallFailed(error="credentials_unavailable")
    answer = call(
        "sts",
        "assume_role_with_web_identity",
        {
            "RoleArn": role_arn,
            "RoleSessionName": SESSION_NAME,
            "WebIdentityToken": token,
            "DurationSeconds": SESSION_S,
        },
        where=where,
        keys=None,
        timeout_s=timeout_s - identity_s,
    )
    session = answer["Credentials"]
    keys = Keys(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    with _lock:
        if len(_sessions) >= SESSIONS_MAX:
            _sessions.clear()
        _sessions[key] = (session["Expiration"], keys)
    return keys


def forget(role_arn: str, store_id: str, where: AwsPlace) -> None:
    """Forget a role's session, so that the next call gets a new one."""
    with _lock:
        _sessions.pop((role_arn, store_id, where), None)


def _identity_token(audience: str, timeout_s: float) -> str | None:
    url = f"http://{config.metadata_host()}{_IDENTITY_PATH}"
    try:
        with requests.Session() as session:
            session.trust_env = False  # No proxy may see the token.
            answer = session.get(
                url,
                params={"audience": audience},
                headers=_FLAVOR,
                timeout=timeout_s / 2,
                allow_redirects=False,
            )
    except requests.RequestException:
        return None
    is_google = answer.headers.items() >= _FLAVOR.items()
    return answer.text if is_google and answer.status_code == requests.codes.ok else None
