"""The rules of loyalty: pure functions of state and command. No clock, randomness or I/O."""
