"""What happened: types, log and outbox: use cases."""
