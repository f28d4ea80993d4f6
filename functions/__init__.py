"""The edge: HTTP endpoints, triggers, task handlers and schedules. No rules of loyalty in here."""
