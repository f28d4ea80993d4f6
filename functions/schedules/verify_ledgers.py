"""Prove the books of all accounts in the night."""

from shared.services.loyalty import nightly_proof


def handle() -> None:
    """Go on with the round of this night."""
    nightly_proof.run()
