"""The settings: what they are, where they come from, and the example that explains them."""

from events_tracker.settings.env_file import find_env_file
from events_tracker.settings.load import load
from events_tracker.settings.names import ENV_FILE
from events_tracker.settings.sources import refuse_quotes
from events_tracker.settings.values import (
    EmailSettings,
    InjectionSettings,
    NotifySettings,
    SegwareSettings,
    Settings,
    TrackerSettings,
    WebhookSettings,
    WebSettings,
    WhatsAppSettings,
    secrets,
)

__all__ = [
    "ENV_FILE",
    "EmailSettings",
    "InjectionSettings",
    "NotifySettings",
    "SegwareSettings",
    "Settings",
    "TrackerSettings",
    "WebSettings",
    "WebhookSettings",
    "WhatsAppSettings",
    "find_env_file",
    "load",
    "refuse_quotes",
    "secrets",
]
