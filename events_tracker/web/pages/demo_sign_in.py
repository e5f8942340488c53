"""`GET /demo-sign-in?key=…`: the way into the demo, where nobody has a password. Nowhere else."""

import hmac
from threading import Lock

from flask import Blueprint, abort, g, redirect, request
from werkzeug.wrappers import Response

from events_tracker.web import sessions
from events_tracker.web.context import here
from events_tracker.web.pages.people_only import who


def pages(person: str, key: str) -> Blueprint:
    """Make the page that signs somebody in by a key, the first time that it is given."""
    made = Blueprint("demo_sign_in", __name__)
    first_use = Lock()

    @made.get("/demo-sign-in")
    def sign_in() -> Response:
        if who() is not None:
            return redirect("/alerts", 303)
        found = here().store().read(lambda rows: rows.people.named(person))
        given = request.args.get("key", "")
        is_key = hmac.compare_digest(given.encode(), key.encode())
        # Who only asks whether there is such a page (HEAD) uses nothing up.
        asks = is_key and request.method == "GET"
        if found is None or not asks or not first_use.acquire(blocking=False):
            abort(401, g.locale.gettext("This link works once: start the demo again for another."))
        sessions.sign_in(found, here().now)
        return redirect("/alerts", 303)

    return made
