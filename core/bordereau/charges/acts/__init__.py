"""What people do with charges: approve, set aside, split, revalue, delete."""
