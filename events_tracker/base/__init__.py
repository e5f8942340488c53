"""What any room may use: times, ids, texts, deadlines, limits and errors; no noun of the domain."""
