"""Numbers without gaps: series, issuing, the chain of hashes, the register."""
