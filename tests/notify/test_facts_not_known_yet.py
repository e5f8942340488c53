"""What is told of an alert while its facts are not known: whose it is, all the same."""

from email.message import EmailMessage

import pytest

from events_tracker.simulator.simulator import Reply, Simulator, json_reply
from tests.support.channels import INJECTION, email, injection, texts, whatsapp
from tests.support.engines import on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import CONDOMINIO, PADARIA, Tracker, open_alert

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def no_facts(segware: Simulator) -> None:
    for route in ("/v5/accounts", "/v1/accounts", "/v1/company"):
        segware.fail_always(route, Reply(500))


def breach(tracker: Tracker, segware: Simulator, *accounts: int) -> None:
    for account in accounts:
        segware.add_events(tracker.clock.now(), account, "E130", count=60)
    assert len(tracker.scan(exit_code=1)["opened"]) == len(accounts)


def plain(letter: EmailMessage) -> str:
    """The text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_notifications_name_the_account_by_its_id(tracker: Tracker, segware: Simulator) -> None:
    breach(tracker, segware, PADARIA)
    assert f" id {PADARIA} " in tracker("notifications").stdout


@pytest.mark.parametrize(("language", "account"), [("pt-BR", "Conta"), ("en", "Account")])
def test_whatsapp_names_the_account_by_its_id(
    tracker: Tracker, segware: Simulator, language: str, account: str
) -> None:
    tracker.environ |= whatsapp(segware) | {"TRACKER_LANGUAGE": language}
    breach(tracker, segware, PADARIA)
    tracker.notify()
    assert f"*{account}:* id {PADARIA}\n" in texts(segware)[0]


def test_a_table_of_what_is_due_names_the_account_by_its_id(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    breach(tracker, segware, PADARIA)
    for options in (["--dry-run"], []):
        said = tracker("notify", *options).stdout
        assert f"whatsapp  opened  id {PADARIA}     E130" in said


def test_a_digest_names_the_accounts_by_their_ids(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware) | {"NOTIFY_DIGEST_OVER": "1"}
    breach(tracker, segware, PADARIA, CONDOMINIO)
    tracker.notify()
    (text,) = texts(segware)
    assert f"• id {PADARIA} · " in text
    assert f"• id {CONDOMINIO} · " in text


def test_a_letter_names_the_account_by_its_id_in_subject_text_html_and_table(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    tracker.environ |= email(mailbox.url)
    sql(database, "UPDATE alarms SET include_table = 1")
    breach(tracker, segware, PADARIA)
    tracker.notify()
    (letter,) = mailbox.letters
    text, html = (part.get_content() for part in letter.iter_parts())
    assert letter["Subject"] == f"EXCESSO DE EVENTOS: id {PADARIA}"
    assert f"Conta: id {PADARIA}\r\n" in text
    assert f"id {PADARIA}   ALR  E130" in text
    assert f"<td>id {PADARIA}</td><td>ALR</td>" in html


def test_an_alert_of_a_company_whose_name_is_not_known_names_it_by_its_id(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    tracker.environ |= email(mailbox.url)
    segware.heal()
    segware.fail_always("/v1/company", Reply(500))
    sql(database, """UPDATE alarms SET group_by = '["company"]', include_table = 1""")
    breach(tracker, segware, PADARIA)
    tracker.notify()
    (letter,) = mailbox.letters
    text = plain(letter)
    assert letter["Subject"] == "EXCESSO DE EVENTOS: id 11"
    assert "Empresa: id 11\r\n" in text
    assert "  id 11  " in tracker("history").stdout


def test_a_table_over_many_accounts_names_each_by_its_id(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    tracker.environ |= email(mailbox.url)
    sql(database, "UPDATE alarms SET group_by = '[]', include_table = 1")
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=40)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=30)
    assert len(tracker.scan()["opened"]) == 1
    tracker.notify()
    text = plain(mailbox.letters[0])
    assert f"id {PADARIA}   ALR  E130 arrombamento  40" in text
    assert f"id {CONDOMINIO}   ALR  E130 arrombamento  30" in text
    (entry,) = tracker.history()
    assert list(entry["records"][0]) == ["code", "cuc", "account_code", "count"]


@pytest.mark.parametrize("code", ["", "   ", "1" * 33], ids=["empty", "blank", "too long"])
def test_what_is_no_account_code_is_never_injected(
    tracker: Tracker, segware: Simulator, code: str
) -> None:
    # Cut to what can be kept, the long one would be the code of another account.
    segware.heal()
    segware.add_account(CONDOMINIO, "1" * 32, "Condomínio", 11)
    segware.fail_always(
        f"/v5/accounts/{PADARIA}",
        json_reply(200, {"id": PADARIA, "accountCode": code, "companyId": 11}),
    )
    tracker.environ |= injection()
    open_alert(tracker, segware)
    assert tracker.notify()["deliveries"] == []
    (notice,) = tracker.notifications()
    (delivery,) = notice["deliveries"]
    assert (delivery["status"], delivery["attempts"]) == ("pending", 0)
    assert segware.count(INJECTION) == 0
