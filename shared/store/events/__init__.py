"""Events: types, log and outbox: documents."""
