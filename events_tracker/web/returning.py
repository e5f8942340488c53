"""Where a person goes back to who was kept from what they sent."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from events_tracker.web.guard import own_path

HOME = "/alerts"


def page_left() -> str:
    """Return the path of the page that the request came from; home where that is none of ours.

    A form that was shown again is at an address that takes nothing but what is posted: home too.
    Of whatever host: behind a proxy ours may be called otherwise, and only the path is followed.
    """
    left = urlsplit(request.referrer or "")
    path = own_path(left.path + (f"?{left.query}" if left.query else ""))
    if path is None:
        return HOME
    try:
        current_app.url_map.bind(request.host).match(left.path, "GET")
    except HTTPException:
        return HOME
    return path
