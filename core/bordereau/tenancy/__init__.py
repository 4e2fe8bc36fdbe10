"""The room tenancy."""
