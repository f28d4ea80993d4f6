"""Book at random, and prove the books: through the API on the emulator, and in the domain alone."""
