"""What another rule would have done: kept counts, looked at as the scans of the time would have."""
