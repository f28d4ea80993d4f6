"""What a soak is looking for."""


class DifferenceError(Exception):
    """What is stored is not what was answered, or not what follows from the rest."""
