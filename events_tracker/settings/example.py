"""Text of ``.env.example``, which is the first ``.env`` too, written from the catalog."""

from events_tracker.settings.catalog import SECTIONS, Setting

_HEAD = """\
# Settings of the events tracker, for a file named .env: fill in SEGWARE_TOKEN. Every other
# line shows what holds anyway, or a suggestion: remove its # to change it. The environment wins
# over this file, and an empty value means: not set. What is marked as secret may be in a file of
# its own instead: NAME_FILE=/run/secrets/name
"""


def env_example(web_secret: str = "") -> str:
    """Write every setting with its explanation, as a comment; SEGWARE_TOKEN waits for its value.

    ``web_secret`` is the value that WEB_SECRET is given, if any.
    """
    given = {"SEGWARE_TOKEN": ""}  # the one line that everybody has to fill in stands open
    if web_secret:
        given["WEB_SECRET"] = web_secret
    blocks = [_HEAD]
    for heading, settings in SECTIONS.items():
        blocks.append(f"# --- {heading} ---\n")
        blocks += [_block(setting, given.get(setting.name)) for setting in settings]
    return "\n".join(blocks)


def _block(setting: Setting, given: str | None) -> str:
    lines = setting.explanation.split("\n")
    if setting.secret:
        lines[-1] += " Secret."
    comments = "".join(f"# {line}\n" for line in lines)
    if given is not None:
        return f"{comments}{setting.name}={given}\n"
    return f"{comments}# {setting.name}={setting.suggestion or setting.default or ''}\n"
