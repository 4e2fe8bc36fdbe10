"""`python -m bordereau_api` is the command line."""

from bordereau_api.cli import app

app()
