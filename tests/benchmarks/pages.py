"""`tracker web`: what a page of fifty alerts costs the server, however long the register."""

import os
import re
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from measure import MYSQL, Figure, Options, Place, Row, place

UNUSED = "http://127.0.0.1:9"
PASSWORD = "only-for-measuring"
PAGES = 100
"""So many of each are asked for in a row."""
PEOPLE, EVERY_SECONDS = 8, 15
"""They leave the list open, and it refreshes by itself."""
QUERIES = ("", "?state=all", "?account=1950&state=all")
FRAGMENT = {"X-Fragment": "list"}


def rows(options: Options) -> Iterator[Row]:
    for engine in ("SQLite", *(["MySQL"] if MYSQL else [])):
        with place(options.folder, UNUSED, engine) as here:
            here = here._replace(environment={**here.environment, "WEB_SECRET": "x" * 48})
            subprocess.run(
                [here.product, "people", "add", "ana", "--password-stdin"],
                input=PASSWORD,
                text=True,
                check=True,
                cwd=here.folder,
                env=here.environment,
                stdout=subprocess.DEVNULL,
            )
            for entries in options.entries:
                here.run("register.py", "fill", entries)
                with served(here) as (browser, url, process):
                    for query in QUERIES:
                        costs = [
                            cost(browser, f"{url}/alerts{query}", process)
                            for _ in range(options.rounds)
                        ]
                        what = f"`/alerts{query}`, {entries:,} entries, {engine}"
                        yield Row(what, [Figure("ms of CPU", statistics.median(costs), most=15)])
                    refresh = cost(browser, f"{url}/alerts", process, FRAGMENT)
                    busy = refresh / 1_000 * PEOPLE / EVERY_SECONDS * 100
                    what = f"{PEOPLE} people looking on, {entries:,} entries, {engine}"
                    yield Row(what, [Figure("% of a core", busy, most=5)])


@contextmanager
def served(here: Place) -> Iterator[tuple[requests.Session, str, int]]:
    """A server of the place's database, and somebody who is signed in there."""
    with subprocess.Popen(
        [here.product, "web", "--port", "0"],
        cwd=here.folder,
        env=here.environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            url = re.findall(r"http://\S+", process.stdout.readline())[0]
            with requests.Session() as browser:
                form = {"name": "ana", "password": PASSWORD}
                browser.post(f"{url}/sign-in", form, headers={"Origin": url}).raise_for_status()
                yield browser, url, process.pid
        finally:
            process.terminate()


def cost(
    browser: requests.Session, address: str, process: int, headers: dict[str, str] | None = None
) -> float:
    """The milliseconds of work that one page costs the process, the mean of many."""
    browser.get(address, headers=headers).raise_for_status()
    before = worked(process)
    for _ in range(PAGES):
        browser.get(address, headers=headers).raise_for_status()
    return (worked(process) - before) * 1_000 / PAGES


def worked(process: int) -> float:
    """The seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
