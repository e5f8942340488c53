"""notify: claim, send, record."""
