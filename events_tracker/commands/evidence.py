"""`tracker history --evidence FILE`: one account's proof for a client, as one ZIP file."""

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.base.text import visible
from events_tracker.base.times import DAY, Instant, Span, local
from events_tracker.commands import asking
from events_tracker.commands.folding import tell
from events_tracker.commands.output import exit_with
from events_tracker.commands.progress import progress_shown
from events_tracker.commands.replacing import replacing
from events_tracker.messages.evidence import difference, summary
from events_tracker.model.filters import Filter
from events_tracker.reports.known import refuse_unknown

if TYPE_CHECKING:
    from events_tracker.model.evidence import Proof, Written
    from events_tracker.settings import Settings

ALONE = (
    "--evidence goes with --account, --company, --code, --since, --until, --month and --records "
    "alone"
)


def write_evidence(
    app: App,
    settings: "Settings",
    texts: Filter,
    opened: Span,
    target: Path,
    *,
    records: bool,
) -> None:
    """Write the pack, and print what it proves; exits with 1 where an alert is not proven.

    Raises UsageError for more than a proof can be of: one account, some of its codes, 31 days.
    """
    from events_tracker.app import evidence

    account = _one_account(texts.account)
    if texts != Filter(account=texts.account, company=texts.company, code=texts.code):
        raise UsageError(ALONE)
    span = _span(opened, app.clock.now())
    store = app.store(settings, app.deadline(limits.HISTORY_SECONDS))
    refuse_unknown(store, Filter(code=texts.code))
    _may_be_written(app, target)
    asked = evidence.Asked(account, texts.company, span, texts.code, records)
    with replacing(target, f"{target} was not written", app.who) as file:
        written = evidence.write(app, settings, asked, file, watching=progress_shown(app))
    _print(written, settings, target)
    exit_with(_findings(written.proof, zone(settings)))


def _findings(proof: "Proof", place: tzinfo) -> Iterator[str]:
    """Say what is not proven."""
    for one in proof.recounts:
        if one.verdict.is_finding:
            opened = local(one.alert.opened_at, place)
            yield f"{one.alert.alarm} of {opened}: {difference(one)}"
    for span in proof.silent:
        yield (
            f"Segware answered nothing of anybody from {local(span.start, place)} to "
            f"{local(span.end, place)}: of that time nothing is known"
        )


def _one_account(account: str | None) -> str:
    if account is None:
        raise UsageError("--evidence is of one account: say --account 1950")
    if "," in account or "*" in account:
        raise UsageError(
            f"--evidence is of one account, and {visible(account)!r} may be several: name one"
        )
    return account.strip()


def _span(opened: Span, now: Instant) -> Span:
    """Return what --since and --until leave: up to now, and without --since all that may be."""
    until = min(opened.end, now)
    since = opened.start if opened.start else until - limits.LONGEST_EVIDENCE
    if since > now:
        raise UsageError("--since is in the future: there is no evidence of it yet")
    if until - since > limits.LONGEST_EVIDENCE:
        raise UsageError(
            f"--evidence takes at most {limits.LONGEST_EVIDENCE // DAY} days, and this is "
            f"{(until - since) / DAY:.1f}: say --since or --until closer"
        )
    return Span(since, until)


def _may_be_written(app: App, target: Path) -> None:
    """Ask before a file is replaced; where nobody can be asked, raise UsageError.

    Whoever may only look, by sudo's leave, must not write over anything else of this user.
    """
    if target.suffix.lower() != ".zip":
        raise UsageError(f"{str(target)!r} does not end in .zip: a proof is a ZIP file")
    if not target.exists():
        return
    if not target.is_file():
        raise UsageError(f"{target} is no file: name one that may be written")
    if not asking.possible():
        raise UsageError(f"{target} is there already: name another file, or remove it first")
    asking.confirm(app, f"Replace {target}?")


def _print(written: "Written", settings: "Settings", target: Path) -> None:
    proof, place = written.proof, zone(settings)
    evidence = proof.evidence
    names = [evidence.account.account_code, evidence.account.trade_name, evidence.account.company]
    tell(" · ".join(visible(name) for name in names if name))
    tell(f"from {local(evidence.span.start, place)} to {local(evidence.span.end, place)}")
    tell(f"{summary(proof.recounts)}.")
    size = target.stat().st_size
    tell(f"Written to {target}: {written.files} files, {size / 1000:,.1f} kB.")
    tell("It says when this home was armed and disarmed: give it only to whom that may be told.")
    tell("The SHA-256 of its MANIFEST.sha256, to be noted down elsewhere:")
    click.echo(written.digest)
