"""The room charges."""
