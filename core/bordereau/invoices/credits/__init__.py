"""Credit notes: what is left to credit, what is chosen, and what goes back with it."""
