"""Reservations: what became of holds."""

from __future__ import annotations

from shared.domain.loyalty.reservations import Reservation
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

RESERVATIONS = Documents(
    Reservation,
    paths.reservation,
    collection="reservations",
    path_of=lambda each: paths.reservation(each.membership_id, each.reservation_id),
    personal=Personal("reservations", personal.of_user("reservations"), lambda _, __: None),
)

decode = RESERVATIONS.decode
write = RESERVATIONS.write


def find_by_reward_code(account_id: str, reward_code: str) -> Reservation | None:
    """Return the reservation of an account that gave a code, ``None`` if none did."""
    found = RESERVATIONS.query(("rewardCode", "==", reward_code))
    return next((each for each in found if each.account_id == account_id), None)
