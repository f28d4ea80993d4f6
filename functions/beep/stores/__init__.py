"""The stores of an account."""
