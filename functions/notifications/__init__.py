"""Functions that other systems call by themselves."""
