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
