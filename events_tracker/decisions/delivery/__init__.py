"""Who is told on which channel, in how many messages, and when again."""
