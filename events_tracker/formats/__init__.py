"""JSON as the contract has it, out and in."""
