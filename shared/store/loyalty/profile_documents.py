"""Profiles of stores, which everybody may read: each program writes its card, the store the rest.

All writes are without a precondition of their own: the store or the program that they follow from
is written in the same commit, and has one. ``firestore.rules`` let everybody read them.
"""

from __future__ import annotations

from dataclasses import replace

from shared.domain.loyalty.programs import Program, ProgramType
from shared.domain.loyalty.store_profiles import ProgramCard, StoreProfile, card_of
from shared.domain.stores.stores import Store
from shared.store import codec, paths
from shared.store.client import Document, SetFields, Write
from shared.store.documents import Documents
from shared.store.loyalty.program_rules import decode_rules
from shared.store.personal import NoPersonalData

_OF_STORE = ("storeId", "name", "logo", "address", "timeZone", "currency")


def _from_document(document: Document) -> StoreProfile:
    """Return a profile with the rules of each program's type."""
    cards = {
        program_id: codec.from_document(ProgramCard, {**card, "rules": _rules(card)})
        for program_id, card in document.get("cards", {}).items()
    }
    rest = {name: each for name, each in document.items() if name != "cards"}
    return replace(codec.from_document(StoreProfile, rest), cards=cards)


def _rules(card: Document) -> object:
    return decode_rules(ProgramType(card["programType"]), card["rules"])


PROFILES = Documents(
    StoreProfile,
    paths.store_profile,
    collection="storeProfiles",
    from_document=_from_document,
    personal=NoPersonalData("What the merchant tells everybody."),
)

find = PROFILES.find


def of_store(store: Store) -> Write:
    """Return the write of what a store says of itself; the cards stay as they are."""
    profile = StoreProfile(
        store_id=store.store_id,
        name=store.name,
        logo=store.logo,
        address=store.address,
        time_zone=store.time_zone,
        currency=store.currency,
    )
    document = PROFILES.to_document(profile)
    data = {name: document[name] for name in _OF_STORE}
    return SetFields(
        paths.store_profile(store.store_id), data, tuple((name,) for name in _OF_STORE)
    )


def of_program(program: Program) -> Write:
    """Return the write of a program's card: there if the program is active, else gone."""
    card = card_of(program)
    data: Document = {"storeId": program.store_id}
    if card is not None:
        data["cards"] = {program.program_id: codec.to_document(card)}
    names = (("storeId",), ("cards", program.program_id))
    return SetFields(paths.store_profile(program.store_id), data, names)
