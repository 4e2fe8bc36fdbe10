"""The rules of posting, pure: sides, entries, periods."""
