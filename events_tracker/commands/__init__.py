"""The commands, one module each: they parse, hand adapters to one pass, and print its summary."""
