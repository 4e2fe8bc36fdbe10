"""The faces of Bordereau: REST API and command line, over the same services."""
