"""The channels in tests: the settings that switch each on, and what its provider has taken."""

from typing import Any

from events_tracker.simulator.simulator import Simulator

INSTANCE = "instance-7f3a"
CHATPRO = f"/{INSTANCE}/api/v1/send_message"
INJECTION = "/v3/events/alarm"
WEBHOOK = "/webhook/b7c1"
RECIPIENT = "5511988887777"
WEBHOOK_SECRET = "a key that only we know"


def whatsapp(segware: Simulator) -> dict[str, str]:
    return {
        "WHATSAPP_ENABLED": "true",
        "CHATPRO_URL": segware.url,
        "CHATPRO_INSTANCE_ID": INSTANCE,
        "CHATPRO_TOKEN": segware.chatpro_token,
        "CHATPRO_RECIPIENT": RECIPIENT,
    }


def webhook(segware: Simulator) -> dict[str, str]:
    return {
        "WEBHOOK_ENABLED": "true",
        "WEBHOOK_URL": segware.url + WEBHOOK,
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


def injection() -> dict[str, str]:
    return {"SEGWARE_ALARM_ENABLED": "true"}


def email(smtp_url: str) -> dict[str, str]:
    return {
        "EMAIL_ENABLED": "true",
        "SMTP_URL": smtp_url,
        "EMAIL_FROM": "tracker@sentinela.example",
        "EMAIL_TO": "central@sentinela.example",
    }


def texts(segware: Simulator) -> list[str]:
    """The WhatsApp messages that ChatPro took."""
    return [r.json()["message"] for r in segware.received(CHATPRO) if r.status == 201]


def injected(segware: Simulator) -> list[str]:
    """The account codes of the events that Segware took, in their order."""
    return [
        event["account"]
        for request in segware.received(INJECTION)
        if request.status == 200
        for event in request.json()["events"]
    ]


def called(segware: Simulator) -> list[dict[str, Any]]:
    """The bodies that the webhook took."""
    return [request.json() for request in segware.received(WEBHOOK) if request.status == 200]
