"""What came back of earns, beside their entries."""

from __future__ import annotations

from shared.domain.loyalty.earn_returns import EarnReturns
from shared.store import paths
from shared.store.documents import Documents

RETURNS = Documents(EarnReturns, paths.earn_returns, collection="earnReturns")

decode = RETURNS.decode
write = RETURNS.write
