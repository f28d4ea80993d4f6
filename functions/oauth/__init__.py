"""OAuth 2.0: tokens for keys, and for apps that an owner lets act. A page a request."""
