"""The wiring: settings and clock to adapters; used by whatever has an entry, and without click."""
