"""Accessibility checks by axe of what a page shows, in light and in dark mode, for little processor time."""

from typing import Any, Literal

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

SCHEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}
ROWS_OF_A_KIND = 2

# Axe works out the same few colors anew for every element, which is a third of its time.
REMEMBER_COLORS = """() => {
    const color = axe.commons.color.Color.prototype, parse = color.parseString, known = new Map();
    color.parseString = function (text) {
        if (!known.has(text)) {
            parse.call(this, text);
            known.set(text, [this.r, this.g, this.b, this.alpha]);
        }
        [this.r, this.g, this.b, this.alpha] = known.get(text);
        return this;
    };
}"""
# Rows with the same elements, classes and states are drawn alike, however their texts differ. Axe reads a whole page
# even if it shall check a part of it, so the others are away meanwhile; not what has the focus, or asks by itself.
CHECK = """async ([options, most]) => {
    const own = /^(class|style|role|type|tabindex|hidden|disabled|aria-(?!label|describedby|controls|owns).*)$/;
    const kind = node => {
        if (node.nodeType !== 1) return node.nodeType === 3 && node.data.trim() ? "…" : "";
        const known = [...node.attributes].map(({ name, value }) =>
            own.test(name) ? `${name}=${value}` : name + (value.trim() ? "" : "="));
        return `<${node.localName} ${known.join(" ")}${node.checked ? " checked" : ""}>` +
            [...node.childNodes].map(kind).join("") + "</>";
    };
    const away = [], top = scrollY, left = scrollX;
    for (const list of document.querySelectorAll("tbody, ul, ol, [role=listbox]")) {
        const seen = new Map();
        for (const row of list.isConnected ? [...list.children] : []) {
            const of = kind(row), count = (seen.get(of) ?? 0) + 1;
            seen.set(of, count);
            if (count <= most || row.matches(":focus-within") || row.querySelector(":popover-open")) continue;
            if (row.matches("[hx-trigger*=every]") || row.querySelector("[hx-trigger*=every]")) continue;
            away.push([list, row, row.nextSibling]);
            row.remove();
        }
    }
    try {
        const { violations } = await axe.run(document, options);
        return { violations };
    } finally {
        for (const [list, row, next] of away.reverse())
            if (!next || next.parentNode === list) list.insertBefore(row, next);
        scrollTo({ top, left, behavior: "instant" });
    }
}"""

# Of the rows that are away, too.
TWICE = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
    return ids.filter((id, place) => ids.indexOf(id) !== place);
}"""


def check(page: Page) -> None:
    """Fail if axe finds anything, in light mode or, as far as colors matter, in dark mode."""
    for scheme, more in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        found = _run_axe(page, {"resultTypes": ["violations"], **more})
        assert found.violations_count == 0, f"In {scheme}: {found.generate_report()}"
    twice = page.evaluate(TWICE)
    assert not twice, f"Ids that are there twice: {twice}"


def _run_axe(page: Page, options: dict[str, Any]) -> AxeResults:
    """Check the page that a click may still be loading."""
    page.wait_for_load_state()
    try:
        return _check_page(page, options)
    except Error:  # the page that the click has left was replaced meanwhile
        page.wait_for_load_state()
        return _check_page(page, options)


def _check_page(page: Page, options: dict[str, Any]) -> AxeResults:
    """What `Axe.run` does, but it reads its script into the page only once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
        page.evaluate(REMEMBER_COLORS)
    return AxeResults(page.evaluate(CHECK, [options, ROWS_OF_A_KIND]))
