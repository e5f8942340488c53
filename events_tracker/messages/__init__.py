"""The texts of messages, in Portuguese and English."""
