"""Read the steps of a preview: each once, several in flight, packed as they come."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.batches import batches
from events_tracker.base.spans import merged
from events_tracker.base.times import Duration, Instant, Span
from events_tracker.decisions.detection.ordering import ahead_by, ahead_in_words
from events_tracker.decisions.detection.steps import Grid
from events_tracker.fetch.reader import Counters, EventReader, Found
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.ports import Progress
from events_tracker.model.previews import Step, packed
from events_tracker.model.readings import Answer, Reading, Tally


class StepReading(Struct, frozen=True):
    """What was read for previews: steps of one length, by their starts, up to ``end``.

    ``edges``: parts of steps, in which windows begin. ``closed``: occurrences that do not count.
    """

    step: Duration
    end: Instant
    steps: Mapping[Instant, Step] = field(default_factory=dict)
    edges: Mapping[Span, Step] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def later(self, end: Instant) -> "StepReading":
        """Begin a reading that ends later, with what this one may still be believed of.

        That is what had an age, when it was read, at which late events are not waited for any more;
        for as long as scans believe what they remember.
        """
        steps = {
            start: step
            for start, step in self.steps.items()
            if step.whole
            and step.read_at - step.span.end >= limits.READ_AGAIN_AT[-1]
            and step.read_at > end - limits.READ_AGAIN
        }
        return StepReading(self.step, end, steps)

    def stretch(self, span: Span) -> Step | None:
        """Return what was read of a step, or of the edge of a window; None if nothing was."""
        return self.edges.get(span) or self.steps.get(span.start)

    def lacks(self, span: Span) -> bool:
        """Tell whether a step, or the edge of a window, was not read whole."""
        known = self.stretch(span)
        return known is None or not known.whole


class Asked(Struct, frozen=True):
    """What was read for a preview, and what went wrong with it.

    ``requests``: those for events that were made for its sake.
    """

    reading: StepReading
    grid: Grid
    requests: int = 0
    failures: Sequence[str] = ()
    hidden: Sequence[str] = ()

    @property
    def unread(self) -> list[Span]:
        """The stretches of which something is not known, oldest first."""
        stretches = {*self.grid.steps, *self.grid.now}
        lacking = [span for span in stretches if self.reading.lacks(span)]
        return merged([*lacking, *self.grid.left_out])


class StepReader(Struct):
    """Completes a reading. ``requests`` and ``failures`` are those of this reader.

    ``hidden``: why it is not known which events do not count; what they came with is not kept.
    ``expects_events``: there were many lately, so that answers without any are not believed.
    """

    reader: EventReader
    by_occurrence: bool
    expects_events: bool
    progress: Progress
    requests: int = 0
    failures: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    _closed: frozenset[str] = frozenset()
    _records: int = 0

    def complete(self, reading: StepReading, grid: Grid, memory: SliceCache | None) -> StepReading:
        """Read what a grid wants and the reading lacks, the newest first, as far as limits allow.

        Steps that scans remember whole are taken from there, unless all else answers silence.
        """
        edge = [] if grid.edge is None or not reading.lacks(grid.edge) else [grid.edge]
        edges = {step.span: step for step in self._read(edge, grid.end)}
        lacking = [span for span in grid.steps if reading.lacks(span)]
        recalled: list[Step] = []

        def recall(span: Span, answer: Answer, read_at: Instant) -> None:
            recalled.append(_step_of(span, answer, read_at))

        others = lacking if memory is None else memory.recall_whole(lacking, recall)
        steps = self._read(others, grid.end)
        if self.expects_events and recalled and not self._records:
            steps += self._read([step.span for step in recalled], grid.end)
            recalled = []
        return StepReading(
            step=reading.step,
            end=reading.end,
            steps={**reading.steps, **{one.span.start: one for one in [*recalled, *steps]}},
            edges={**reading.edges, **edges},
            closed=reading.closed | self._closed,
        )

    def _read(self, spans: Sequence[Span], end: Instant) -> list[Step]:
        """Ask for these stretches, until nothing comes any more."""
        steps: list[Step] = []
        for part in _parts(spans):
            if self.requests >= limits.PREVIEW_REQUESTS or self.reader.deadline.passed():
                break
            self._watch(len(steps), len(spans) - len(part))
            read = self._part(part, end)
            steps += read
            if not any(step.whole for step in read):
                break
        return steps

    def _part(self, part: Sequence[Span], end: Instant) -> list[Step]:
        """Read neighbouring stretches at once; nothing of them where it is hidden what counts."""
        until = part[0].end
        found = self.reader.read(
            {span.start for span in part}, until, by_occurrence=self.by_occurrence
        )
        reading = found.reading
        if until == end and (ahead := ahead_by(end, reading.served)) is not None:
            reading = reading.unfinished(ahead_in_words(ahead))
        self._note(found, reading)
        if found.hidden:
            return []
        now = self.reader.now
        return [
            _step(Span(segment.start, segment.end), segment.whole, now, segment.tally)
            for segment in reading.segments
        ]

    def _note(self, found: Found, reading: Reading) -> None:
        self.requests += reading.requests
        self.failures += [why for why in reading.failures if why not in self.failures]
        self.hidden += [why for why in found.hidden if why not in self.hidden]
        self._closed |= found.never.occurrences
        self._records += reading.fetched

    def _watch(self, done: int, others: int) -> None:
        """Tell of all that is read, not only of the part that comes next."""
        records = self._records
        self.reader.progress = lambda slices, of_slices, events: self.progress(
            done + slices, others + of_slices, records + events
        )


def _parts(spans: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """Divide stretches, newest first, in parts that are read at once: without a gap in them."""
    run: list[Span] = []
    for span in spans:
        if run and span.end + 1 != run[-1].start:
            yield from batches(run, limits.STEPS_AT_ONCE)
            run = []
        run.append(span)
    yield from batches(run, limits.STEPS_AT_ONCE)


def _step(span: Span, whole: bool, read_at: Instant, tally: Tally) -> Step:
    events, occurrences = packed(tally)
    records = sum(sum(counts.numbers) for counts in events.values())
    return Step(span, whole, read_at, records, events, occurrences)


def _step_of(span: Span, answer: Answer, read_at: Instant) -> Step:
    counters = Counters()
    counters.add(answer)
    return _step(span, True, read_at, counters.tally())
