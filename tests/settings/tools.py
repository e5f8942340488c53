"""What the tests of the settings share."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from events_tracker.base.errors import SettingsError
from events_tracker.settings import (
    Settings,
    load,
)

NOWHERE = Path("/nowhere")
ALL_ON = {
    "DATABASE_URL": "mysql://tracker:p%40ssw0rd@db:3306/tracker",
    "SEGWARE_TOKEN": "segware-token-1",
    "WHATSAPP_ENABLED": "true",
    "CHATPRO_INSTANCE_ID": "chatpro-instance-2",
    "CHATPRO_TOKEN": "chatpro-token-3",
    "CHATPRO_RECIPIENT": "5511999990000",
    "SEGWARE_ALARM_ENABLED": "yes",
    "EMAIL_ENABLED": "on",
    "SMTP_URL": "smtps://mailer:mail-secret-4@mail.example.com:465",
    "EMAIL_FROM": "tracker@example.com",
    "EMAIL_TO": "ana@example.com, rui@example.com,ana@example.com",
    "EMAIL_CC": "eva@example.com",
    "EMAIL_SUBJECT": "Excesso de eventos: central 1",
    "WEBHOOK_ENABLED": "1",
    "WEBHOOK_URL": "https://hooks.example.com/in/?key=hook-secret-5",
    "WEBHOOK_SECRET": "signing secret 6",
    "HEARTBEAT_URL": "https://hc.example.com/ping-secret-7/",
    "WEB_SECRET": "web-secret-8-and-as-long-as-it-has-to-be",
}
SECRET_PARTS = (
    "p%40ssw0rd",
    "segware-token-1",
    "chatpro-instance-2",
    "chatpro-token-3",
    "mail-secret-4",
    "hook-secret-5",
    "signing secret 6",
    "ping-secret-7",
    "web-secret-8",
)


def read(given: Mapping[str, str], *, needs_segware: bool = False) -> Settings:
    return load(given, None, cwd=NOWHERE, needs_segware=needs_segware)


def problems(
    given: Mapping[str, str],
    env_file: Path | None = None,
    *,
    cwd: Path = NOWHERE,
    needs_segware: bool = False,
) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(given, env_file, cwd=cwd, needs_segware=needs_segware)
    assert caught.value.exit_code == 2
    return caught.value.problems


def env_file(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path
