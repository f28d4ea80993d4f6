"""OAuth 2.0: tokens for clients that have a key. A page a request, below the gateway's address."""
