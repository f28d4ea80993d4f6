"""What happened: types, log and outbox: bodies."""
