"""The objects of Google Wallet: what is told there, and the links by which a card is saved."""

from __future__ import annotations

from shared import clock, config, logs
from shared.connectors.wallets import google_bodies, google_wallet
from shared.connectors.wallets.google_wallet import GoogleIssuer, GoogleKeyError, GoogleWallet
from shared.domain.wallets.pass_faces import PassFace
from shared.domain.wallets.wallet_passes import Wallet, WalletPass
from shared.errors import ConnectorError, ConnectorRejected, PunktwerkError, Unhealthy
from shared.services.events import wallet_outbox
from shared.services.wallets import faces
from shared.services.wallets.apple_passes import FACE, not_offered


def issuer() -> GoogleIssuer:
    """Return in whose name this installation issues cards.

    Raises:
        WalletNotOffered: The operator has set up no Google Wallet.
        Unhealthy: What is set up cannot be read.
    """
    key, issuer_id = config.google_wallet_key(), config.google_wallet_issuer()
    if Wallet.GOOGLE not in wallet_outbox.offered() or key is None or issuer_id is None:
        raise not_offered(Wallet.GOOGLE)
    try:
        return google_wallet.read(key, issuer_id)
    except GoogleKeyError as problem:
        logs.error("wallet credentials unreadable", wallet=Wallet.GOOGLE.value, reason=str(problem))
        raise unhealthy() from None


def link_to(found: WalletPass) -> str:
    """Return the page on which a person saves a card. Who has the link can save it, too."""
    own = issuer()
    return own.save_link(
        google_bodies.object_id(own.issuer_id, found.pass_id),
        google_bodies.class_id(own.issuer_id, found.program_id),
        int(clock.real_now().timestamp()),
        sorted(config.web_origins()),
    )


def make(found: WalletPass) -> None:
    """Let Google have a card, and the class of its program, as they are now.

    Raises:
        ConnectorError.
    """
    face, own = faces.of(found), issuer()
    _put_class(face)
    _wallet().put_object(google_bodies.object_of(face, own.issuer_id, found.pass_id))


def refusal(problem: ConnectorError) -> PunktwerkError:
    """Return what is answered if Google did not take a card: only the operator can mend some."""
    if problem.retryable:
        return problem
    logs.error("wallet refuses", wallet=Wallet.GOOGLE.value, reason=problem.message)
    return unhealthy()


def tell(found: WalletPass) -> None:
    """Replace a card at Google by what it is now.

    Raises:
        ConnectorError.
    """
    face, own = faces.of(found), issuer()
    if found.is_ending:
        _wallet().replace_object(google_bodies.ended(face, own.issuer_id, found.pass_id))
        return
    body = google_bodies.object_of(face, own.issuer_id, found.pass_id)
    if not _wallet().replace_object(body):
        _put_class(face)
        _wallet().put_object(body)


def unhealthy() -> Unhealthy:
    """Return the refusal where Google does not take what the operator has set up."""
    return Unhealthy("Google Wallet is not set up as it should be.", googleWallet=False)


def _put_class(face: PassFace) -> None:
    """Let Google have the class of a program: with our picture, if it cannot load the merchant's.

    Raises:
        ConnectorError.
    """
    own = issuer()
    ours = f"{config.public_url()}/{FACE}/logo/{face.color[1:]}.png"
    if face.logo is not None:
        try:
            _wallet().put_class(google_bodies.class_of(face, own.issuer_id, face.logo))
        except ConnectorRejected as problem:
            logs.warning("merchant's logo not taken", reason=problem.message)
        else:
            return
    _wallet().put_class(google_bodies.class_of(face, own.issuer_id, ours))


def _wallet() -> GoogleWallet:
    return GoogleWallet(issuer(), config.google_wallet_url())
