"""`?` on every page tells what is here, its keys, and where the guide has more; the guide is a page."""

import re
from html import unescape

import pytest
from django.test import Client

from overview.guide import GUIDE, read_guide
from overview.help import EVERYWHERE, OTHER, PAGES
from tenants.models import Tenant
from tests.config.test_urls import ADDRESSES, OF_COMPANIES, example

TEXT = re.compile(r'<dialog id="keys"[^>]* data-text="([^"]+)">')
SAME_HELP = {
    "home": "What needs you, what is open",
    "bill_list": "The bills of",
    "edit_list": "Every change to",
}


def test_every_help_leads_to_a_section_that_the_guide_has() -> None:
    anchors = {anchor for anchor, _ in read_guide().headings}
    assert {one.section for one in (*PAGES.values(), OTHER)} - anchors == set()


def test_every_page_of_a_company_has_help_of_its_own() -> None:
    """Each view that draws a page, not a part of one, for its address is asked for in a browser."""
    parts = {"progress", "reference_options", "bill_due", "bill_groups", "edit_progress", "edit_news", "typed_day"}
    parts |= {"list_menu"}
    answers = {"live_look", "pending_look", "line_entry", "line_unit_cost", "history_export"}
    answers |= {"list_export", "list_export_to_edit", "security_log_export"}
    posts = {"connection_try", "connection_same_company", "connection_refresh", "bill_paste"}
    posts |= {"list_settings", "view_save", "view_change", "invitation_change"}
    moved = {name for name in OF_COMPANIES if name.endswith("_moved")}
    assert set(OF_COMPANIES) - parts - answers - posts - moved == set(PAGES) - {
        "conflict",
        "company_list",
        "inbox",
        "person_settings",
        "company_life",
        "batch_list",
        "batch_page",
        "search",
        "administration_log",
        "all_factors",
        "mfa_index",
        "session_list",
        "administration_people",
        "administration_person",
        "administration",
        "administration_companies",
        "administration_company_add",
        "administration_connect",
        "administration_end_user_delete",
        "usage",
    }


def test_every_help_is_that_of_a_page() -> None:
    assert set(PAGES) - set(ADDRESSES) == {"conflict"}  # which takes the place of a form


def test_every_key_of_a_help_is_in_the_guide() -> None:
    table = GUIDE.read_text().partition("\n## Shortcuts")[2].partition("\n## ")[0]
    named = {name for page in PAGES.values() for key in (*page.keys, *EVERYWHERE) for name in key.names.split()}
    known = set(re.findall(r"`([^`]+)`|((?:Ctrl|Alt|Shift)\+[^ ,|]+|Enter|Esc|[↓↑])", table))
    assert named - {"Ctrl+Shift+↓"} - {one for pair in known for one in pair} == set()


@pytest.mark.parametrize(("name", "what"), SAME_HELP.items())
def test_the_help_of_a_page_is_about_that_page(as_carol: Client, larch: Tenant, name: str, what: str) -> None:
    found = TEXT.search(as_carol.get(example(name)).content.decode())
    dialog = as_carol.get(unescape(found[1])).content.decode() if found else ""
    assert (what in dialog, f'/help/#{PAGES[name].section}"' in dialog) == (True, True)


def test_the_help_of_a_page_that_does_not_exist_is_the_general_one(as_carol: Client) -> None:
    answer = as_carol.get("/help/keys/", {"page": "<b>", "books": "<i>"}).content.decode()
    assert (OTHER.what in answer, "<b>" in answer, "<i>" in answer) == (True, False, False)


def test_the_help_of_a_page_opened_by_its_address_is_the_section_of_the_guide(as_carol: Client) -> None:
    answer = as_carol.get("/help/keys/?page=bill_list", headers={"Sec-Fetch-Dest": "document"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/#lists")


def test_the_help_of_the_sign_in_page_is_in_it(client: Client, db: None) -> None:
    assert OTHER.what in client.get("/accounts/login/").content.decode().partition('<dialog id="keys"')[2]


def test_without_script_a_link_leads_to_the_section(as_carol: Client, larch: Tenant) -> None:
    bar = as_carol.get("/t/larch/bills/").content.decode().partition("</header>")[0]
    assert re.findall(r'href="(/help/[^"]*)"', bar) == ["/help/#lists", "/help/#lists"]


def test_the_guide_is_drawn_whole(as_dave: Client) -> None:
    page = as_dave.get("/help/").content.decode()
    text = page.partition('<article class="panel panel-body guide-text">')[2].partition("</article>")[0]
    left = re.findall(r"\*\*|^\|.*|^#+ ", re.sub(r"<code>.*?</code>", "", text), re.MULTILINE)
    anchors = re.findall(r'href="#([^"]+)"', page)
    assert (left, text.count("<h2 id="), '<table class="plain">' in text) == ([], len(read_guide().headings), True)
    assert {anchor for anchor in anchors if f'id="{anchor}"' not in page} == set()


def test_its_pictures_are_served_and_no_other_file_beside_them(as_dave: Client) -> None:
    sources = re.findall(r'<img src="([^"/]+)"', as_dave.get("/help/").content.decode())
    answers = [as_dave.get(f"/help/{one}") for one in sources]
    assert {(one.status_code, one["Content-Type"]) for one in answers} == {(200, "image/png")}
    assert as_dave.get("/help/bills.png").status_code == 404  # of the README alone
