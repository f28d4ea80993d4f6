"""Events: types, log and outbox: bodies."""
