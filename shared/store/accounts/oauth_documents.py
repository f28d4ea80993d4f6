"""Access tokens."""

from __future__ import annotations

from shared.domain.accounts.oauth import AccessToken
from shared.store import paths
from shared.store.documents import Documents

TOKENS = Documents(
    AccessToken,
    paths.oauth_token,
    collection="oauthTokens",
    path_of=lambda token: paths.oauth_token(token.token_hash),
    is_cached=True,
)

creation = TOKENS.creation
decode = TOKENS.decode
deletion = TOKENS.deletion
find = TOKENS.find
forget = TOKENS.forget
path_of = TOKENS.path_of
