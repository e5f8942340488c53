"""Reads the settings: the environment first, then the ``.env`` file, then the defaults.

All that is wrong is said at once, by name, before anything else happens.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from events_tracker.base.errors import SettingsError
from events_tracker.base.text import shortened
from events_tracker.settings import urls
from events_tracker.settings.catalog import CATALOG, Setting
from events_tracker.settings.env_file import read_env_file
from events_tracker.settings.names import unknown_names
from events_tracker.settings.sources import given_text
from events_tracker.settings.values import (
    EmailSettings,
    InjectionSettings,
    NotifySettings,
    SegwareSettings,
    Settings,
    TrackerSettings,
    WebhookSettings,
    WebSettings,
    WhatsAppSettings,
)

_NEEDED = {
    "WHATSAPP_ENABLED": ("CHATPRO_INSTANCE_ID", "CHATPRO_TOKEN", "CHATPRO_RECIPIENT"),
    "SEGWARE_ALARM_ENABLED": ("SEGWARE_TOKEN",),
    "EMAIL_ENABLED": ("SMTP_URL", "EMAIL_FROM", "EMAIL_TO"),
    "WEBHOOK_ENABLED": ("WEBHOOK_URL", "WEBHOOK_SECRET"),
    "WEB_USER_HEADER": ("WEB_TRUSTED_PROXY",),
    "WEB_TRUSTED_PROXY": ("WEB_USER_HEADER",),
}
_SENT_TO = {
    "SEGWARE_URL": ("SEGWARE_TOKEN",),
    "CHATPRO_URL": ("CHATPRO_TOKEN", "CHATPRO_INSTANCE_ID"),
}


def load(
    environ: Mapping[str, str],
    env_file: Path | None,
    *,
    cwd: Path,
    needs_segware: bool = False,
) -> Settings:
    """Read and check the settings that ``environ`` and ``env_file`` (relative to ``cwd``) give.

    ``needs_segware``: the command talks to Segware, so its token must be there. Raises
    SettingsError with every problem; of a file that cannot be read, with that alone.
    """
    folder = (cwd / env_file).parent if env_file else cwd
    file = read_env_file(cwd / env_file) if env_file else {}
    problems = list(unknown_names(environ, file))
    values: dict[str, Any] = {}
    wrong: set[str] = set()
    for setting in CATALOG:
        try:
            values[setting.name] = _value(setting, (environ, file), folder)
        except ValueError as error:
            problems.append(str(error))
            wrong.add(setting.name)
    where = f"set it in the environment or in {env_file or cwd / '.env'}"
    if needs_segware and not values.get("SEGWARE_TOKEN") and "SEGWARE_TOKEN" not in wrong:
        # Who has no settings at all may only be in another folder than they are.
        elsewhere = "" if env_file else ", or name the settings of the installation with --env-file"
        problems.append(f"SEGWARE_TOKEN is missing: {where}{elsewhere}")
        wrong.add("SEGWARE_TOKEN")
    problems += _missing(values, wrong, where)
    problems += _exposed(values)
    if problems:
        raise SettingsError(problems)
    is_secret = any(file.get(setting.name, "").strip() for setting in CATALOG if setting.secret)
    return _settings(values, folder, is_secret)


def _value(setting: Setting, given: tuple[Mapping[str, str], ...], folder: Path) -> object:
    """Read the setting's value, or its default. Raises ValueError with a whole sentence."""
    text = given_text(setting, given, folder)
    if text is None:
        return None if setting.default is None else setting.parse(setting.default)
    try:
        return setting.parse(text)
    except ValueError as error:
        # Whoever mistakes an address may have written a password into it, so none is shown.
        hidden = setting.secret or setting.name.endswith("_URL")
        shown = "wrong" if hidden else repr(shortened(text))
        raise ValueError(f"{setting.name} is {shown}: {error}") from None


def _missing(values: Mapping[str, Any], wrong: set[str], where: str) -> Iterator[str]:
    """Name what is needed by what is on or set, but for what is wrong and was said already."""
    for one, names in _NEEDED.items():
        state = "on" if values.get(one) is True else "set"
        for name in names:
            if values.get(one) and not values.get(name) and name not in wrong:
                yield f"{name} is missing: {one} is {state} and needs it; {where}"


def _never_matching(values: Mapping[str, Any]) -> Iterator[str]:
    """Name codes of the default alarm that change nothing: no event that counts has them."""
    codes, injected = values["TRACKER_CODES"], values["SEGWARE_ALARM_CODE"]
    for code in values["TRACKER_THRESHOLDS"]:
        if codes and code not in codes:
            yield f"TRACKER_THRESHOLDS names {code}, which TRACKER_CODES leaves out"
    for name in ("TRACKER_CODES", "TRACKER_THRESHOLDS"):
        if injected in values[name]:
            yield f"{name} names {injected}, which never counts: it is SEGWARE_ALARM_CODE"


def _exposed(values: Mapping[str, Any]) -> Iterator[str]:
    """Name addresses to which a credential would travel for everyone to read."""
    for name, credentials in _SENT_TO.items():
        url = values.get(name)
        carried = [credential for credential in credentials if values.get(credential)]
        if carried and url and urls.exposes(url):
            yield f"{name} is http://, which shows {carried[0]} to everyone between: write https://"


def _settings(values: Mapping[str, Any], folder: Path, is_secret: bool) -> Settings:
    return Settings(
        database_url=values["DATABASE_URL"],
        folder=folder,
        segware=SegwareSettings(url=values["SEGWARE_URL"], token=values["SEGWARE_TOKEN"]),
        tracker=_tracker(values),
        whatsapp=WhatsAppSettings(
            enabled=values["WHATSAPP_ENABLED"],
            url=values["CHATPRO_URL"],
            instance_id=values["CHATPRO_INSTANCE_ID"],
            token=values["CHATPRO_TOKEN"],
            recipient=values["CHATPRO_RECIPIENT"],
        ),
        injection=InjectionSettings(
            enabled=values["SEGWARE_ALARM_ENABLED"],
            code=values["SEGWARE_ALARM_CODE"],
            event_id=values["SEGWARE_ALARM_EVENT_ID"],
            partition=values["SEGWARE_ALARM_PARTITION"],
            auxiliary=values["SEGWARE_ALARM_AUXILIARY"],
            protocol=values["SEGWARE_ALARM_PROTOCOL"],
        ),
        email=EmailSettings(
            enabled=values["EMAIL_ENABLED"],
            smtp_url=values["SMTP_URL"],
            sender=values["EMAIL_FROM"],
            to=values["EMAIL_TO"],
            cc=values["EMAIL_CC"],
            subject=values["EMAIL_SUBJECT"],
            helo_name=values["SMTP_HELO_NAME"],
        ),
        webhook=WebhookSettings(
            enabled=values["WEBHOOK_ENABLED"],
            url=values["WEBHOOK_URL"],
            secret=values["WEBHOOK_SECRET"],
        ),
        notify=NotifySettings(
            digest_over=values["NOTIFY_DIGEST_OVER"],
            max_attempts=values["NOTIFY_MAX_ATTEMPTS"],
            max_age=values["NOTIFY_MAX_AGE"],
        ),
        web=WebSettings(
            secret=values["WEB_SECRET"],
            bind=values["WEB_BIND"],
            port=values["WEB_PORT"],
            url=values["WEB_URL"],
            user_header=values["WEB_USER_HEADER"],
            trusted_proxy=values["WEB_TRUSTED_PROXY"],
            session=values["WEB_SESSION"],
            metrics=values["WEB_METRICS"],
        ),
        heartbeat_url=values["HEARTBEAT_URL"],
        log_format=values["LOG_FORMAT"],
        file_is_secret=is_secret,
        notes=tuple(_never_matching(values)),
    )


def _tracker(values: Mapping[str, Any]) -> TrackerSettings:
    return TrackerSettings(
        window=values["TRACKER_WINDOW"],
        threshold=values["TRACKER_THRESHOLD"],
        thresholds=values["TRACKER_THRESHOLDS"],
        codes=values["TRACKER_CODES"],
        cucs=values["TRACKER_CUCS"],
        ignored_closers=values["TRACKER_IGNORED_CLOSERS"],
        settle=values["TRACKER_SETTLE"],
        clear_after=values["TRACKER_CLEAR_AFTER"],
        clear_below=values["TRACKER_CLEAR_BELOW"],
        stale_after=values["TRACKER_STALE_AFTER"],
        retention=values["TRACKER_RETENTION"],
        register_retention=values["TRACKER_REGISTER_RETENTION"],
        counts_retention=values["TRACKER_COUNTS_RETENTION"],
        timezone=values["TRACKER_TIMEZONE"],
        language=values["TRACKER_LANGUAGE"],
    )
