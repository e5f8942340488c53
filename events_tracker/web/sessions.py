"""Who is signed in: as a signed cookie says, or a proxy that is trusted."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from flask import Flask, Request, session

from events_tracker.base.text import storable
from events_tracker.base.times import DAY, MINUTE, Duration, Instant
from events_tracker.model.people import PERSON_NAME_WIDTH, Person
from events_tracker.settings.values import WebSettings
from events_tracker.storage import Store

LONGEST: Duration = 7 * DAY
"""From signing in, however much the session is used."""
_NOTED_EVERY: Duration = MINUTE
"""A use is written into the cookie no more often than this."""


def configure(site: Flask, web: WebSettings) -> None:
    """Set how the cookie is signed, and what browsers may do with it."""
    encrypted = (web.url or "").startswith("https://")
    site.config.update(
        SECRET_KEY=web.secret,
        SESSION_COOKIE_NAME="__Host-tracker" if encrypted else "tracker",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=encrypted,
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LONGEST // 1_000,
    )


def sign_in(person: Person, now: Instant) -> None:
    """Begin a session in the browser that asks."""
    session.clear()
    session.permanent = True
    session.update(name=person.name, key=person.session_key, began=now, used=now)


def sign_out() -> None:
    """End the session in the browser that asks."""
    session.clear()


def signed_in(
    web: WebSettings, open_store: Callable[[], Store], now: Instant, *, counts_as_use: bool
) -> str | None:
    """Return the name of who is signed in by the cookie; None if nobody is, or is any more."""
    name, key = session.get("name"), session.get("key")
    began, used = session.get("began"), session.get("used")
    if not (isinstance(name, str) and isinstance(began, int) and isinstance(used, int)):
        return None
    if now - used > web.session or now - began > LONGEST:
        return None
    person = open_store().read(lambda rows: rows.people.named(name))
    if person is None or person.session_key != key:
        return None
    if counts_as_use and now - used >= _NOTED_EVERY:
        session["used"] = now
    return person.name


def named_by_proxy(request: Request, web: WebSettings) -> str | None:
    """Return whom a trusted proxy names; None if it names nobody, or is not to be trusted."""
    if web.user_header is None:
        return None
    name = request.headers.get(web.user_header, "").strip()
    if not _is_trusted(request.remote_addr, web.trusted_proxy):
        return None
    if not 1 <= len(name) <= PERSON_NAME_WIDTH or storable(name, len(name)) != name:
        return None
    return name


def _is_trusted(address: str | None, trusted: tuple[Any, ...]) -> bool:
    try:
        return any(ip_address(address or "") in network for network in trusted)
    except ValueError:
        return False
