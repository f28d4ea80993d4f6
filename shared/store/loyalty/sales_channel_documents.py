"""The sales channels of accounts, with their programs."""

from __future__ import annotations

from shared.domain.loyalty.sales_channels import SalesChannels
from shared.store import paths
from shared.store.documents import Documents

SALES_CHANNELS = Documents(
    SalesChannels,
    paths.sales_channels,
    path_of=lambda channels: paths.sales_channels(channels.account_id),
    is_cached=True,
)

decode = SALES_CHANNELS.decode
find = SALES_CHANNELS.find
forget = SALES_CHANNELS.forget
write = SALES_CHANNELS.write
