"""What happened: types, log and outbox: documents."""
