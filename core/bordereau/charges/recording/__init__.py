"""Records of people and programs: contracts, tickets, work, things, cost lines, devices."""
