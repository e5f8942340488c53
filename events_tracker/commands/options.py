"""Options that several commands read the same way."""

from typing import TYPE_CHECKING

import click

from events_tracker.commands.app import App, zone
from events_tracker.model.times import Instant, parse_moment

if TYPE_CHECKING:
    from events_tracker.settings import Settings


NUMBER_OF_ROWS = click.IntRange(1, 10**12)
"""As many as anybody may ask for, and as databases can count to."""

pass_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    help="For people, or for programs.",
)
list_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    help="For people, or for programs: JSON and CSV are complete.",
)


def moment(
    option: str, text: str | None, otherwise: Instant, app: App, settings: "Settings"
) -> Instant:
    """A time or an age, as people write it; ``otherwise`` if the option was not given."""
    if text is None:
        return otherwise
    try:
        return parse_moment(text, app.clock.now(), zone(settings))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
