"""Secrets that can be recognised wherever they turn up, however they are written."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, urlsplit

from events_tracker.simulator.simulator import Handler, Reply, Simulator
from tests.support.engines import dump
from tests.support.world import Result

TOKEN = "eyJmYXJvbCI6MX0+seg/ware.zebra=token"
CHATPRO = "chatpro:girafa/token+1&2"
INSTANCE = "instancia-lontra-77"
MAIL_PASSWORD = "correio-tatu%2F+capivara"
HOOK = "/webhook/tamandua-0c1d?key=jabuti%2B9"
HOOK_SECRET = "segredo do webhook: quati & cutia"
HEARTBEAT = "/heartbeat/sagui-5e7a"
WEB = "paginas/cervo+ariranha=das-que-assinam"
DATABASE_PASSWORD = "banco-arara%40%2Fmico"

SECRETS = {
    "SEGWARE_TOKEN": TOKEN,
    "CHATPRO_TOKEN": CHATPRO,
    "CHATPRO_INSTANCE_ID": INSTANCE,
    "SMTP_URL": MAIL_PASSWORD,
    "WEBHOOK_URL": HOOK,
    "WEBHOOK_SECRET": HOOK_SECRET,
    "HEARTBEAT_URL": HEARTBEAT,
    "WEB_SECRET": WEB,
    "DATABASE_URL": DATABASE_PASSWORD,
}
"""What of each setting must never be seen; in addresses it is percent-encoded."""


def environ(segware: Simulator, mail: str) -> dict[str, str]:
    """Everything switched on, with these secrets; the simulator takes them."""
    segware.token, segware.chatpro_token = TOKEN, CHATPRO
    return {
        "SEGWARE_URL": segware.url,
        "SEGWARE_TOKEN": TOKEN,
        "WHATSAPP_ENABLED": "true",
        "CHATPRO_URL": segware.url,
        "CHATPRO_INSTANCE_ID": INSTANCE,
        "CHATPRO_TOKEN": CHATPRO,
        "CHATPRO_RECIPIENT": "5511988887777",
        "SEGWARE_ALARM_ENABLED": "true",
        "EMAIL_ENABLED": "true",
        "SMTP_URL": f"smtp://caixa:{MAIL_PASSWORD}@{mail}",
        "EMAIL_FROM": "tracker@sentinela.example",
        "EMAIL_TO": "central@sentinela.example",
        "WEBHOOK_ENABLED": "true",
        "WEBHOOK_URL": segware.url + HOOK,
        "WEBHOOK_SECRET": HOOK_SECRET,
        "HEARTBEAT_URL": segware.url + HEARTBEAT,
        "WEB_SECRET": WEB,
    }


def forms(secret: str) -> Iterator[str]:
    """The ways in which a secret could be told: as it is, encoded, in base64 at any offset, hex."""
    for text in {secret, unquote(secret), *_parts(secret)}:
        raw = text.encode()
        yield from (text, repr(text)[1:-1], quote(text, safe=""), quote(text), quote_plus(text))
        yield raw.hex()
        for offset in range(3):
            # Only what its neighbours cannot change: whole groups of three bytes.
            inner = raw[(3 - offset) % 3 :]
            inner = inner[: len(inner) // 3 * 3]
            yield base64.b64encode(inner).decode()
            yield base64.urlsafe_b64encode(inner).decode()


def _parts(secret: str) -> set[str]:
    """Of an address, what is secret even alone."""
    parts = urlsplit(secret)
    if not secret.startswith("/"):
        return set()
    return {part for part in (parts.path, parts.path.rpartition("/")[2], parts.query) if part}


@dataclass
class Watcher:
    """Searches everything that was said or kept."""

    database: str

    def assert_nothing_leaked(self, *results: Result) -> None:
        """Neither in what these commands said, nor in the database, nor in its file."""
        said = {f"output {n}": r.stdout + r.stderr for n, r in enumerate(results)}
        said |= {f"table {name}": repr(rows) for name, rows in dump(self.database).items()}
        if self.database.startswith("sqlite"):
            file = Path(self.database.removeprefix("sqlite:///"))
            for one in file.parent.glob(file.name + "*"):
                said[one.name] = one.read_bytes().decode("latin-1")
        found = [
            (name, place, form)
            for name, secret in SECRETS.items()
            for form in set(forms(secret))
            for place, text in said.items()
            if form in text
        ]
        assert found == []


def echo(handler: Handler) -> None:
    """Refuse, and repeat all that was sent: in the reason, in headers and in the body."""
    request = handler.received
    told = f"{handler.path} {request.headers} {request.body.decode('utf-8', 'replace')}"
    handler.send_response(422, told[:2_000].replace("\n", " ").encode("ascii", "replace").decode())
    body = told.encode()
    for name, value in {"X-Echo": told[:500], "Location": handler.path}.items():
        handler.send_header(name, value.encode("ascii", "replace").decode().replace("\n", " "))
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def echo_elsewhere(handler: Handler) -> None:
    """Redirect to an address that holds all that was sent."""
    authorization = handler.received.header("Authorization") or ""
    location = f"http://127.0.0.1:1/{quote(authorization)}{handler.path}"
    handler.send(Reply(302, b"", {"Location": location}))
