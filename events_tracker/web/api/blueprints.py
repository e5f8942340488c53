"""Every subject of the API."""

from events_tracker.web.api import alarms, alerts, openapi, previews, status

BLUEPRINTS = tuple(subject.blueprint for subject in (alerts, alarms, previews, status, openapi))
