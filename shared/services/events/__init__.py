"""Events: types, log and outbox: use cases."""
