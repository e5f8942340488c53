"""Where pages are served, what is told leads there."""

from email.message import EmailMessage

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.channels import email, texts, whatsapp
from tests.support.engines import on_sqlite
from tests.support.mailbox import Mailbox
from tests.support.world import Tracker, open_alert, open_alerts

pytestmark = on_sqlite

ADDRESS = "https://tracker.example"


def part(letter: EmailMessage, kind: str) -> str:
    """The letter's text, plain or in HTML."""
    found = letter.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_a_message_ends_with_the_address_of_its_alert(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    tracker.environ |= whatsapp(segware) | email(mailbox.url) | {"WEB_URL": f"{ADDRESS}/"}
    id_ = open_alert(tracker, segware)
    tracker.notify()
    page = f"{ADDRESS}/alerts/{id_}"
    (text,) = texts(segware)
    assert text.endswith(f"\n\n{page}")
    (letter,) = mailbox.letters
    assert part(letter, "plain").splitlines()[-2:] == ["", page]
    assert f'<a href="{page}">{page}</a>' in part(letter, "html")


def test_a_digest_leads_to_the_list(tracker: Tracker, segware: Simulator, mailbox: Mailbox) -> None:
    tracker.environ |= whatsapp(segware) | email(mailbox.url) | {"WEB_URL": ADDRESS}
    open_alerts(tracker, segware, 12)
    tracker.notify()
    (text,) = texts(segware)
    assert text.endswith(f"\n\n{ADDRESS}/alerts")
    (letter,) = mailbox.letters
    assert part(letter, "plain").splitlines()[-2:] == ["", f"{ADDRESS}/alerts"]


@pytest.mark.parametrize("url", ["", None])
def test_without_pages_nothing_leads_anywhere(
    tracker: Tracker, segware: Simulator, url: str | None
) -> None:
    tracker.environ |= whatsapp(segware) | ({} if url is None else {"WEB_URL": url})
    open_alert(tracker, segware)
    tracker.notify()
    assert "http" not in texts(segware)[0]
