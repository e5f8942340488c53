"""One module a pass: the order of its steps, its transactions, and what it reports."""
