"""The pictures of README and docs, taken from a running demo: `python -m bench.browser.pictures http://127.0.0.1:8000`.

They are stored with a palette, as the browser's own files are three times as large.
"""

import base64
import struct
import sys
import zlib
from collections import Counter
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.browsing import browser

FOLDER = Path(__file__).parent.parent.parent / "docs"
# By the name of the file: who looks at which page.
PICTURES = {
    "bills": ("Bob", "/t/harbor/bills/"),
    "bill-form": ("Bob", "/t/harbor/bills/1720-1501782048/edit"),
    "members": ("Alice", "/t/harbor/members/"),
    "companies": ("Alice", "/administration/companies/"),
    "connection": ("Alice", "/t/harbor/connection/"),
}
WIDTH, HEIGHT = 1280, 800
MOST_BYTES, COLORS = 150_000, 256
FREQUENT, UNLIKE = 170, 600  # of the colors; a squared distance
PIXELS = """async (picture) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const bytes = context.getImageData(0, 0, image.width, image.height).data;
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([bytes]));
  });
}"""


def read_pixels(page: Page, picture: bytes) -> list[bytes]:
    """Return the colors of a PNG file, three bytes each, as a page without a policy of its own decodes them."""
    pixels = base64.b64decode(page.evaluate(PIXELS, base64.b64encode(picture).decode()))
    return [pixels[at : at + 3] for at in range(0, len(pixels), 4)]


def choose_colors(by_frequency: list[bytes]) -> list[bytes]:
    """Return most of the palette by frequency, and then what is rare and unlike the rest, as red words are."""
    palette = by_frequency[:FREQUENT]
    for color in by_frequency[FREQUENT:]:
        if len(palette) < COLORS and min(measure_distance(color, one) for one in palette) > UNLIKE:
            palette.append(color)
    return palette


def measure_distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def make_small(pixels: list[bytes]) -> bytes:
    """Return a PNG file with the most frequent colors; the others become the nearest of them."""
    palette = choose_colors([color for color, _ in Counter(pixels).most_common()])

    @cache
    def find_nearest(color: bytes) -> int:
        return min(range(len(palette)), key=lambda n: measure_distance(color, palette[n]))

    places = bytes(map(find_nearest, pixels))
    rows = b"".join(b"\0" + places[at : at + WIDTH] for at in range(0, len(places), WIDTH))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)  # eight bits a pixel, by a palette
    parts = [(b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def sign_in(started: Browser, url: str, person: str) -> Page:
    """Return a page of a person of the demo."""
    page = started.new_context(base_url=url, viewport={"width": WIDTH, "height": HEIGHT}).new_page()
    page.goto("/")
    page.get_by_role("button", name=person).click()
    page.wait_for_url(lambda where: "login" not in where)
    return page


def main(url: str) -> None:
    """Take all pictures, signed in with one click. Raises ValueError for one that is too large for a repository."""
    with browser() as started:
        pages = {person: sign_in(started, url, person) for person, _ in PICTURES.values()}
        blank = started.new_page()
        for name, (person, path) in PICTURES.items():
            page = pages[person]
            page.goto(path)
            page.wait_for_timeout(1000)  # until what was asked behind the page has arrived
            small = make_small(read_pixels(blank, page.screenshot()))
            if len(small) > MOST_BYTES:
                raise ValueError(f"{name}.png would have {len(small):,} bytes.")
            (FOLDER / f"{name}.png").write_bytes(small)


if __name__ == "__main__":
    main(*sys.argv[1:])
