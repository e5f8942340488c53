"""E-mails: a text and the same in HTML."""

from collections.abc import Sequence
from html import escape

from events_tracker.base.ids import digest as digest_of
from events_tracker.base.times import Instant
from events_tracker.messages.words import Language, account, company, shown
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import Destination, DueDelivery, EmailText, Listing

_NAME_WIDTH = 80
_SUBJECT_WIDTH = 150


def message(
    destination: Destination,
    item: DueDelivery,
    kinds: frozenset[str],
    voice: Language,
    subject: str | None,
    now: Instant,
) -> EmailText:
    """Write an e-mail on one alert, with a table of what was counted if its alarm asks for it."""
    alert = item.alert
    headline = voice.headline(alert, kinds)
    fields = voice.fields(alert, kinds, _NAME_WIDTH, item.stood)
    text = [headline, "", *(f"{label}: {value}" if label else value for label, value in fields)]
    html = [f"<h2>{escape(headline)}</h2>", _pairs(fields)]
    if item.with_table and alert.records:
        more_text, more_html = _counted(alert, voice)
        text += more_text
        html += more_html
    _add_link(voice.link(alert), text, html)
    return _email(destination, [item], subject or _subject(headline, alert), text, html, now)


def _subject(headline: str, alert: Alert) -> str:
    """Join the headline and the account or company that the alert is of."""
    name = shown(alert.trade_name, 40) if alert.trade_name else None
    whose = [account(alert), name] if alert.account_id is not None else [company(alert)]
    about = " ".join(text for text in whose if text)
    return f"{headline}: {about}" if about else headline


def digest(
    destination: Destination,
    items: Sequence[DueDelivery],
    listed: Listing,
    voice: Language,
    subject: str,
    now: Instant,
) -> EmailText:
    """Write one message on many alerts: how many, a line for some of them, and how many more."""
    lines = [voice.line(item.alert, kinds, item.stood) for item, kinds in listed.lines]
    left = listed.count - len(lines)
    more = [voice.say("more", count=left)] if left else []
    text = [listed.headline, "", *(f"- {line}" for line in lines), *more]
    html = [f"<h2>{escape(listed.headline)}</h2>", "<ul>"]
    html += [f"<li>{escape(line)}</li>" for line in lines]
    html += ["</ul>", *(f"<p>{escape(line)}</p>" for line in more)]
    _add_link(voice.link(), text, html)
    return _email(destination, items, subject, text, html, now)


def _add_link(address: str | None, text: list[str], html: list[str]) -> None:
    """End both forms with the address of the page, if there are pages."""
    if address is not None:
        text += ["", address]
        html.append(f'<p><a href="{escape(address)}">{escape(address)}</a></p>')


def test(destination: Destination, voice: Language, now: Instant) -> EmailText:
    """Write an e-mail that only shows that the channel works."""
    said = voice.say("test")
    return _email(destination, [], said, [said], [f"<p>{escape(said)}</p>"], now)


def _email(
    destination: Destination,
    items: Sequence[DueDelivery],
    subject: str,
    text: Sequence[str],
    html: Sequence[str],
    now: Instant,
) -> EmailText:
    # From the deliveries alone: an e-mail that is sent again is recognised as the same.
    ids = [item.id for item in items] or [str(now)]
    return EmailText(
        message_id=f"<{digest_of(*ids)[:40]}@events-tracker>",
        to=tuple(destination.address.get("to", ())),
        cc=tuple(destination.address.get("cc", ())),
        subject=shown(subject, _SUBJECT_WIDTH),
        text="\n".join(text) + "\n",
        html="\n".join(["<!doctype html>", '<meta charset="utf-8">', *html]) + "\n",
        at=now,
    )


def _pairs(fields: Sequence[tuple[str, str]]) -> str:
    rows = (
        f"<tr><th align='left'>{escape(label)}</th><td>{escape(value)}</td></tr>"
        for label, value in fields
    )
    return f"<table>{''.join(rows)}</table>"


def _counted(alert: Alert, voice: Language) -> tuple[list[str], list[str]]:
    headings = [voice.say(word) for word in ("account", "cuc", "code", "quantity")]
    rows = [
        [
            account(r) or account(alert) or "",
            shown(r.cuc or "", 40),
            voice.event(r.code),
            str(r.count),
        ]
        for r in alert.records
    ]
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    text = ["", voice.say("counted") + ":"]
    for row in (headings, *rows):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        text.append("  ".join(padded).rstrip())
    head = "".join(f"<th align='left'>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    html = [f"<h3>{escape(voice.say('counted'))}</h3>", f"<table><tr>{head}</tr>{body}</table>"]
    return text, html
