"""TSEs of an account by their serial numbers: a receipt tells its TSE, which tells the store."""

from __future__ import annotations

from shared.domain.stores.tses import Tse
from shared.store import paths
from shared.store.documents import Documents

TSES = Documents(
    Tse, paths.account_tse, path_of=lambda tse: paths.account_tse(tse.account_id, tse.serial)
)

decode = TSES.decode
find = TSES.find
write = TSES.write
deletion = TSES.deletion
