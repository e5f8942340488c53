"""Engines, a module each: connecting, errors, and what each database does its own way."""
