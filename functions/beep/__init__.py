"""The BEEP! API: a module for each action, in folders by noun, and its description."""
