"""What is said, on each channel: pure texts. Names from outside are data in every one of them."""
