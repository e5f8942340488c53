"""Secrets: where they come from, and that they are never shown."""

from pathlib import Path

import pytest

from events_tracker.settings import (
    load,
    secrets,
)
from tests.settings.tools import ALL_ON, NOWHERE, SECRET_PARTS, env_file, problems, read


def test_a_secret_in_another_encoding_is_refused_unseen() -> None:
    assert problems({"WEBHOOK_SECRET": "a\udcffb"}) == (
        "WEBHOOK_SECRET is wrong: write it in UTF-8",
    )


@pytest.mark.parametrize(
    "text",
    [
        "segredo\n",  # what `echo` adds
        "segredo\r\n",
        "segredo ",
        "\tsegredo",
        "segredo\u00a0",  # a space that is not ASCII's
        "\ufeffsegredo",  # what Windows puts before a text
        "segredo\u200b",
        "a\nb",  # two keys?
    ],
)
def test_a_key_with_signs_that_nobody_sees_is_refused(text: str, tmp_path: Path) -> None:
    said = "WEBHOOK_SECRET is wrong: write one line, without spaces at its ends or signs that"
    (problem,) = problems({"WEBHOOK_SECRET": text})
    assert problem == f"{said} nobody sees"
    escaped = text.encode("ascii", "backslashreplace").decode().replace("\n", "\\n")
    if "\\u" not in escaped and "\\x" not in escaped:
        assert problems({}, env_file(tmp_path, f'WEBHOOK_SECRET="{escaped}"\n')) == (problem,)


def test_a_key_from_a_file_is_what_people_see_in_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes("\ufeffsegredo\r\n\n".encode())
    found = load({"WEBHOOK_SECRET_FILE": str(tmp_path / "key")}, None, cwd=NOWHERE)
    assert found.webhook.secret == "segredo"
    (tmp_path / "key").write_text("segredo \n")
    assert len(problems({"WEBHOOK_SECRET_FILE": str(tmp_path / "key")})) == 1


SECRET_NAMES = [
    ("DATABASE_URL", "mysql://u:pw@db/x"),
    ("SEGWARE_TOKEN", "token"),
    ("CHATPRO_INSTANCE_ID", "instance"),
    ("CHATPRO_TOKEN", "token"),
    ("SMTP_URL", "smtp://u:pw@mail"),
    ("WEBHOOK_URL", "https://hooks.example.com/x"),
    ("WEBHOOK_SECRET", "two words"),
    ("HEARTBEAT_URL", "https://hc.example.com/x"),
    ("WEB_SECRET", "just enough for it: 32 bytes, ok"),
]


@pytest.mark.parametrize(("name", "text"), SECRET_NAMES)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_every_secret_may_come_from_a_file(name: str, text: str, end: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes((text + end).encode())
    assert load({name + "_FILE": str(tmp_path / "secret")}, None, cwd=NOWHERE) == read({name: text})
    # A relative name is relative to the folder of the file that sets it.
    path = env_file(tmp_path, f"{name}_FILE=secret\n")
    assert load({}, path, cwd=NOWHERE) == load({name: text}, path, cwd=NOWHERE)


def test_a_secrets_file_that_gives_none_is_a_problem_and_its_name_is_not_shown(
    tmp_path: Path,
) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes(b"\xe3")
    cases = {
        str(tmp_path / "missing"): "cannot be read: No such file or directory",
        str(tmp_path): "cannot be read: Is a directory",
        str(tmp_path / "empty"): "is empty: write the secret into it",
        str(tmp_path / "latin"): "is not UTF-8 text",
        "x" * 5000: "cannot be read: File name too long",  # the secret itself, by mistake
    }
    for name, said in cases.items():
        assert problems({"SEGWARE_TOKEN_FILE": name}, needs_segware=True) == (
            f"SEGWARE_TOKEN_FILE names a file that {said}",
        )


def test_a_value_and_a_file_for_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\n")
    both = f"SEGWARE_TOKEN=plain\nSEGWARE_TOKEN_FILE={tmp_path / 'secret'}\n"
    said = ("SEGWARE_TOKEN and SEGWARE_TOKEN_FILE are both set: remove one of them",)
    assert problems({}, env_file(tmp_path, both)) == said
    # The environment beats the file, whichever form each of them uses.
    named = env_file(tmp_path, "SEGWARE_TOKEN_FILE=missing\n")
    assert load({"SEGWARE_TOKEN": "mine"}, named, cwd=NOWHERE).segware.token == "mine"
    plain = env_file(tmp_path, "SEGWARE_TOKEN=plain\n")
    environ = {"SEGWARE_TOKEN_FILE": str(tmp_path / "secret")}
    assert load(environ, plain, cwd=NOWHERE).segware.token == "from-file"


def test_no_secret_in_any_representation() -> None:
    shown = repr(read(ALL_ON))
    assert [part for part in SECRET_PARTS if part in shown] == []
    assert "recipient='5511999990000'" in shown  # what is not secret is


def test_secrets_names_everything_that_no_output_may_hold() -> None:
    found = secrets(read(ALL_ON))
    assert [part for part in SECRET_PARTS if not any(part in text for text in found)] == []
    # Passwords by themselves, and paths as HTTP libraries name them in their errors.
    assert {"p@ssw0rd", "p%40ssw0rd", "mail-secret-4", "/in/?key=hook-secret-5"} <= set(found)
    assert list(found) == sorted(found, key=len, reverse=True)
    assert secrets(read({"WEBHOOK_URL": "https://hooks.example.com/"})) == (
        "sqlite:///events_tracker.db",
        "https://hooks.example.com/",
    )
