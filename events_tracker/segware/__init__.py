"""The thin Segware HTTP module: the only room that knows its routes, fields and errors."""

from events_tracker.segware.client import Segware, Server

__all__ = ["Segware", "Server"]
