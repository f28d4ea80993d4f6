"""The imported codes of vouchers, one document each."""

from __future__ import annotations

from shared.domain.loyalty.voucher_codes import VoucherCode
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

CODES = Documents(
    VoucherCode,
    paths.voucher_code,
    collection="voucherCodes",
    is_group=True,
    personal=NoPersonalData("Codes that no member has; who gets one has it in the entry alone."),
)

decode = CODES.decode
write = CODES.write
