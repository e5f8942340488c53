"""Which stretches of time to ask for, and what may be kept of the answers."""
