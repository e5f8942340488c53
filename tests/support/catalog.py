"""The translations of the pages: what is to be translated, and the catalog that is installed.

``python -m tests.support.catalog`` brings the catalog up to date: new texts come in untranslated,
those that are gone leave, and the compiled file is written.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[2] / "events_tracker" / "web"
PO = WEB / "translations" / "pt_BR" / "LC_MESSAGES" / "pages.po"
MO = PO.with_suffix(".mo")
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""The catalog's dates: with today's it would differ each time it is written."""
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "say": None, "ngettext": (1, 2)}


def wanted() -> Iterator[str | tuple[str, ...]]:
    """Every text of the pages that has to be translated."""
    found = extract_from_dir(WEB, _METHODS, options_map=_OPTIONS, keywords=_KEYWORDS)
    for _, _, text, _, _ in found:
        if text:
            yield text


def stored() -> Catalog:
    """The catalog as it is kept in the source."""
    if not PO.exists():
        return Catalog("pt_BR")
    with PO.open("rb") as file:
        return read_po(file, locale="pt_BR", domain="pages")


def compiled(catalog: Catalog) -> bytes:
    """The catalog as programs read it."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def renewed(old: Catalog) -> Catalog:
    """The catalog with what is to be translated today, and the translations that are known."""
    new = Catalog(
        "pt_BR",
        domain="pages",
        header_comment="# The words of the pages in Portuguese.",
        project="Events Tracker",
        version="",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        charset="utf-8",
        creation_date=_NEVER,
        revision_date=_NEVER,
    )
    # As in Portuguese: "0 alerta", "1 alerta", "2 alertas".
    new._num_plurals, new._plural_expr = 2, "(n > 1)"  # type: ignore[assignment]
    for text in sorted(set(wanted()), key=str):
        known = old.get(text if isinstance(text, str) else text[0])
        new.add(text, known.string if known else None)
    return new


def main() -> None:
    """Bring the catalog up to date."""
    new = renewed(stored())
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, new, width=100)
    MO.write_bytes(compiled(new))
    print(f"{len(new)} texts, to be translated: {[m.id for m in new if m.id and not m.string]}")


if __name__ == "__main__":
    main()
