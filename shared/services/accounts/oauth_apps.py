"""Apps that act for merchants: the operator registers them, and they authenticate as clients."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from shared import clock, ids
from shared.auth import app_tokens
from shared.auth.app_tokens import AppText
from shared.domain.accounts import oauth_apps
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.services import commands
from shared.services.accounts import oauth_limits
from shared.services.accounts.administration import NAME_CHARS_MAX, Refused
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import oauth_app_documents as documents

ID_PREFIX = "app"


@dataclass(frozen=True, slots=True)
class RegisteredApp:
    """An app, with its new secret, which is known only now; ``None``: it got none."""

    app: OAuthApp
    secret: str | None = field(default=None, repr=False)


def is_app_id(client_id: str | None) -> bool:
    """Tell whether a client id begins as those of apps do; the ids of keys are hex digits."""
    return client_id is not None and client_id.startswith(f"{ID_PREFIX}_")


def create(name: str, redirect_uris: Iterable[str], *, is_public: bool) -> RegisteredApp:
    """Register an app.

    Args:
        name: What people call it; the consent page shows it.
        redirect_uris: Where their users may be sent back to, exactly.
        is_public: It can keep no secret, so it gets none.

    Raises:
        Refused: The name or a redirect URI is not valid.
    """
    if not 1 <= len(name.strip()) <= NAME_CHARS_MAX:
        raise Refused(f"A name has 1 to {NAME_CHARS_MAX} characters.")
    try:
        uris = oauth_apps.checked_redirect_uris(redirect_uris)
    except ValueError as error:
        raise Refused(str(error)) from None
    secret = None if is_public else app_tokens.new_secret()
    app = OAuthApp(
        app_id=ids.new(ID_PREFIX),
        name=name.strip(),
        redirect_uris=uris,
        created_at=clock.real_now(),
        secret_hash=secret.hash if secret else None,
    )
    path = paths.oauth_app(app.app_id)
    commands.run([path], lambda _: Effect(None, [documents.APPS.creation(app)]))
    return RegisteredApp(app, secret.text if secret else None)


def list_all() -> list[OAuthApp]:
    """Return all apps, oldest first."""
    return documents.list_apps()


def set_disabled(app_id: str, *, is_disabled: bool) -> OAuthApp:
    """Stop an app, or let it go on; within 60 s. What it was allowed stays, and waits.

    Raises:
        Refused: There is no such app.
    """
    return _changed(app_id, lambda app: replace(app, is_disabled=is_disabled))


def rotate_secret(app_id: str) -> RegisteredApp:
    """Give an app a new secret; within 60 s the one before is refused.

    Raises:
        Refused: There is no such app, or it is public.
    """
    secret = app_tokens.new_secret()

    def change(app: OAuthApp) -> OAuthApp:
        if app.is_public:
            raise Refused(f"The app {app_id} is public: it has no secret.")
        return replace(app, secret_hash=secret.hash)

    return RegisteredApp(_changed(app_id, change), secret.text)


def find(app_id: str | None) -> OAuthApp | None:
    """Return an app that is not disabled, ``None`` if there is none; it may be 60 s old."""
    app = documents.APPS.find(app_id) if app_id and is_app_id(app_id) else None
    return None if app is None or app.is_disabled else app


def authenticate(client_id: str | None, client_secret: str | None) -> OAuthApp:
    """Return the app of an id and its secret; a public one sends no secret.

    Ids of apps are public: they stand in the address of each consent page.

    Raises:
        OAuthRefused: ``invalid_client``; ``slow_down``: too many have failed.
    """
    app = find(client_id)
    given = AppText(client_secret or "").hash
    is_known = app is not None and (
        not client_secret
        if app.secret_hash is None
        else hmac.compare_digest(app.secret_hash, given)
    )
    if app is None or not is_known:
        oauth_limits.count_failed(client_id)
        raise OAuthRefused(
            OAuthError.INVALID_CLIENT,
            "client_id and client_secret are no app that works; a public app sends no secret.",
            status=401,
        )
    return app


def _changed(app_id: str, change: Callable[[OAuthApp], OAuthApp]) -> OAuthApp:
    path = paths.oauth_app(app_id)

    def decide(reads: Reads) -> Effect[OAuthApp]:
        before = documents.APPS.decode(reads[path])
        if before is None:
            raise Refused(f"There is no app {app_id}.")
        after = change(before)
        return Effect(after, [documents.APPS.write(reads[path], after)])

    app = commands.run([path], decide)
    documents.APPS.forget(app_id)
    return app
