"""Settings of the process, read from its environment."""

from __future__ import annotations

import os
from pathlib import Path

REGION_DEFAULT = "europe-west6"
PROJECT_DEFAULT = "demo-punktwerk"
VERSION = "0.2.0"
"""The release, as in pyproject.toml, which is not deployed; a test compares them."""


def project_id() -> str:
    """Return the Google Cloud project, as Cloud Functions and the emulators name it."""
    return (
        os.environ.get("GOOGLE_CLOUD_PROJECT")
        or os.environ.get("GCLOUD_PROJECT")
        or PROJECT_DEFAULT
    )


def commit() -> str | None:
    """Return the commit that was deployed, if whoever deployed it said so."""
    return os.environ.get("PUNKTWERK_COMMIT") or None


def region() -> str:
    """Return the region that functions and queues run in."""
    return os.environ.get("PUNKTWERK_REGION") or REGION_DEFAULT


def firestore_emulator() -> str | None:
    """Return host and port of the storage emulator; ``None`` in production."""
    return os.environ.get("FIRESTORE_EMULATOR_HOST") or None


def is_emulated() -> bool:
    """Tell whether storage is the emulator: only then loopback receivers and local keys work."""
    return firestore_emulator() is not None


def is_auth_emulated() -> bool:
    """Tell whether sign-ins come from the Auth emulator, which does not sign its tokens.

    Never with a real storage: a variable that was left set must not open somebody's data.
    """
    return is_emulated() and bool(os.environ.get("FIREBASE_AUTH_EMULATOR_HOST"))


def auth_emulator() -> str | None:
    """Return host and port of the Auth emulator; ``None`` in production."""
    return os.environ["FIREBASE_AUTH_EMULATOR_HOST"] if is_auth_emulated() else None


def firebase_api_key() -> str | None:
    """Return the Web API key of the Firebase project, which is public; for the consent page."""
    return os.environ.get("PUNKTWERK_FIREBASE_API_KEY") or None


def requires_app_check() -> bool:
    """Tell whether customers' calls must come from an app that Firebase App Check vouches for."""
    return os.environ.get("PUNKTWERK_APP_CHECK") == "required"


def secret_keys() -> str | None:
    """Return the comma-separated encryption keys (newest first); a secret in production."""
    return os.environ.get("PUNKTWERK_SECRET_KEYS") or None


def local_secret_file() -> Path | None:
    """Return the path of the emulator's generated encryption key; ``None`` in production."""
    if not is_emulated():
        return None
    root = Path(__file__).resolve().parent.parent
    return Path(os.environ.get("PUNKTWERK_SECRET_FILE") or root / ".local" / "secret.key")


def public_url() -> str:
    """Return the public URL of the gateway function, without a slash at its end."""
    configured = os.environ.get("PUNKTWERK_PUBLIC_URL")
    default = f"https://{region()}-{project_id()}.cloudfunctions.net/apiGateway"
    return (configured or default).rstrip("/")


def card_url() -> str:
    """Return where the customers' card is, without a slash at its end."""
    configured = os.environ.get("PUNKTWERK_CARD_URL")
    return (configured or f"https://{project_id()}.web.app").rstrip("/")


def web_origins() -> set[str]:
    """Return the operator's own web origins: the project's hosting, and what is configured."""
    configured = os.environ.get("PUNKTWERK_WEB_ORIGINS") or ""
    return {
        f"https://{project_id()}.web.app",
        f"https://{project_id()}.firebaseapp.com",
        *(each.strip().lower().rstrip("/") for each in configured.split(",") if each.strip()),
    }


def shopware_paths() -> str:
    """Return the operator's own paths of the Shopware face: ``addPoints=points/add``, by spaces."""
    return os.environ.get("PUNKTWERK_SHOPWARE_PATHS") or ""


def aws_endpoint_url() -> str | None:
    """Return the URL of the AWS emulator. It is used only if storage is emulated, too."""
    return os.environ.get("AWS_ENDPOINT_URL") or None


def push_key() -> str | None:
    """Return the public key of the project's Web Push certificate; ``None``: no push is sent."""
    return os.environ.get("PUNKTWERK_PUSH_KEY") or None


def fcm_url() -> str | None:
    """Return where messages to devices are sent; ``None``: nowhere.

    Never to Google while storage is the emulator: a developer's bookings must not ring a phone.
    """
    if is_emulated():
        return os.environ.get("PUNKTWERK_FCM_URL") or None
    return "https://fcm.googleapis.com"


def metadata_host() -> str:
    """Return Google Cloud's metadata server, by the name that Google's libraries use."""
    return os.environ.get("GCE_METADATA_HOST") or "metadata.google.internal"


def wallets() -> frozenset[str]:
    """Return the wallets that the operator offers, of ``apple`` and ``google``; none is usual."""
    named = os.environ.get("PUNKTWERK_WALLETS") or ""
    return frozenset(each.strip().lower() for each in named.split(",") if each.strip())


def apple_pass_pem() -> str | None:
    """Return certificate and key of the Pass Type ID, with Apple's certificate: a secret."""
    return os.environ.get("PUNKTWERK_APPLE_PASS_PEM") or None


def apns_url() -> str | None:
    """Return the URL of a stand-in of APNs. It is used only if storage is emulated, too."""
    return (os.environ.get("PUNKTWERK_APNS_URL") or None) if is_emulated() else None


def apns_authorities() -> str | None:
    """Return the file of the authorities of that stand-in."""
    return (os.environ.get("PUNKTWERK_APNS_CA") or None) if is_emulated() else None


def google_wallet_key() -> str | None:
    """Return the key of Google Wallet's service account, as its JSON file has it: a secret."""
    return os.environ.get("PUNKTWERK_GOOGLE_WALLET_KEY") or None


def google_wallet_issuer() -> str | None:
    """Return the id of the issuer at Google Wallet, digits."""
    return os.environ.get("PUNKTWERK_GOOGLE_WALLET_ISSUER") or None


def google_wallet_url() -> str | None:
    """Return the URL of a stand-in of Google. It is used only if storage is emulated, too."""
    return (os.environ.get("PUNKTWERK_GOOGLE_WALLET_URL") or None) if is_emulated() else None
