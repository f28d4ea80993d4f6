"""Members: who takes part in programs, and how they are identified: rules."""
