"""Everything below the edge: domain, use cases, storage, webhooks and keys."""
