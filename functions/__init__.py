"""The edge: HTTP endpoints, triggers, task handlers and schedules. It holds no rules of loyalty."""
