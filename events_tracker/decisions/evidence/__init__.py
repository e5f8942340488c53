"""Proof for a client: which stretches it asks for, and how today's counts compare."""
