"""Text of ``.env.example``, which is the first ``.env`` too, written from the catalog."""

from events_tracker.settings.catalog import SECTIONS, Setting

_HEAD = """\
# Settings of the events tracker. Copy this file to .env and fill in SEGWARE_TOKEN; every other
# line shows what holds anyway, or a suggestion: remove its # to change it. The environment wins
# over this file, and an empty value means: not set. What is marked as secret may be in a file of
# its own instead: NAME_FILE=/run/secrets/name
"""


def env_example() -> str:
    """Write every setting with its explanation, as a comment; SEGWARE_TOKEN waits for its value."""
    blocks = [_HEAD]
    for heading, settings in SECTIONS.items():
        blocks.append(f"# --- {heading} ---\n")
        blocks += map(_block, settings)
    return "\n".join(blocks)


def _block(setting: Setting) -> str:
    lines = setting.explanation.split("\n")
    if setting.secret:
        lines[-1] += " Secret."
    shown = setting.suggestion or setting.default or ""
    # The one line that everybody has to fill in stands open.
    mark = "" if setting.name == "SEGWARE_TOKEN" else "# "
    return "".join(f"# {line}\n" for line in lines) + f"{mark}{setting.name}={shown}\n"
