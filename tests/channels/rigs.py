"""One rig for each channel: the channel itself, a message for it, and its provider to be broken."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from events_tracker.base.deadline import Deadline
from events_tracker.channels.email import Email
from events_tracker.channels.injection import EventForm, Injection
from events_tracker.channels.webhook import Webhook
from events_tracker.channels.whatsapp import WhatsApp
from events_tracker.http import BearerToken
from events_tracker.model.deliveries import (
    EmailText,
    Injections,
    Message,
    WebhookCall,
    WhatsAppText,
)
from events_tracker.model.ports import Channel
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Reply, Response, Simulator
from tests.support.channels import CHATPRO, INJECTION, INSTANCE, WEBHOOK, WEBHOOK_SECRET
from tests.support.mailbox import PASSWORD, USER, Mailbox
from tests.support.world import NOON, PADARIA, TestClock, furnish


@dataclass
class Rig:
    """``break_`` makes the provider do what a word says; ``taken`` counts what it has got."""

    channel: Channel[Any]
    deadline: Deadline
    message: Message
    secrets: tuple[str, ...]
    break_: Callable[[str], None]
    taken: Callable[[], int]

    def send(self) -> None:
        """Send the message before the deadline."""
        self.channel.send(self.message, self.deadline)


@contextmanager
def whatsapp(deadline: Deadline) -> Iterator[Rig]:
    with Simulator() as service:
        channel = WhatsApp(service.url, INSTANCE, service.chatpro_token)
        yield Rig(
            channel,
            deadline,
            WhatsAppText("5511988887777", "*EXCESSO*"),
            (INSTANCE, service.chatpro_token),
            _breaking(service, CHATPRO),
            lambda: len([r for r in service.received(CHATPRO) if r.status == 201]),
        )
        channel.close()


@contextmanager
def segware(deadline: Deadline) -> Iterator[Rig]:
    with Simulator() as service:
        furnish(service)
        form = EventForm("E702", "167681000", "000", "0", "CONTACT_ID")
        channel = Injection(service.url, BearerToken(service.token), form)
        yield Rig(
            channel,
            deadline,
            Injections(11, (service.accounts[PADARIA].account_code,), ("texto",)),
            (service.token,),
            _breaking(service, INJECTION),
            lambda: len([r for r in service.received(INJECTION) if r.status == 200]),
        )
        channel.close()


@contextmanager
def webhook(deadline: Deadline) -> Iterator[Rig]:
    with Simulator() as service:
        channel = Webhook(service.url + WEBHOOK, WEBHOOK_SECRET)
        yield Rig(
            channel,
            deadline,
            WebhookCall("0123", b'{"kind": "test"}', NOON),
            (WEBHOOK, WEBHOOK_SECRET),
            _breaking(service, WEBHOOK),
            lambda: len([r for r in service.received(WEBHOOK) if r.status == 200]),
        )
        channel.close()


@contextmanager
def email(deadline: Deadline) -> Iterator[Rig]:
    with Mailbox() as mailbox, socket.create_server(("127.0.0.1", 0)) as silent:
        channel = Email(mailbox.url, "tracker@sentinela.example")

        def break_(how: str) -> None:
            if how == "refuses for good":
                mailbox.answer = f"554 5.7.1 refused, {USER} {PASSWORD}"
            elif how == "is in trouble":
                mailbox.answer = f"451 4.3.0 try again, {USER} {PASSWORD}"
            elif how == "never answers":
                channel._port = silent.getsockname()[1]
            elif how == "refuses connections":
                mailbox.stop()
            else:
                mailbox.dies = 1

        yield Rig(
            channel, deadline, letter(), (USER, PASSWORD), break_, lambda: len(mailbox.letters)
        )
        channel.close()


def letter(
    subject: str = "EXCESSO", text: str = "texto\n", html: str = "<p>texto</p>\n"
) -> EmailText:
    return EmailText(
        message_id="<1@events-tracker>",
        to=("ana@sentinela.example", "rui@sentinela.example"),
        cc=("chefe@sentinela.example",),
        subject=subject,
        text=text,
        html=html,
        at=NOON,
    )


RIGS = {"whatsapp": whatsapp, "segware": segware, "webhook": webhook, "email": email}


def deadline() -> Deadline:
    return Deadline(TestClock(), 60)


def _breaking(service: Simulator, path: str) -> Callable[[str], None]:
    # A provider may well repeat what it was sent.
    echo = f"{path} {service.token} {service.chatpro_token} {WEBHOOK_SECRET}".encode()
    responses: dict[str, Response] = {
        "refuses for good": Reply(422, echo),
        "is in trouble": Reply(500, echo),
        "never answers": faults.slow(30),
        "breaks the connection": faults.lose_answer,
    }

    def break_(how: str) -> None:
        if how == "refuses connections":
            service.stop()
        else:
            service.fail_always(path, responses[how])

    return break_
