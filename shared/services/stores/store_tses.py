"""Which TSEs the tills of a store have: what they have signed can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.auth.caller import Caller
from shared.domain.loyalty import tse_receipts
from shared.domain.stores.tses import Tse
from shared.errors import InvalidParameters, TseTaken
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.stores import store_documents, tse_documents


@dataclass(frozen=True, slots=True)
class StoreTses:
    """The serial numbers of a store's TSEs; ``is_replay`` as for all commands."""

    serials: tuple[str, ...]
    is_replay: bool = False


def configure(caller: Caller, store_id: str, serials: Sequence[str] | None) -> StoreTses:
    """Set all TSEs of a store; ``None`` leaves them as they are.

    Raises:
        StoreNotFound, IdempotencyKeyReused, Busy,
        InvalidParameters: The store is not one of euros.
        TseTaken: Another store of the account has one of them.
    """
    store_path = paths.store(store_id)
    access.store(caller, store_id)

    def decide(reads: Reads) -> Effect[StoreTses]:
        store = access.own_store(caller, store_documents.decode(reads[store_path]), store_id)
        wanted = store.tse_serials if serials is None else tuple(dict.fromkeys(serials))
        kept: Document = {"serials": list(wanted)}
        if wanted == store.tse_serials:
            return Effect(StoreTses(wanted), kept=kept)
        if store.currency != tse_receipts.CURRENCY:
            raise InvalidParameters(
                f"The store's currency is {store.currency}.",
                fields={"tses": f"are for stores with {tse_receipts.CURRENCY}"},
            )
        changed = set(wanted) ^ set(store.tse_serials)
        path_of = {each: paths.account_tse(caller.account_id, each) for each in sorted(changed)}
        commands.want(reads, path_of.values())
        writes: list[Write] = [
            store_documents.write(reads[store_path], replace(store, tse_serials=wanted))
        ]
        for serial, path in path_of.items():
            found = tse_documents.decode(reads[path])
            if serial not in wanted:
                writes += [tse_documents.deletion(reads[path])] if found else []
            elif found is not None and found.store_id != store_id:
                raise TseTaken("Another store has this TSE.", serial=serial, storeId=found.store_id)
            else:
                tse = Tse(caller.account_id, serial, store_id)
                writes.append(tse_documents.write(reads[path], tse))
        return Effect(StoreTses(wanted), writes, kept)

    def replay(kept: Document, _: Reads) -> StoreTses:
        return StoreTses(tuple(kept["serials"]), is_replay=True)

    saved = commands.run([store_path], decide, claim=caller.claim, replay=replay)
    store_documents.forget(store_id)
    return saved
