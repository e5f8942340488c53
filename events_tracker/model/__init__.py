"""What the tracker speaks of: immutable values, no I/O."""
