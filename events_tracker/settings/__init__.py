"""The settings: what they are, where they come from, and the example that explains them."""

from events_tracker.settings.load import find_env_file, load
from events_tracker.settings.values import (
    Email,
    Injection,
    Notify,
    Segware,
    Settings,
    Tracker,
    Webhook,
    WhatsApp,
    secrets,
)

__all__ = [
    "Email",
    "Injection",
    "Notify",
    "Segware",
    "Settings",
    "Tracker",
    "Webhook",
    "WhatsApp",
    "find_env_file",
    "load",
    "secrets",
]
