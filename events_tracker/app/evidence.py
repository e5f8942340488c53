"""A pack of evidence for whatever has an entry: read, counted again, and written as one file."""

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from events_tracker import __version__
from events_tracker.app.app import App, counts_source, language, source_of
from events_tracker.base import limits
from events_tracker.base.archive import Archive
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError
from events_tracker.base.times import Span
from events_tracker.decisions.evidence.stretches import unbelievable
from events_tracker.fetch.account_slices import AccountReader
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.formats import evidence as files
from events_tracker.messages.evidence import difference, readme
from events_tracker.model.evidence import Evidence, Proof, StretchRead, Written
from events_tracker.model.filters import matcher
from events_tracker.model.hours import KeptCounts
from events_tracker.model.ports import UNWATCHED, Progress
from events_tracker.passes.client import one_client
from events_tracker.reports import evidence as report

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.settings import Settings
    from events_tracker.storage import Store

_COPIED_AT_ONCE = 64 * 1024


class NothingAnswered(SegwareError):
    """Segware has no event of anybody in the span: asking again, or longer, proves nothing."""


class Asked(Struct, frozen=True):
    """The evidence that somebody asks for: of one account, by the code that people know.

    ``company`` tells clients apart that share it. ``code``: a filter's text, None for all.
    ``records``: with the objects that Segware sends. ``most_requests``: refuse what takes more;
    None: say so.
    """

    account: str
    company: str | None
    span: Span
    code: str | None = None
    records: bool = False
    most_requests: int | None = None


def write(
    app: App,
    settings: "Settings",
    asked: Asked,
    file: BinaryIO,
    seconds: float = limits.EVIDENCE_SECONDS,
    watching: AbstractContextManager[Progress] = UNWATCHED,
) -> Written:
    """Write a pack into a file, and return what it proves. Nothing is written in the database.

    Raises UsageError for an account that nobody knows or several have, StorageError, and
    SegwareError if not all of it was answered, nothing at all, or if too much is asked: the file
    is of no use then.
    """
    deadline = app.deadline(seconds)
    use = _Use(app, settings, asked, app.store(settings, deadline), deadline)
    request = use.request()
    evidence = report.gather(request, use.store)
    takes = f"this takes about {evidence.requests} requests to Segware"
    if asked.most_requests is not None and evidence.requests > asked.most_requests:
        raise SegwareError(takes)
    if asked.most_requests is None and evidence.requests >= limits.EVIDENCE_REQUESTS_TOLD:
        app.say(f"note: {takes}")
    with watching as progress:
        return use.write(request, evidence, file, progress)


class _Use(Struct, frozen=True):
    """What one pack is made with."""

    app: App
    settings: "Settings"
    asked: Asked
    store: "Store"
    deadline: Deadline

    @property
    def segware(self) -> "Segware":
        return self.app.segware(self.settings, self.deadline)

    def request(self) -> report.Request:
        now = self.app.clock.now()
        look_up = LookUp(self.store, self.segware, now, self.deadline)
        account_id, facts = one_client(self.asked.account, self.asked.company, self.store, look_up)
        return report.Request(
            account_id=account_id,
            account=facts,
            span=self.asked.span,
            code=self.asked.code,
            now=now,
            never_counted=self.settings.injection.code,
            ignored_closers=self.settings.tracker.ignored_closers,
        )

    def write(
        self, request: report.Request, evidence: Evidence, file: BinaryIO, progress: Progress
    ) -> Written:
        with Archive(file) as pack:
            self._write_kept(pack, evidence)
            proof = self._write_read(pack, request, evidence, progress)
            pack.add("recount.json", files.recount_json(proof, difference))
            words = readme(
                proof, language(self.settings), records=self.asked.records, version=__version__
            )
            pack.add("README.txt", [words.encode()])
            digest = pack.seal()
        return Written(proof, pack.files, digest)

    def _write_kept(self, pack: Archive, evidence: Evidence) -> None:
        """Write what the database has of it."""
        pack.add("entries.json", files.entries_json(evidence))
        pack.add("entries.csv", files.entries_csv(evidence))
        for rule in evidence.rules.values():
            if rule.first is not None:
                pack.add(rule.file, files.rule_json(rule, rule.first, evidence.names))
        pack.add("deliveries.json", files.deliveries_json(evidence))
        pack.add("runs.csv", files.runs_csv(report.scans(self.store, evidence.whole)))

    def _write_read(
        self, pack: Archive, request: report.Request, evidence: Evidence, progress: Progress
    ) -> Proof:
        """Write what is read of Segware as it comes, and count it again."""
        reader = self.reader(evidence, progress)
        counting = report.Recounting(request, evidence)
        with TemporaryFile() as counts:
            counts.write(files.counts_head())
            records = self._records(reader.read(evidence.stretches), counting, counts)
            if self.asked.records:
                pack.add("records.jsonl", records)
            else:
                deque(records, maxlen=0)  # there are none, but all is counted
            if not reader.found:
                raise NothingAnswered("Segware answered nothing for this span: nothing was written")
            counts.seek(0)
            pack.add("counts.csv", iter(lambda: counts.read(_COPIED_AT_ONCE), b""))
        recounts = counting.recounts(self.store, self.segware, self.deadline)
        return Proof(evidence, recounts, unbelievable(reader.empty))

    def _records(
        self, reads: Iterator[StretchRead], counting: report.Recounting, counts: BinaryIO
    ) -> Iterator[bytes]:
        """Yield the lines of records as stretches are read; count them, and write their counts."""
        of_code = matcher(self.asked.code) if self.asked.code is not None else None

        def wanted(code: str | None) -> bool:
            return of_code is None or (code is not None and of_code(code))

        for read in reads:
            counting.add(read)
            for found in read.slices:
                counts.writelines(files.count_lines(found, counting.evidence.account_id, wanted))
                yield from files.record_lines(found, wanted)

    def reader(self, evidence: Evidence, progress: Progress) -> AccountReader:
        state = self.store.read(lambda rows: rows.runs.scans())
        closers = bool(self.settings.tracker.ignored_closers)
        by_occurrence = closers or any(
            rule.first is not None and rule.first.content.definition.field == "occurrence"
            for rule in evidence.rules.values()
        )
        anew = self.asked.records
        return AccountReader(
            segware=self.segware,
            deadline=self.deadline,
            progress=progress,
            now=evidence.at,
            account_id=evidence.account_id,
            by_occurrence=by_occurrence,
            records=self.asked.records,
            learned=state.learned,
            memory=None if anew else self.memory(state.good_events, by_occurrence),
            kept=None if anew else self.kept,
            narrowed=self.asked.code is not None,
        )

    def kept(self, span: Span) -> KeptCounts:
        """Read the kept counts of a span."""
        source = counts_source(self.settings)
        return self.store.read(lambda rows: rows.hours.read(source, span))

    def memory(self, good_events: int, by_occurrence: bool) -> SliceCache:
        """Return what scans remember; it is only looked at."""
        return SliceCache(
            self.store,
            source_of(self.settings),
            self.app.clock.now(),
            self.settings.tracker.settle,
            by_occurrence=by_occurrence,
            expects_events=good_events >= limits.SILENCE_AFTER_EVENTS,
        )
