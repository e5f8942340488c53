"""One module an engine: connecting, errors, and what each does its own way."""
