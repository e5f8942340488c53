"""What an alarm may be, and what a change to one means."""
