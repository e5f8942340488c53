"""The SQL files, installed as package data (this file makes an editable install find them)."""
