"""Apple Wallet and Google Wallet: how a pass looks there, and how they are told of a new one."""
