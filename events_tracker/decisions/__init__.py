"""What to count, open, observe and say: pure functions of their arguments."""
