"""The HTTP API: the same words and JSON as the commands'."""
