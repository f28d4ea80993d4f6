"""Give a code of a voucher to a member: from then on it is in the member's entry alone."""

from __future__ import annotations

from datetime import datetime

from shared.services import commands
from shared.services.commands import Reads
from shared.services.vaults import vault
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import voucher_documents


def give(reads: Reads, account_id: str, code_id: str, now: datetime) -> tuple[str, Write]:
    """Return the text of a code that the stock has chosen, and the write that forgets it here.

    Raises:
        Wanted: It is not read yet.
    """
    path = paths.voucher_code(account_id, code_id)
    commands.want(reads, [path])
    found = voucher_documents.decode(reads[path])
    assert found is not None, f"{path} is gone"
    assert found.code is not None, f"{path} was given before"
    text = vault().decrypt(found.code, path)
    return text, voucher_documents.write(reads[path], found.given(now))
