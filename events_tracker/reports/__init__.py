"""What only looks: no report changes anything."""
