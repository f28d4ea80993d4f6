"""Records of memberships that were copied under a pseudonym."""

from __future__ import annotations

from shared.domain.loyalty.erasing import MembershipErasure
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

MEMBERSHIP_ERASURES = Documents(
    MembershipErasure,
    paths.membership_erasure,
    collection="membershipErasures",
    path_of=lambda record: paths.membership_erasure(record.membership_id),
    personal=NoPersonalData("Sums and hashes, under a pseudonym."),
)

find = MEMBERSHIP_ERASURES.find
creation = MEMBERSHIP_ERASURES.creation
