"""What other systems call by themselves."""
