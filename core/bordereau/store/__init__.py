"""The store: tables, tenant sessions, row-level security, migrations and the embedded PostgreSQL.

Only this room opens engines.
"""
