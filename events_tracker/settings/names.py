"""Names that are settings, and names that only look as if they were meant to be."""

import re
from collections.abc import Iterable, Iterator

from events_tracker.base.text import visible
from events_tracker.settings.catalog import CATALOG

FILE = "_FILE"
ENV_FILE = "TRACKER_ENV_FILE"
"""Names the file of settings; for the environment alone."""

_NAMES = {setting.name for setting in CATALOG} | {
    setting.name + FILE for setting in CATALOG if setting.secret
}
_OURS_ALONE = ("TRACKER_", "SEGWARE_", "CHATPRO_", "WHATSAPP_", "HEARTBEAT_")
_OTHERS_TOO = ("DATABASE_", "SMTP_", "EMAIL_", "WEBHOOK_", "NOTIFY_", "WEB_")
"""Common words: in the environment, only what is close to one of our names is taken for ours."""
_CLOSE = 0.65
"""Of difflib's ratio: SMTP_URI and EMAIL_FORM are closer, SMTP_USER and EMAIL_HOST are not."""
_OF_OTHERS = re.compile(
    # What Kubernetes sets for each service, and Docker for each link.
    r"\w+_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
    r"|\w+_(NAME|ENV_\w+)"
    # What a whole host may have for its mail.
    r"|SMTP_(HOST|PORT|USER|PASS)\w*"
    # GNOME's indexer, which is called tracker, too.
    r"|TRACKER_(VERBOSITY|DEBUG|USE_(LOG|CONFIG)_FILES|(STORE|MINER|EXTRACT)_\w+)"
    r"|TRACKER_(DB_ONTOLOGIES|EXTRACTORS|EXTRACTOR_RULES|LANGUAGE_STOP_WORDS)_DIR"
    # The test-suite's.
    r"|TRACKER_TEST_\w+"
)
_MISSPELT = 0.9
"""Of the same ratio, for what has such a form, as SMTP_HELO_NAME has: SMTP_EHLO_NAME is closer."""


def unknown_names(environ: Iterable[str], file: Iterable[str]) -> Iterator[str]:
    """Make a sentence for each name that is none of ours but should be.

    Nobody else reads the file, so each of its names is meant for us. The environment holds names
    of others, so there only what looks like ours counts.
    """
    meant = {name for name in environ if _looks_like_ours(name)} | set(file)
    for name in sorted(meant - _NAMES):
        if name == ENV_FILE:
            yield f"{ENV_FILE} is for the environment: it says which file is read"
            continue
        from difflib import get_close_matches  # only who mistyped waits for it

        nearest = get_close_matches(name.upper(), sorted(_NAMES), n=1, cutoff=0.0)[0]
        yield f"{_shown(name)} is not a setting: the nearest is {nearest}"


def _shown(name: str) -> str:
    """Leave out of a name what may be a secret: "TOKEN:secret=" and "c2VjcmV0==" are read as names.

    Shown is what can be part of a name, and of a name that is like none of ours the beginning.
    """
    from difflib import get_close_matches

    like_ours = get_close_matches(name.upper(), _NAMES, n=1)
    if not like_ours and not name.upper().startswith((*_OURS_ALONE, *_OTHERS_TOO)):
        return visible(name[:3]) + "…"
    return visible(re.sub(r"(?<=[A-Za-z0-9_])[^A-Za-z0-9_].*", "…", name, flags=re.DOTALL))


def _looks_like_ours(name: str) -> bool:
    upper = name.upper()
    if name == ENV_FILE or not upper.startswith((*_OURS_ALONE, *_OTHERS_TOO)):
        return False
    if _OF_OTHERS.fullmatch(name):
        from difflib import get_close_matches

        alike = filter(_OF_OTHERS.fullmatch, _NAMES)
        return bool(get_close_matches(upper, list(alike), 1, _MISSPELT))
    return upper.startswith(_OURS_ALONE) or _is_close(upper)


def _is_close(name: str) -> bool:
    """Tell whether what follows the common word is nearly what follows it in one of our names."""
    from difflib import SequenceMatcher

    word, _, rest = name.removesuffix(FILE).partition("_")
    ours = {known.removesuffix(FILE) for known in _NAMES if known.startswith(f"{word}_")}
    ends = (known.removeprefix(f"{word}_") for known in ours)
    return any(SequenceMatcher(None, rest, end).ratio() >= _CLOSE for end in ends)
