"""The addresses among the settings: which forms are right.

No message here repeats an address or a part of one: a password may be anywhere in it.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from events_tracker.base.hosts import is_ip, is_loopback

_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")
_SQLITE = "sqlite:///"
_MYSQL = "mysql://"
_MYSQL_OPTIONS = {"unix_socket", "ssl_ca", "ssl_disabled"}
_DATABASE_FORMS = (
    "write sqlite:///events_tracker.db, sqlite:////var/lib/tracker/tracker.db or"
    " mysql://user:password@host:3306/database"
    " (optionally ?unix_socket=, ?ssl_ca= or ?ssl_disabled=true), without ~ or $ for a shell;"
    " spaces and / ? # % @ [ ] in the password, ? # $ in a file's name are percent-encoded"
)
_SMTP_FORMS = (
    "write smtp://host:587, smtps://host:465 or with user:password@ before the host;"
    " spaces and / ? # % @ [ ] in the password are percent-encoded"
)


def base_url(text: str) -> str:
    """Read ``http`` or ``https``, host, perhaps a path; returned without a slash at its end."""
    _http(text)
    if "?" in text or "#" in text:
        raise ValueError("write it without ? and # (https://host/path)")
    return text.rstrip("/")


def secret_url(text: str) -> str:
    """Read an address, perhaps with a query, that is itself a secret. Returned as given."""
    _http(text)
    if "#" in text:
        raise ValueError("write it without #")
    return _private(text)


def heartbeat_url(text: str) -> str:
    """Read a secret address; returned without a slash at its end, unless it has a query."""
    return secret_url(text) if "?" in text else secret_url(text).rstrip("/")


def host_name(text: str) -> str:
    """Read the name of a host, or an IP address in brackets, as a mail server is greeted with."""
    literal = text.startswith("[") and text.endswith("]")
    if not (is_ip(text[1:-1].removeprefix("IPv6:")) if literal else _HOST_NAME.fullmatch(text)):
        raise ValueError("write the name of a host (monitor.example.com) or [its IP address]")
    return text


def bind_address(text: str) -> str:
    """Read what a server listens on: an IP address, or a name that stands for one."""
    if not (is_ip(text) or _HOST_NAME.fullmatch(text)):
        raise ValueError("write an IP address without port (127.0.0.1, 0.0.0.0, ::) or a name")
    return text


def site_url(text: str) -> str:
    """Read ``http`` or ``https`` and a host, perhaps a port; returned without a slash at its end.

    Pages have addresses of their own below it, so it has no path.
    """
    forms = "write https://host or https://host:port, and nothing after it"
    try:
        url = base_url(text)
    except ValueError:
        raise ValueError(forms) from None
    if urlsplit(url).path:
        raise ValueError(forms)
    return url


def exposes(url: str) -> bool:
    """Tell whether a credential sent to this (right) HTTP address could be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def database_url(text: str) -> str:
    """Read ``sqlite:///FILE`` or ``mysql://user[:password]@host[:port]/database[?options]``."""
    if text.startswith(_SQLITE):
        file = text.removeprefix(_SQLITE)
        # Each connection would have an empty database of its own.
        if file == ":memory:":
            raise ValueError("write the name of a file: a database in memory keeps nothing")
        signs = "?" in file or "#" in file or "$" in file
        if _is_file_name(unquote(file)) and not signs:
            return text
    elif text.startswith(_MYSQL):
        parts = _split(text, _DATABASE_FORMS)
        database = parts.path.removeprefix("/")
        named = parts.username and database and "/" not in database
        if named and "#" not in text and _mysql_options_right(parts.query):
            return text
    raise ValueError(_DATABASE_FORMS)


def _is_file_name(file: str) -> bool:
    plain = file.isprintable() and file == file.strip() and not file.endswith("/") and file != ""
    return plain and not _is_somebodys_home(file)


def _is_somebodys_home(path: str) -> bool:
    """Tell whether a shell was to put a home folder in: here ``~`` would be a folder's own name."""
    return path.startswith("~") or "~" in path.split("/")


def smtp_url(text: str) -> str:
    """Read ``smtp://`` or ``smtps://``, ``[user:password@]host[:port]`` and nothing after it."""
    parts = _split(text, _SMTP_FORMS)
    plain = parts.path in ("", "/") and "?" not in text and "#" not in text
    whole = (parts.username is None and parts.password is None) or (
        parts.username and parts.password
    )
    if parts.scheme not in ("smtp", "smtps") or not plain or not whole:
        raise ValueError(_SMTP_FORMS)
    return text


def _http(text: str) -> SplitResult:
    forms = "write https://host, perhaps with a path"
    if not text.isascii():
        raise ValueError(forms)
    parts = _split(text, forms)
    if parts.scheme not in ("http", "https"):
        raise ValueError(forms)
    if "@" in parts.netloc:
        raise ValueError(f"{forms}, without a user or password")
    return parts


def _private(url: str) -> str:
    if exposes(url):
        raise ValueError("write https://: it is secret, and http:// shows it to everyone between")
    return url


def _split(text: str, forms: str) -> SplitResult:
    """Split an address that has a host and, if any, a possible port."""
    # urlsplit leaves line breaks and tabs out in silence, so they are refused before it.
    if not text.isprintable() or " " in text:
        raise ValueError(forms)
    try:
        parts = urlsplit(text)
        possible = parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        raise ValueError(forms) from None
    if not possible:
        raise ValueError(forms)
    return parts


def _is_host(host: str) -> bool:
    return bool(_HOST_NAME.fullmatch(host)) or (":" in host and is_ip(host))


def _mysql_options_right(query: str) -> bool:
    if not query:
        return True
    try:
        options = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return False
    found = dict(options)
    known = len(found) == len(options) and found.keys() <= _MYSQL_OPTIONS and all(found.values())
    known = known and not any("$" in path or _is_somebodys_home(path) for path in found.values())
    disabled = found.get("ssl_disabled", "false")
    # A certificate to verify with TLS switched off: one of the two is a mistake.
    return (
        known and disabled in ("true", "false") and not (disabled == "true" and "ssl_ca" in found)
    )
