"""The room connections."""
