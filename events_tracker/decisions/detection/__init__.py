"""What is counted, what opens, what goes on and what is over."""
