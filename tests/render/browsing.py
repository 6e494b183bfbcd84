"""Opening a page in Chromium with the network cut off."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@dataclass
class Opened:
    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def opened(browser, path, device):
    """Page with the network cut off; every request and every complaint is kept."""
    context = browser.new_context(offline=True, **device)
    page = context.new_page()
    found = Opened(page)
    own = path.as_uri()

    def watch(route):
        if route.request.url == own:
            route.continue_()
        else:
            found.requests.append(route.request.url)
            route.abort()

    page.route(lambda address: not address.startswith("data:"), watch)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            found.errors.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.goto(own)
    page.wait_for_selector("html.qn-ready", timeout=15_000)
    yield found
    context.close()


def picture(page, tmp_path, name: str):
    """Screenshot and its number of different colours: a blank page has very few."""
    from PIL import Image

    path = tmp_path / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as image:
        colours = image.convert("RGB").getcolors(1 << 24)
    return path, len(colours)
