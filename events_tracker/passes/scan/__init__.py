"""scan: fetch, count, compare, open, observe."""
