"""A simulated Segware on loopback: for ``tracker demo``, for the tests and for the benchmark."""
