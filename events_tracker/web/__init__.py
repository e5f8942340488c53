"""The pages and the HTTP API: another entry, beside the commands."""
