"""The form of a hold: what was typed, what is wrong with it, and the hold that is meant."""

from collections.abc import Mapping, Sequence

from flask import g, request
from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.app.app import zone
from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.ids import digest
from events_tracker.base.parsing import duration
from events_tracker.base.problems import Problem, Unreadable
from events_tracker.base.text import ACCOUNT_CODE_WIDTH, REASON_WIDTH
from events_tracker.base.times import Instant, parse_coming
from events_tracker.model.directory import Facts
from events_tracker.model.filters import Filter
from events_tracker.passes.client import NoSuchCode, SharedCode
from events_tracker.passes.hold import Wanted
from events_tracker.reports.known import unknown
from events_tracker.web.alarm_forms import by_field, clean
from events_tracker.web.context import here

FIELDS = ("account", "company", "cuc", "code", "alarm", "for", "until", "reason")


class HoldForm(Struct, frozen=True):
    """What was typed of one hold; ``wrong`` has the words beside each field.

    ``clients``: those who have the account's code, where it takes the company to tell whose it is.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    is_long: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict)
    clients: Sequence[Facts] = ()

    @property
    def mark(self) -> str:
        """What is the same for the same form: whoever sends it back has seen what it would hold."""
        return digest(dict(self.typed), self.is_long)

    @property
    def is_narrowed(self) -> bool:
        """Whether it is of less than all of an account."""
        return any(self.typed.get(name) for name in ("company", "cuc", "code", "alarm"))

    @property
    def end(self) -> str:
        """The field in which its end was typed."""
        return "for" if self.typed.get("for") and not self.typed.get("until") else "until"

    def refused(self, problems: Sequence[Problem]) -> "HoldForm":
        """Return it with words beside what cannot be."""
        found = by_field(problems, g.locale)
        if "until" in found:
            found[self.end] = found.pop("until")
        return replace(self, wrong={name: " ".join(texts) for name, texts in found.items()})


def asked() -> HoldForm:
    """Make the form of a hold that an address asks for: of this account, this code."""
    given = ((name, clean(request.args.get(name, ""))) for name in FIELDS)
    return HoldForm({name: text for name, text in given if text})


def sent() -> HoldForm:
    """Read the form that was sent."""
    typed = {name: clean(request.form.get(name, "")) for name in FIELDS}
    return HoldForm(typed, "long" in request.form)


def meant(form: HoldForm) -> Wanted | HoldForm:
    """Read the hold that a form means; the form with what is wrong where it cannot be read."""
    typed, say, wrong = form.typed, g.locale.gettext, {}
    if not typed["account"] or len(typed["account"]) > ACCOUNT_CODE_WIDTH:
        wrong["account"] = say("Write the code of one account.")
    if not typed["reason"] or len(typed["reason"]) > REASON_WIDTH:
        wrong["reason"] = say("Say why: it stands in the message at its end.")
    if wrong:
        return replace(form, wrong=wrong)
    try:
        ends_at = end_of(typed["for"], typed["until"])
    except Unreadable as error:
        return form.refused([error.of(form.end, typed[form.end])])
    return wanted(typed["account"], ends_at, typed, is_long=form.is_long)


def wanted(account: str, ends_at: Instant, texts: Mapping[str, str], *, is_long: bool) -> Wanted:
    """Make the hold that texts by their fields mean; what is empty was not said."""
    return Wanted(
        account=account,
        ends_at=ends_at,
        reason=texts["reason"],
        company=texts["company"] or None,
        cuc=texts["cuc"].upper() or None,
        code=texts["code"].upper() or None,
        alarm=texts["alarm"] or None,
        is_long=is_long,
    )


def end_of(length: str, until: str) -> Instant:
    """Read for how long or until when a hold is, whichever was said. Raises Unreadable."""
    if bool(length) == bool(until):
        raise Unreadable("hold_end")
    context = here()
    if length:
        return context.now + duration(length)
    try:
        return parse_coming(until, context.now, zone(context.settings))
    except ValueError:
        raise Unreadable("hold_over") from None


def not_made(form: HoldForm, error: UsageError, told: str) -> HoldForm:
    """Return a form with why its hold was refused; ``told``: the error's words."""
    say = g.locale.gettext
    if isinstance(error, SharedCode):
        wrong = say("Several clients have this code: say the company.")
        return replace(form, wrong={"company": wrong}, clients=error.clients)
    if isinstance(error, Refused):
        return form.refused(error.problems)
    typed, wrong = form.typed, {}
    if isinstance(error, NoSuchCode):
        wrong["account"] = _nobody(typed["account"], error.near)
    named = Filter(code=typed["code"] or None, alarm=typed["alarm"] or None)
    for one in unknown(here().store(), named):
        wrong[one.field] = _nobody(one.given, one.nearest)
    if not wrong and typed["company"]:
        wrong["company"] = say("No account is known by this code and company.")
    return replace(form, wrong=wrong or {"": told})


def _nobody(given: str, near: str | None) -> str:
    """Say that nobody is called that, and who is called nearly so."""
    say = g.locale.gettext
    words = [say("Nothing here is called %(given)s.") % {"given": given}]
    if near:
        words.append(say("Did you mean %(nearest)s?") % {"nearest": near})
    return " ".join(words)
