"""Take the pictures of the documents from the demo: ``python -m tests.browser.screenshots``.

Run it by hand after the pages changed. It writes docs/images/, wide and as on a phone, light and
dark, with as few colours as look the same.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.browser.chromium import launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[2] / "docs" / "images"
MOST_BYTES = 80_000
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
COLOURS = (256, 128, 64)
"""How many colours are tried, until a picture is small enough."""


@contextmanager
def demo() -> Iterator[str]:
    """Run the demo as long as the block goes on; yields the link that signs in."""
    command = [str(Path(sysconfig.get_path("scripts")) / "tracker"), "demo", "--web"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield next(line.strip() for line in process.stdout if "/demo-sign-in?key=" in line)
        process.terminate()


def pictures(browser: "Browser", link: str) -> Iterator[tuple[str, bytes]]:
    """Take every picture; yields each with its name."""
    profile = browser.new_context(locale="en", reduced_motion="reduce")
    page = profile.new_page()
    page.goto(link)
    for subject, path in subjects(page).items():
        page.goto(path)
        if subject == "alarm":
            page.locator("button[name=preview]").click()
            page.locator("#preview .chart").wait_for()
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if subject == "alarm":
                    seen = "#preview" if size == "phone" else "fieldset:has(.sentence)"
                    page.locator(seen).evaluate("part => part.scrollIntoView()")
                yield f"{subject}-{size}-{scheme}", page.screenshot()
    profile.close()


def subjects(page: "Page") -> dict[str, str]:
    """What the pictures show, each with its address."""
    site = page.url.removesuffix("/alerts")
    alert = page.locator("tr[data-id]", has_text="2207").first.get_attribute("data-id")
    return {
        "alerts": f"{site}/alerts",
        "alert": f"{site}/alerts/{alert}",
        "alarm": f"{site}/alarms/new?template=slow-runaway",
    }


def smallest(png: bytes) -> bytes:
    """Write a picture with fewer colours, so that a repository can bear it."""
    written = b""
    for colours in COLOURS:
        out = BytesIO()
        picture = Image.open(BytesIO(png)).convert("RGB")
        few = picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        written = out.getvalue()
        if len(written) <= MOST_BYTES:
            break
    return written


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with demo() as link, launched() as browser:
        for name, png in pictures(browser, link):
            written = smallest(png)
            (FOLDER / f"{name}.png").write_bytes(written)
            sys.stdout.write(f"{name}: {len(written):,} bytes\n")


if __name__ == "__main__":
    main()
