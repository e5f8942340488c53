"""The resident worker: round after round of the passes that the commands run, until it is ended."""
