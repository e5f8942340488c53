"""Who may ask, from where, and how much: what holds for every request and every answer."""

from urllib.parse import urlsplit

from flask import Request, Response

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_OUR_HOSTS = {"127.0.0.1", "localhost", "::1"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def is_our_host(request: Request, web_url: str | None) -> bool:
    """Tell whether the request names us, whatever the port.

    A name that somebody lets point at us (DNS rebinding) would walk around the check of the origin.
    """
    given = request.headers.get("Host", "")
    try:
        host = urlsplit(f"//{given}").hostname
    except ValueError:
        return False
    return host is not None and host in _OUR_HOSTS | {urlsplit(web_url or "").hostname}


def is_forged(request: Request, web_url: str | None) -> bool:
    """Tell whether another site may have made a browser send what changes something here."""
    if request.method in _SAFE_METHODS:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    return request.headers.get("Origin") not in {
        f"{request.scheme}://{request.host}",
        (web_url or "").rstrip("/"),
    } - {""}


def protect(response: Response) -> Response:
    """Say in the answer's headers what browsers and caches must not do with it."""
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def own_path(path: str | None) -> str | None:
    """Return a path if it leads to a page of ours, for going back to after signing in."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return None
    return path if path.isprintable() and path.isascii() else None
