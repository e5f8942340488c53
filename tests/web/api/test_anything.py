"""Whatever is sent, as the OpenAPI document has it or not, is answered as the document says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from events_tracker.base import limits
from events_tracker.simulator.simulator import Simulator
from events_tracker.web.api.openapi import document
from tests.support.world import TestClock, Tracker, furnish, open_alert
from tests.web.api.conftest import PREFIX, Api, token
from tests.web.conftest import SECRET, serve

EXAMPLES = 10
"""Of each operation, beside those that lie at the bounds of what the document allows."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(document())
schema.config.generation.update(modes=list(GenerationMode))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A program that may write as often as it likes, where an alert is open."""
    folder: Path = tmp_path_factory.mktemp("anything")
    clock = TestClock()
    with Simulator(now=clock.now) as segware, pytest.MonkeyPatch.context() as patch:
        furnish(segware)
        environ = {
            "DATABASE_URL": f"sqlite:///{folder / 'tracker.db'}",
            "SEGWARE_URL": segware.url,
            "SEGWARE_TOKEN": segware.token,
            "WEB_SECRET": SECRET,
        }
        tracker = Tracker(environ, folder, clock)
        assert tracker("init").exit_code == 0
        open_alert(tracker, segware)
        patch.setattr(limits, "WRITES", 1_000_000)
        for site in serve(tracker):
            yield Api(site, token(tracker, "--service", name="anything"))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_is_answered_as_documented(
    case: schemathesis.Case[Any], program: Api
) -> None:
    answer = case.call(
        base_url=program.site.url + PREFIX, headers={"Authorization": f"Bearer {program.token}"}
    )
    case.validate_response(answer, checks=CHECKS)
