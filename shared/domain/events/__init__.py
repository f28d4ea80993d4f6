"""Events: types, log and outbox: rules."""
