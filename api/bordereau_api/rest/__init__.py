"""The REST API under `/api/v1`: shapes, routes and errors; no rule lives here."""
