"""What happened: types, log and outbox: rules."""
