"""What a rule as typed would open, as programs read it: the contract's object."""

from collections.abc import Iterable
from typing import Any

from events_tracker.base.times import iso
from events_tracker.formats.alert import alert_object
from events_tracker.model.previews import Preview

_GROUP_FIELDS = ("account_code", "company", "cuc", "code", "highest", "openings")


def preview_object(preview: Preview, warnings: Iterable[str] = ()) -> dict[str, Any]:
    """Write a preview; a point whose window was not read whole has null.

    ``warnings`` say what the rule names that nobody has ever seen.
    """
    return {
        "now": [alert_object(alert) for alert in preview.now],
        "openings": preview.openings,
        "start": iso(preview.start),
        "end": iso(preview.end),
        "points": [{"at": iso(point.at), "highest": point.highest} for point in preview.points],
        "groups": [
            {field: getattr(group, field) for field in _GROUP_FIELDS} for group in preview.groups
        ],
        "requests": preview.requests,
        "unread": [{"start": iso(span.start), "end": iso(span.end)} for span in preview.unread],
        "warnings": list(warnings),
    }
