"""The rules of charges: what work and contracts cost, and when it can be billed. Pure functions."""
