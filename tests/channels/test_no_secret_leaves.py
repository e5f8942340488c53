"""With everything failing, no secret is printed, kept or logged."""

import pytest

from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import INSTANCE, email, injection, webhook, whatsapp
from tests.support.engines import dump, on_sqlite
from tests.support.mailbox import PASSWORD, USER
from tests.support.world import Tracker, open_alert


@pytest.mark.parametrize("away", [True, False], ids=["nobody is there", "all answer 500"])
@on_sqlite
def test_no_secret_is_in_what_a_failing_notify_says_and_keeps(
    tracker: Tracker, segware: Simulator, database: str, away: bool, initialised: None
) -> None:
    tracker.environ |= whatsapp(segware) | injection() | webhook(segware)
    tracker.environ |= email(f"smtp://{USER}:{PASSWORD}@127.0.0.1:1")
    tracker.environ["HEARTBEAT_URL"] = f"{segware.url}/heartbeat/0c0ffee0"
    tracker.environ["WEBHOOK_URL"] += "?key=0ddba11"
    open_alert(tracker, segware)
    if away:
        segware.stop()
    else:
        segware.fail_always("/", Reply(500))
    results = [
        tracker("-v", *command)
        for command in (
            ["notify"],
            ["scan"],
            ["notify", "--test", "whatsapp"],
            ["notify", "--test", "webhook"],
            ["notify", "--test", "email"],
            ["notifications"],
            ["notifications", "--format", "json"],
            ["status"],
        )
    ]
    assert {result.exit_code for result in results[:5]} == {1}
    said = "".join(result.stdout + result.stderr for result in results) + repr(dump(database))
    secrets = [
        INSTANCE,
        PASSWORD,
        segware.token,
        segware.chatpro_token,
        tracker.environ["WEBHOOK_SECRET"],
        "b7c1",
        "0ddba11",
        "0c0ffee0",
    ]
    assert [secret for secret in secrets if secret in said] == []
