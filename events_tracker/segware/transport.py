"""HTTP as Segware needs it: one session, one TLS context, reads repeated, everything bounded."""

import random
import ssl
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from events_tracker import __version__, limits
from events_tracker.errors import SegwareError, SegwareRefused
from events_tracker.model.deadline import Deadline

_PIECE = 64 * 1024
_TRY_AGAIN = {429, 502, 503, 504}
_BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class AnswerTooLong(SegwareError):
    """More than ``limits.ANSWER_BYTES``, decoded."""


class Answer:
    """A whole answer: its status, its decoded body, and the server's clock if it told."""

    def __init__(self, status: int, body: bytearray, headers: Mapping[str, str]) -> None:
        self.status = status
        self.body = body
        self.headers = headers


class BearerToken(AuthBase):
    """As an AuthBase, because a header set by hand would be replaced by what ~/.netrc says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


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


class Transport:
    """Requests to one server with one token; safe for several threads at once."""

    def __init__(self, url: str, token: str, deadline: Deadline) -> None:
        self._url = url
        self._deadline = deadline
        self._session = requests.Session()
        self._session.auth = BearerToken(token)
        self._session.headers["User-Agent"] = f"events-tracker/{__version__}"
        self._session.headers["Accept"] = "application/json"
        adapter = SharedTLS(pool_maxsize=limits.REQUESTS_IN_FLIGHT, pool_block=True)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        # What the environment says of proxies and certificates is looked up once: for each request
        # anew it would cost more than the request itself.
        found = self._session.merge_environment_settings(url, {}, True, None, None)
        self._session.proxies, self._session.verify = found["proxies"], found["verify"]
        self._session.trust_env = False
        parts = urlsplit(url)
        self.where = f"{parts.scheme}://{parts.hostname}"

    def get(self, route: str, part: str = "", query: Mapping[str, str] | None = None) -> Answer:
        """Read ``route`` + ``part``: up to four attempts, none after the deadline.

        Returns any answer that is not "try again". Raises SegwareError when there is none, and
        AnswerTooLong for a body that is larger than we take.
        """
        for attempt in range(1, limits.READ_ATTEMPTS + 1):
            last = attempt == limits.READ_ATTEMPTS
            try:
                answer = self._once(route, part, query)
            except _BROKEN as error:
                if last or self._deadline.passed() or _is_final(error):
                    raise SegwareError(f"{self.where}{route} {_explained(error)}") from None
                self._pause(attempt, None)
                continue
            if answer.status not in _TRY_AGAIN or last:
                return answer
            self._pause(attempt, answer.headers.get("Retry-After"))
        raise AssertionError("the last attempt returns or raises")

    def _once(self, route: str, part: str, query: Mapping[str, str] | None) -> Answer:
        remaining = self._deadline.remaining()
        if remaining <= 0:
            raise TimeoutError("the pass has no time left")
        response = self._session.get(
            self._url + route + part,
            params=query,
            stream=True,
            allow_redirects=False,
            timeout=(
                min(limits.CONNECT_SECONDS, remaining),
                min(limits.READ_SECONDS, remaining),
            ),
        )
        try:
            if response.is_redirect or 300 <= response.status_code < 400:
                raise SegwareRefused(
                    f"{self.where}{route} sent us to another address; that is never followed: "
                    "check SEGWARE_URL"
                )
            body = self._body(response, route)
        except BaseException:
            response.close()
            raise
        response.raw.release_conn()
        return Answer(response.status_code, body, response.headers)

    def _body(self, response: requests.Response, route: str) -> bytearray:
        """Piece by piece, so that neither a slow nor an endless body holds us."""
        body = bytearray()
        raw = cast("urllib3.HTTPResponse", response.raw)
        while piece := raw.read1(_PIECE, decode_content=True):
            body += piece
            if len(body) > limits.ANSWER_BYTES:
                raise AnswerTooLong(
                    f"{self.where}{route} answered more than {limits.ANSWER_BYTES // 2**20} MiB"
                )
            if self._deadline.passed():
                raise TimeoutError("it was still answering when the pass ran out of time")
        return body

    def _pause(self, attempt: int, retry_after: str | None) -> None:
        seconds = limits.BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
        if retry_after and retry_after.strip().isdigit():
            seconds = max(seconds, float(retry_after))
        if seconds >= self._deadline.remaining():
            raise SegwareError(
                f"{self.where} asks us to wait {seconds:.0f} s, longer than this pass may last"
            )
        self._deadline.sleep(seconds)

    def close(self) -> None:
        self._session.close()


def _is_final(error: Exception) -> bool:
    """Whether the same question would only fail again: certificates, and what is not HTTP."""
    return isinstance(error, requests.exceptions.SSLError | requests.exceptions.InvalidURL)


def _explained(error: Exception) -> str:
    """What broke, without the URL's query or anything secret that libraries put into texts."""
    if isinstance(error, requests.exceptions.SSLError):
        return "has no valid certificate for its name"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"could not be reached within {limits.CONNECT_SECONDS:.0f} s"
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return f"did not answer within {limits.READ_SECONDS:.0f} s"
    if isinstance(error, TimeoutError):
        return "did not answer before the pass ran out of time"
    if isinstance(error, urllib3.exceptions.DecodeError):
        return "answered with a body that cannot be decompressed"
    # A name that cannot be resolved is one of these, too.
    cause = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return "cannot be reached (name unknown or connection refused)"
    return "broke the connection before its answer was whole"
