"""The file of an Apple pass, and the links by which it is fetched."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from shared import clock, config, logs
from shared.connectors.wallets import apple_identity, apple_pass
from shared.connectors.wallets.apple_identity import AppleIdentity, AppleIdentityError
from shared.connectors.wallets.apple_pass import AppleLink
from shared.domain.wallets.wallet_passes import Wallet, WalletPass
from shared.encrypted import Encrypted
from shared.errors import Unhealthy, WalletLinkExpired, WalletNotOffered
from shared.services.events import wallet_outbox
from shared.services.vaults import vault
from shared.services.wallets import faces
from shared.store import paths
from shared.store.wallets import wallet_pass_documents
from shared.vault import VaultError

FACE = "walletPasses"
"""The function, and the route of the gateway, by which phones fetch."""
LINK_LASTS = timedelta(minutes=15)
_BOUND_TO = "links to wallet passes"


def identity() -> AppleIdentity:
    """Return with what this installation signs.

    Raises:
        WalletNotOffered: The operator has set up no Apple Wallet.
        Unhealthy: What is set up cannot be read.
    """
    pem = config.apple_pass_pem()
    if Wallet.APPLE not in wallet_outbox.offered() or pem is None:
        raise not_offered(Wallet.APPLE)
    try:
        return apple_identity.read(pem)
    except AppleIdentityError as problem:
        logs.error("wallet credentials unreadable", wallet=Wallet.APPLE.value, reason=str(problem))
        raise Unhealthy("Apple Wallet is not set up as it should be.", appleWallet=False) from None


def not_offered(wallet: Wallet) -> WalletNotOffered:
    """Return the refusal where a wallet is not set up."""
    name = {Wallet.APPLE: "Apple Wallet", Wallet.GOOGLE: "Google Wallet"}[wallet]
    return WalletNotOffered(f"{name} is not offered here.")


def link_to(found: WalletPass) -> tuple[str, datetime]:
    """Return a link to a pass, and when it ends. Who has it has the pass."""
    expires_at = clock.real_now() + LINK_LASTS
    text = json.dumps([found.pass_id, int(expires_at.timestamp())])
    sealed = vault().encrypt(text, _BOUND_TO)
    return f"{config.public_url()}/{FACE}/download/{sealed}.pkpass", expires_at


def download(sealed: str) -> bytes:
    """Return the pass of a link.

    Raises:
        WalletLinkExpired: The link has ended, is none of ours, or the pass is gone.
        WalletNotOffered, Unhealthy.
    """
    own = identity()
    found = wallet_pass_documents.find(_opened(sealed))
    if found is None or found.token is None or found.is_ending:
        raise _expired()
    return file_of(found, own)


def file_of(found: WalletPass, own: AppleIdentity) -> bytes:
    """Return the file of a pass as it is now."""
    link = AppleLink(
        serial=found.pass_id,
        token=token_of(found),
        web_service_url=f"{config.public_url()}/{FACE}/apple",
    )
    return apple_pass.build(faces.of(found), link, own)


def token_of(found: WalletPass) -> str:
    """Return with what a phone asks for a pass."""
    assert found.token is not None, "only Apple's passes have one, and always"
    return vault().decrypt(found.token, paths.wallet_pass(found.pass_id))


def _opened(sealed: str) -> str:
    """Return the id of the pass of a link."""
    try:
        pass_id, expires_s = json.loads(vault().decrypt(Encrypted(sealed), _BOUND_TO))
    except (VaultError, ValueError):
        raise _expired() from None
    if clock.real_now().timestamp() > expires_s:
        raise _expired()
    return str(pass_id)


def _expired() -> WalletLinkExpired:
    return WalletLinkExpired("The link to the pass has ended.")
