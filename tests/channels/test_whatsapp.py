"""WhatsApp messages, as operators are used to them."""

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.channels import CHATPRO, INSTANCE, texts, whatsapp
from tests.support.engines import on_sqlite, sql
from tests.support.world import FARMACIA, PADARIA, Tracker, let_it_be_over, open_alert

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def on(tracker: Tracker, segware: Simulator, initialised: None) -> None:
    tracker.environ |= whatsapp(segware)


def message(tracker: Tracker, segware: Simulator, account: int = PADARIA) -> str:
    open_alert(tracker, segware, account)
    tracker.notify()
    return texts(segware)[-1]


def test_the_message_in_portuguese(tracker: Tracker, segware: Simulator) -> None:
    assert message(tracker, segware) == (
        "*EXCESSO DE EVENTOS*\n"
        "\n"
        "*Conta:* 1950\n"
        "*Nome:* Padaria São Jo\n"
        "*Empresa:* Sentinela Monitoramento\n"
        "*Grupo:* Rede Boa Mesa\n"
        "*CUC:* ALR\n"
        "*Evento:* E130 arrombamento\n"
        "*Quantidade:* 60\n"
        "*Período Inicial:* 21/11/2026 07:00:00\n"
        "*Período Final:* 21/11/2026 09:00:00"
    )


def test_the_message_in_english_and_another_zone(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= {"TRACKER_LANGUAGE": "en", "TRACKER_TIMEZONE": "UTC"}
    assert message(tracker, segware) == (
        "*TOO MANY EVENTS*\n"
        "\n"
        "*Account:* 1950\n"
        "*Name:* Padaria São Jo\n"
        "*Company:* Sentinela Monitoramento\n"
        "*Group:* Rede Boa Mesa\n"
        "*CUC:* ALR\n"
        "*Event:* E130 burglary\n"
        "*Quantity:* 60\n"
        "*Period start:* 2026-11-21 10:00:00\n"
        "*Period end:* 2026-11-21 12:00:00"
    )


def test_the_end_says_when_why_and_how_many_there_were(
    tracker: Tracker, segware: Simulator
) -> None:
    message(tracker, segware)
    let_it_be_over(tracker, segware)
    tracker.notify()
    lines = texts(segware)[1].splitlines()
    assert lines[0] == "*ENCERRADO: EXCESSO DE EVENTOS*"
    assert lines[-3:] == [
        "*Máximo:* 60",
        "*Encerrado em:* 21/11/2026 11:00:00",
        "*Motivo:* abaixo do limite",
    ]


def test_the_request_is_as_chatpro_wants_it(tracker: Tracker, segware: Simulator) -> None:
    message(tracker, segware)
    (request,) = segware.received(CHATPRO)
    assert request.query == {"instance_id": INSTANCE}
    assert request.header("Authorization") == segware.chatpro_token, "no word Bearer before it"
    assert set(request.json()) == {"number", "message"}
    assert request.json()["number"] == "5511988887777"


def test_a_group_of_whatsapp_may_be_the_recipient(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["CHATPRO_RECIPIENT"] = "5511988887777-1600000000@g.us"
    message(tracker, segware)
    assert segware.received(CHATPRO)[0].json()["number"] == "5511988887777-1600000000@g.us"


def test_a_missing_client_group_is_shown_as_empty(tracker: Tracker, segware: Simulator) -> None:
    assert "*Grupo:* Vazio" in message(tracker, segware, FARMACIA)


def test_at_least_so_many_where_the_window_was_not_read_whole(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    sql(database, "UPDATE register_entries SET partial = 1")
    tracker.notify()
    assert "*Quantidade:* pelo menos 60" in texts(segware)[0]


def test_an_alarm_of_another_name_is_named(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    sql(database, "UPDATE alarms SET name = 'Porta_dos *fundos*', id = 'a1'")
    sql(database, "UPDATE register_entries SET alarm_id = 'a1'")
    tracker.notify()
    assert texts(segware)[0].startswith("*ALARME Porta＿dos ∗fundos∗*\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Bar *do* Zé", "Bar ∗do∗ Zé", id="bold"),
        pytest.param("_Bar_ ~do~ `Zé`", "＿Bar＿ ∼do∼ ˋZé", id="italic, struck and code"),
        pytest.param("Bar\n*Conta:* 1", "Bar\\x0a∗Conta:∗ 1", id="a line that looks like ours"),
        pytest.param("Bar\u202eéZ od", "Bar\\u202eéZ od", id="writing turned round"),
        pytest.param("Supermercado Boa Vista", "Supermercado B", id="cut to 14"),
        pytest.param(
            "1234567890123👨‍👩‍👧‍👦x", "1234567890123👨‍👩‍👧‍👦", id="an emoji of several parts is one"
        ),
        pytest.param("1234567890123👍🏽x", "1234567890123👍🏽", id="with the colour of its skin"),
        pytest.param("1234567890123🇧🇷x", "1234567890123🇧🇷", id="a flag"),
        pytest.param("1234567890123e\u0301x", "1234567890123e\u0301", id="an accent of its own"),
    ],
)
def test_a_name_is_data(tracker: Tracker, segware: Simulator, name: str, shown: str) -> None:
    segware.add_account(PADARIA, "1950", name, 11, 501)
    lines = message(tracker, segware).splitlines()
    assert lines[3] == f"*Nome:* {shown}"
    assert len(lines) == 11


def test_names_are_data_in_a_digest_too(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["NOTIFY_DIGEST_OVER"] = "1"
    segware.add_account(PADARIA, "1950", "Bar\n*do* Zé", 11)
    for account in (PADARIA, FARMACIA):
        segware.add_events(tracker.clock.now(), account, "E130", count=60)
    tracker.scan()
    tracker.notify()
    (text,) = texts(segware)
    assert "Bar\\x0a∗do∗ Zé" in text
    assert len(text.splitlines()) == 4
