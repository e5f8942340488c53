"""Every subject of the API."""

from events_tracker.web.api import alarms, alerts, holds, openapi, previews, status

BLUEPRINTS = (
    *(subject.blueprint for subject in (alerts, alarms, previews, holds, status, openapi)),
    holds.previewing,
)
