"""HTTP with limits: one TLS context, bodies read piece by piece, failures told in our own words.

Shared by the adapters that speak HTTP. No redirect is ever followed, and no text that leaves this
module names more of an address than its scheme, host and port.
"""

import ssl
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from events_tracker import __version__, tls
from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SettingsError
from events_tracker.base.hosts import is_loopback, shown
from events_tracker.base.workers import alone

_PIECE = 64 * 1024
_CA_BUNDLE = "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE"
"""The variables that requests looks for, in this order."""
_NO_TIME = "did not answer before the pass ran out of time"
_NO_PROXY = "cannot be reached through the proxy that the environment names"

BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What an exchange that did not succeed may raise."""


class AnswerTooLong(OSError):
    """A body of more than ``limits.ANSWER_BYTES``, decoded."""


class NeverLeft(urllib3.exceptions.HTTPError):
    """The request certainly did not leave this machine; the text says why, in our words.

    ``also``: what else to check than the address, "" for nothing, None if that is not at fault
    either. ``final``: the next attempt would only fail again.
    """

    def __init__(self, text: str, also: str | None = None, *, final: bool = False) -> None:
        super().__init__(text)
        self.also = also
        self.final = final


class _Unconnected(urllib3.exceptions.HTTPError):
    """Connecting failed at TLS or at a proxy: before the request, where urllib3 would not say."""

    def __init__(self, cause: Exception, *, through_proxy: bool) -> None:
        super().__init__()
        self.cause = cause
        self.through_proxy = through_proxy


class _Connection(urllib3.connection.HTTPSConnection):
    """A connection that tells a failure to connect from one of the request that follows."""

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPException) as error:
            secured = self.has_connected_to_proxy and isinstance(error, ssl.SSLError)
            through_proxy = self.proxy is not None and not secured
            raise _Unconnected(error, through_proxy=through_proxy) from error


class SharedTLS(HTTPAdapter):
    """One TLS context for all connections: building one costs 20 ms of CPU each time.

    Certificates are verified as requests would: against those that the environment names, else
    certifi's.
    """

    def __init__(self, **options: Any) -> None:
        self._contexts: dict[str, ssl.SSLContext] = {}
        super().__init__(**options)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        _use_our_connections(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        if is_new:
            _use_our_connections(manager)
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: Any = None
    ) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        bundle = pool.pop("ca_certs", None)
        if host["scheme"] == "https" and bundle:
            pool["ssl_context"] = self._context(bundle)
        return host, pool

    def _context(self, bundle: str) -> ssl.SSLContext:
        """Make a context that trusts these certificates. Raises NeverLeft if unreadable."""
        if bundle not in self._contexts:
            try:
                self._contexts[bundle] = ssl.create_default_context(cafile=bundle)
            except OSError:
                raise NeverLeft(
                    f"cannot be verified: {bundle}, which {_CA_BUNDLE} names, holds no "
                    "certificates that can be read",
                    final=True,
                ) from None
        return self._contexts[bundle]

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"


def _use_our_connections(manager: urllib3.PoolManager) -> None:
    """Let this manager make connections that are ours, on top of its own (SOCKS has others)."""
    usual: dict[str, Any] = manager.pool_classes_by_scheme
    connection = type("Connection", (_Connection, usual["https"].ConnectionCls), {})
    pool = type("Pool", (usual["https"],), {"ConnectionCls": connection})
    manager.pool_classes_by_scheme = {**usual, "https": pool}


class BearerToken(requests.auth.AuthBase):
    """As an AuthBase, because a header set by hand would be replaced by what ~/.netrc says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def session(url: str, auth: requests.auth.AuthBase | None = None) -> requests.Session:
    """Make a session for one server, safe for several threads at once.

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
    environment = made.merge_environment_settings(url, {}, True, None, None)
    made.proxies, made.verify = environment["proxies"], environment["verify"]
    if is_loopback(urlsplit(url).hostname or ""):
        made.proxies = {}
    if isinstance(made.verify, str) and not Path(made.verify).exists():
        raise SettingsError([f"{_CA_BUNDLE} names {made.verify}, which does not exist"])
    made.trust_env = False
    made.auth = auth
    return made


def origin(url: str) -> str:
    """Reduce an address to all that may be told of it: scheme, host, and a port that is its own."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{shown(parts.hostname or '', parts.port, usual)}"


def exchange(
    using: requests.Session, method: str, url: str, deadline: Deadline, **request: Any
) -> tuple[requests.Response, bytearray]:
    """Make one request and read its whole answer, decoded; the deadline holds in a slow body too.

    Raises one of ``BROKEN``: NeverLeft if nothing was sent, AnswerTooLong for a body beyond the
    limit, TimeoutError when the deadline passes.
    """
    response = _begun(using, method, url, deadline, **request)
    try:
        body = _body(response, deadline)
    except BaseException:
        response.close()
        raise
    response.raw.release_conn()
    return response, body


def receipt(
    using: requests.Session, method: str, url: str, deadline: Deadline, **request: Any
) -> tuple[int, bytearray]:
    """Make one request and return its answer's status, whatever becomes of the body.

    The body is there if it is JSON and comes whole within ``limits.RECEIPT_SECONDS``, else empty.
    Raises one of ``BROKEN``, NeverLeft if nothing was sent.
    """
    response = _begun(using, method, url, deadline, **request)
    body = bytearray()
    if response.headers.get("Content-Type", "").startswith("application/json"):
        soon = deadline.within(limits.RECEIPT_SECONDS)
        with suppress(*BROKEN):
            body = alone(soon, lambda: _body(response, soon))
    response.close()
    return response.status_code, body


def _begun(
    using: requests.Session, method: str, url: str, deadline: Deadline, **request: Any
) -> requests.Response:
    """Start a request; the body of the answer is still to be read."""
    remaining = deadline.remaining()
    if remaining <= 0:
        raise NeverLeft(_NO_TIME)
    times = (min(limits.CONNECT_SECONDS, remaining), min(limits.READ_SECONDS, remaining))
    try:
        return using.request(
            method, url, stream=True, allow_redirects=False, timeout=times, **request
        )
    except requests.exceptions.ConnectTimeout:
        late = f"could not be reached within {limits.CONNECT_SECONDS:.0f} s"
        raise NeverLeft(late, "the firewall") from None
    except requests.exceptions.InvalidSchema:
        # The address is http or https, so it is the proxy's scheme.
        raise NeverLeft(f"{_NO_PROXY}: SOCKS needs PySocks, not installed", final=True) from None
    except (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError):
        behind = requests.utils.select_proxy(url, using.proxies)
        if behind:
            raise NeverLeft(f"{_NO_PROXY}: its address is wrong", final=True) from None
        raise NeverLeft("has a name that no host can have", "", final=True) from None
    except requests.exceptions.ProxyError:
        raise NeverLeft(_NO_PROXY) from None
    except _Unconnected as failure:
        raise _unconnected(failure, url) from None
    except requests.exceptions.ConnectionError as error:
        wrapped = error.args[0] if error.args else None
        reason = getattr(wrapped, "reason", None)
        if isinstance(reason, urllib3.exceptions.NewConnectionError):
            raise _unreached(reason) from None
        raise


def _unreached(failure: urllib3.exceptions.NewConnectionError) -> NeverLeft:
    if isinstance(failure, urllib3.exceptions.NameResolutionError):
        return NeverLeft("cannot be reached (name unknown)", "this machine's DNS")
    if isinstance(failure.__cause__, ConnectionRefusedError):
        return NeverLeft("cannot be reached (connection refused)", "")
    return NeverLeft("cannot be reached", "this machine's network")


def _unconnected(failure: _Unconnected, url: str) -> NeverLeft:
    if failure.through_proxy:
        return NeverLeft(_NO_PROXY)
    if isinstance(failure.cause, ssl.SSLError):
        port = urlsplit(url).port or 443
        rather = "an address that begins with https:// needs a port that does"
        certificate = isinstance(failure.cause, ssl.SSLCertVerificationError)
        also = _CA_BUNDLE if certificate else None
        return NeverLeft(tls.failure(failure.cause, port, rather), also, final=True)
    return NeverLeft("broke off, or did not finish, the TLS handshake")


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


def ran_out_of_time(error: Exception) -> bool:
    """Tell whether it was a limit of time that ended an exchange."""
    late = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    return isinstance(error, late)


def is_final(error: Exception) -> bool:
    """Tell whether a repetition would only fail again: certificates, addresses, endless bodies."""
    return isinstance(error, AnswerTooLong) or (isinstance(error, NeverLeft) and error.final)


def explained(error: Exception) -> str:
    """Describe what broke in our words: those of libraries hold addresses and headers."""
    if isinstance(error, NeverLeft):
        return str(error)
    if isinstance(error, AnswerTooLong):
        return f"answered more than {limits.ANSWER_BYTES // 2**20} MiB"
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return f"did not answer within {limits.READ_SECONDS:.0f} s"
    if isinstance(error, TimeoutError):
        return _NO_TIME
    if isinstance(error, urllib3.exceptions.DecodeError):
        return "answered with a body that cannot be decompressed"
    return "broke the connection before its answer was whole"
