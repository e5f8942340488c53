"""HTTP with limits: one TLS context, bodies read piece by piece, failures told in our own words.

Shared by the adapters that speak HTTP. No redirect is ever followed, and no text that leaves this
module names more of an address than its scheme and host.
"""

import ssl
from pathlib import Path
from traceback import extract_tb
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from events_tracker import __version__, limits
from events_tracker.errors import SettingsError
from events_tracker.model.deadline import Deadline
from events_tracker.model.hosts import is_loopback

_PIECE = 64 * 1024

BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What an exchange that did not succeed may raise."""


class AnswerTooLong(OSError):
    """More than ``limits.ANSWER_BYTES``, decoded."""


class SharedTLS(HTTPAdapter):
    """One TLS context for all connections: building one costs 20 ms of CPU each time.

    Certificates are verified as requests would: against REQUESTS_CA_BUNDLE if set, else certifi's.
    """

    def __init__(self, **options: Any) -> None:
        self._contexts: dict[str, ssl.SSLContext] = {}
        super().__init__(**options)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: Any = None
    ) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        bundle = pool.pop("ca_certs", None)
        if host["scheme"] == "https" and bundle:
            if bundle not in self._contexts:
                self._contexts[bundle] = ssl.create_default_context(cafile=bundle)
            pool["ssl_context"] = self._contexts[bundle]
        return host, pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"


class BearerToken(requests.auth.AuthBase):
    """As an AuthBase, because a header set by hand would be replaced by what ~/.netrc says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def session(url: str, auth: requests.auth.AuthBase | None = None) -> requests.Session:
    """A session for one server, safe for several threads at once.

    What the environment says of proxies and certificates is looked up once: for each request anew
    it would cost more than the request itself. What ~/.netrc says is never asked. No proxy stands
    between us and this machine. Raises SettingsError if the certificates to trust are missing.
    """
    made = requests.Session()
    made.headers["User-Agent"] = f"events-tracker/{__version__}"
    made.headers["Accept"] = "application/json"
    adapter = SharedTLS(pool_maxsize=limits.REQUESTS_IN_FLIGHT, pool_block=True)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    found = made.merge_environment_settings(url, {}, True, None, None)
    made.proxies, made.verify = found["proxies"], found["verify"]
    if is_loopback(urlsplit(url).hostname or ""):
        made.proxies = {}
    if isinstance(made.verify, str) and not Path(made.verify).exists():
        raise SettingsError([f"REQUESTS_CA_BUNDLE names {made.verify}, which does not exist"])
    made.trust_env = False
    made.auth = auth
    return made


def origin(url: str) -> str:
    """All that may be told of an address: scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def exchange(
    using: requests.Session, method: str, url: str, deadline: Deadline, **request: Any
) -> tuple[requests.Response, bytearray]:
    """One request and its whole answer, decoded; the deadline holds inside a slow body too.

    Raises one of ``BROKEN``: AnswerTooLong for a body beyond the limit, TimeoutError when the
    deadline passes.
    """
    remaining = deadline.remaining()
    if remaining <= 0:
        raise TimeoutError
    times = (min(limits.CONNECT_SECONDS, remaining), min(limits.READ_SECONDS, remaining))
    response = using.request(
        method, url, stream=True, allow_redirects=False, timeout=times, **request
    )
    try:
        body = _body(response, deadline)
    except BaseException:
        response.close()
        raise
    response.raw.release_conn()
    return response, body


def _body(response: requests.Response, deadline: Deadline) -> bytearray:
    body = bytearray()
    raw = cast("urllib3.HTTPResponse", response.raw)
    while piece := raw.read1(_PIECE, decode_content=True):
        body += piece
        if len(body) > limits.ANSWER_BYTES:
            raise AnswerTooLong
        if deadline.passed():
            raise TimeoutError
    return body


def never_left(error: Exception) -> bool:
    """Whether a request certainly did not reach the server: refused, no such name, no valid TLS."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return _in_handshake(error) or (
        isinstance(error, requests.exceptions.ConnectionError)
        and isinstance(_reason(error), urllib3.exceptions.NewConnectionError)
    )


def _reason(error: Exception) -> object:
    """What urllib3 says was the matter, out of what requests wraps around it."""
    wrapped = error.args[0] if error.args else None
    return getattr(wrapped, "reason", wrapped)


def _in_handshake(error: Exception) -> bool:
    """Whether TLS failed before anything was sent: what is read later may break it just as well."""
    reason = _reason(error)
    cause = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    if not isinstance(error, requests.exceptions.SSLError) or not isinstance(cause, Exception):
        return False
    return any(frame.name == "do_handshake" for frame in extract_tb(cause.__traceback__))


def ran_out_of_time(error: Exception) -> bool:
    """Whether it was a limit of time that ended an exchange."""
    late = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    return isinstance(error, late)


def is_final(error: Exception) -> bool:
    """Whether the same question would only fail again: certificates, addresses, endless bodies."""
    final = (requests.exceptions.InvalidURL, AnswerTooLong)
    return _in_handshake(error) or isinstance(error, final)


def explained(error: Exception) -> str:
    """What broke, in our words: those of libraries hold addresses and headers."""
    if isinstance(error, AnswerTooLong):
        return f"answered more than {limits.ANSWER_BYTES // 2**20} MiB"
    if _in_handshake(error):
        return "has no valid certificate for its name"
    if isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached through the proxy that the environment names"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"could not be reached within {limits.CONNECT_SECONDS:.0f} s"
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return f"did not answer within {limits.READ_SECONDS:.0f} s"
    if isinstance(error, TimeoutError):
        return "did not answer before the pass ran out of time"
    if isinstance(error, urllib3.exceptions.DecodeError):
        return "answered with a body that cannot be decompressed"
    if never_left(error):
        return "cannot be reached (name unknown or connection refused)"
    return "broke the connection before its answer was whole"
