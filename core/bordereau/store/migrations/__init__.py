"""The steps from one version of the tables to the next, and the tool that writes them."""
