"""E-mail over real SMTP: what a letter looks like, and what becomes of one that is not taken."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import email
from tests.support.deliveries import attempts
from tests.support.engines import on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import PADARIA, Tracker, let_it_be_over, open_alert

pytestmark = on_sqlite


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def on(tracker: Tracker, mailbox: Mailbox, initialised: None) -> None:
    tracker.environ |= email(mailbox.url)


def parts(letter: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a letter."""
    text, html = letter.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return tuple(part.get_content().replace("\r\n", "\n") for part in (text, html))


@pytest.mark.usefixtures("on")
def test_a_letter_has_text_and_html_with_the_same_facts(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    tracker.environ["EMAIL_CC"] = "chefe@sentinela.example,rui@sentinela.example"
    open_alert(tracker, segware)
    tracker.notify()
    (sent,) = mailbox.letters
    assert sent["From"] == "tracker@sentinela.example"
    assert sent["To"] == "central@sentinela.example"
    assert sent["Cc"] == "chefe@sentinela.example, rui@sentinela.example"
    assert sent["Subject"] == "EXCESSO DE EVENTOS: 1950 Padaria São José"
    assert sent["Date"] == "Sat, 21 Nov 2026 12:00:00 +0000"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert mailbox.recipients == [
        ["central@sentinela.example", "chefe@sentinela.example", "rui@sentinela.example"]
    ]
    text, html = parts(sent)
    assert text == (
        "EXCESSO DE EVENTOS\n\n"
        "Conta: 1950\n"
        "Nome: Padaria São José\n"
        "Empresa: Sentinela Monitoramento\n"
        "Grupo: Rede Boa Mesa\n"
        "CUC: ALR\n"
        "Evento: E130 arrombamento\n"
        "Quantidade: 60\n"
        "Período Inicial: 21/11/2026 07:00:00\n"
        "Período Final: 21/11/2026 09:00:00\n"
    )
    assert "<tr><th align='left'>Nome</th><td>Padaria São José</td></tr>" in html
    assert "O que foi contado" not in text + html


@pytest.mark.usefixtures("on")
def test_a_table_of_what_was_counted_where_the_alarm_asks_for_it(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    sql(database, """UPDATE alarms SET include_table = 1, group_by = '["account"]'""")
    segware.add_events(tracker.clock.now(), PADARIA, "E131", count=7)
    open_alert(tracker, segware)
    tracker.notify()
    text, html = parts(mailbox.letters[0])
    assert text.endswith(
        "O que foi contado:\n"
        "Conta  CUC  Evento             Quantidade\n"
        "1950   ALR  E130 arrombamento  60\n"
        "1950   ALR  E131 perímetro     7\n"
    )
    assert "<tr><td>1950</td><td>ALR</td><td>E131 perímetro</td><td>7</td></tr>" in html


@pytest.mark.usefixtures("on")
def test_an_alarm_may_have_recipients_and_a_subject_of_its_own(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    tracker.environ |= {"EMAIL_CC": "chefe@sentinela.example", "EMAIL_SUBJECT": "Alerta"}
    open_alert(tracker, segware)
    sql(
        database,
        "UPDATE alarms SET email_subject = 'Só da Ana', "
        """email_to = '["ana@sentinela.example"]', email_cc = '[]'""",
    )
    open_alert(tracker, segware, 8)
    tracker.notify()
    found = {letter["To"]: (letter["Cc"], letter["Subject"]) for letter in mailbox.letters}
    assert found["ana@sentinela.example"] == ("chefe@sentinela.example", "Só da Ana")
    assert found["central@sentinela.example"][0] == "chefe@sentinela.example"


@pytest.mark.usefixtures("on")
def test_the_subject_is_a_setting(tracker: Tracker, segware: Simulator, mailbox: Mailbox) -> None:
    tracker.environ["EMAIL_SUBJECT"] = "Alerta da central"
    open_alert(tracker, segware)
    tracker.notify()
    let_it_be_over(tracker, segware)
    tracker.notify()
    assert [letter["Subject"] for letter in mailbox.letters] == ["Alerta da central"] * 2


@pytest.mark.usefixtures("on")
@pytest.mark.parametrize(
    "name",
    [
        "Bar\r\nBcc: todos@sentinela.example",
        "Bar\nBcc: todos@sentinela.example",
        "Bar\r\n\r\n<script>alert(1)</script>",
        "=?utf-8?q?=0D=0ABcc=3A_todos=40sentinela.example?=",
    ],
)
def test_a_name_with_line_breaks_stays_in_the_subject(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, name: str
) -> None:
    segware.add_account(PADARIA, "1950", name, 11, 501)
    open_alert(tracker, segware)
    tracker.notify()
    (sent,) = mailbox.letters
    assert sent["Bcc"] is None
    assert sent["Subject"].startswith("EXCESSO DE EVENTOS: 1950 ")
    assert not set(sent["Subject"]) & {"\r", "\n"}
    assert mailbox.recipients == [["central@sentinela.example"]]
    text, html = parts(sent)
    assert text.splitlines()[3].startswith("Nome: ")
    assert len(text.splitlines()) == 11
    assert "<script>" not in html


@pytest.mark.usefixtures("on")
def test_a_letter_that_is_sent_again_has_the_same_message_id(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    open_alert(tracker, segware)
    mailbox.dies = 1
    told = tracker.notify(exit_code=1)
    assert told["errors"] == [
        f"email: the mail server {mailbox.address} broke the connection before it took the message "
        "(will be tried again)"
    ]
    tracker.clock.advance(MINUTE)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 1}
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.usefixtures("on")
def test_a_recipient_that_does_not_exist_is_given_up(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    mailbox.unknown = {"central@sentinela.example"}
    open_alert(tracker, segware)
    told = tracker.notify(exit_code=1)
    assert told["errors"] == [
        f"email: the mail server {mailbox.address} refused every recipient (550) (failed)"
    ]
