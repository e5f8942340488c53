"""The channels, one module each: they send one message, and say what a failure allows."""
