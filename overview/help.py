"""What `?` shows on each page: what is here, its keys, and the section of docs/using.md that has more.

A page is named like its URL; a template may name another one. Knows no company: `{books}` is the provider's name.
"""

from typing import NamedTuple


class Key(NamedTuple):
    """Keys that are pressed one after the other or instead of one another, parted by blanks, and what they do."""

    names: str
    does: str
    edits: bool = False  # only for those who may change something


class PageHelp(NamedTuple):
    """The help of one page; `section` is a heading of docs/using.md as a link has it."""

    what: str
    section: str
    keys: tuple[Key, ...] = ()


SEARCH = (Key("/", "search"), Key("Enter ↓", "in a search: its first row"))
ROWS = (Key("j k", "next, previous row"), Key("Enter", "open the row"))
ROW_EDIT = (
    Key("e", "edit the row", edits=True),
    Key("x Shift+X", "select the row, all rows of the page", edits=True),
    Key("Shift+↓ Shift+↑", "select the next, the previous row too", edits=True),
    Key("c", "change what is selected", edits=True),
)
RECORD = (
    Key("e", "edit", edits=True),
    Key("b", "back to the list, at the same row"),
    Key("[ ]", "previous, next record of the list"),
)
FORM = (
    Key("Ctrl+S", "save", edits=True),
    Key("Ctrl+Enter", "save and open the next record of the list; without a list, save", edits=True),
    Key("Ctrl+Z Ctrl+Y", "undo, redo", edits=True),
    Key("Ctrl+B", "load changes from {books}", edits=True),
    Key("b", "back to the list"),
    Key("[ ]", "previous, next record of the list"),
)
DATES = (
    Key("+ - t", "in a date: next day, previous day, today"),
    Key("w k m h y r", "in a date: first and last day of the week, month, year"),
)
LINES = (
    Key("↓", "in a due date: accept the suggestion", edits=True),
    Key("g l", "the lines", edits=True),
    Key("Enter Alt+Enter", "in a line: the next one, a new one below (or Ctrl+Insert)", edits=True),
    Key("Alt+Enter", "in a description or memo: a line end in the text", edits=True),
    Key("Ctrl+D Ctrl+Delete", "in a line: copy, remove", edits=True),
    Key("Ctrl+/", "in a line: split", edits=True),
    Key("Ctrl+Shift+↑ Ctrl+Shift+↓", "in a new line: move", edits=True),
    Key("Ctrl+↑ Ctrl+↓", "previous, next section", edits=True),
    Key("Esc", "leave the line", edits=True),
)
CONFLICT = (Key("1 2 3 4 n", "in a conflict: yours, theirs, original, enter another, next", edits=True),)
EVERYWHERE = (
    Key("g h", "home"),
    Key("g c", "customers"),
    Key("g b", "bills"),
    Key("g e", "history"),
    Key("g n", "connection"),
    Key("g i", "what needs you, in all companies"),
    Key("g s", "another company: type its name, then Enter"),
    Key("Ctrl+K", "search all companies, go to any page, do something"),
    Key("?", "this help"),
)

LIST = (*SEARCH, *ROWS, Key("f", "filters"))
PAGES = {
    "company_list": PageHelp(
        "Your companies, with what needs you, is open, overdue and due in each. Each number leads to what it counts.",
        "companies-and-roles",
        (*SEARCH, *ROWS),
    ),
    "inbox": PageHelp(
        "What needs you in all of your companies, each with its next step. New is what came after your last visit.",
        "needs-you",
        (
            *ROWS,
            Key("o", "open or decide what the row is about"),
            Key("s", "send the row's change again", edits=True),
            Key("S", "send all changes again that were not sent", edits=True),
            Key("e", "continue editing", edits=True),
            Key("d", "discard the change, delete the draft", edits=True),
            Key("c", "cancel what waits, or check again", edits=True),
            Key("a u", "accept or undo what was saved with differences", edits=True),
            Key("t", "contact a company that does not answer", edits=True),
        ),
    ),
    "home": PageHelp(
        "What needs you, what is open and due, who owes most, and what changed. Each number leads to its list.",
        "home",
        ROWS,
    ),
    "customer_list": PageHelp("The customers and jobs of this company.", "lists", LIST + ROW_EDIT),
    "customer_page": PageHelp(
        "One customer: balances, contacts, addresses, jobs and the latest changes. Empty fields are folded below.",
        "records",
        RECORD,
    ),
    "customer_edit": PageHelp(
        "The form of one customer. What you type is kept as a draft until you save.",
        "forms",
        (*FORM, *DATES, *CONFLICT),
    ),
    "bill_list": PageHelp("The bills of this company, with what is open by age.", "lists", (*LIST, *ROW_EDIT, *DATES)),
    "bulk_change": PageHelp(
        "One change of many records. Nothing is saved until you have looked at it and confirmed.",
        "changing-many-records",
        (*DATES, Key("b", "back to the list")),
    ),
    "list_setup": PageHelp("The columns of a list, their order, the height of its rows, and its saved views.", "lists"),
    "list_import": PageHelp(
        "Brings a list back that was exported to edit. Nothing is changed before you confirm what it would do.",
        "excel-both-ways",
        (Key("b", "back to the list"),),
    ),
    "search": PageHelp(
        "All of your companies at once: names, pages, actions, customers, bills, vendors, views, and the history.",
        "search-in-all-companies",
        (Key("/", "search"), Key("j k", "next, previous row"), Key("Enter", "open the row")),
    ),
    "security_log": PageHelp(
        "Who signed in, took a file away, or changed what concerns the security of this company, the newest first.",
        "security-log",
    ),
    "company_factors": PageHelp("Which members have a second factor at sign-in.", "security-log"),
    "administration_log": PageHelp(
        "What concerns the security of this Ledgerdesk and all of its companies, the newest first.", "security-log"
    ),
    "all_factors": PageHelp("Which people have a second factor at sign-in.", "security-log"),
    "mfa_index": PageHelp("What you need beside your password to sign in.", "second-factor"),
    "session_list": PageHelp(
        "The browsers in which you are signed in. You can sign out of each of them here.", "where-you-are-signed-in"
    ),
    "person_settings": PageHelp("How pages look to you, in all companies.", "your-settings"),
    "bill_page": PageHelp(
        "One bill: what is paid and due, its payments, lines and latest changes. Empty fields are folded below.",
        "records",
        RECORD,
    ),
    "bill_edit": PageHelp(
        "The form of one bill. What you type is kept as a draft until you save.",
        "bill-lines",
        (*FORM, *DATES, *LINES, *CONFLICT),
    ),
    "vendor_page": PageHelp(
        "One vendor as its bills show it: what is open and how old, terms, address, and the latest changes.",
        "vendors",
        (*ROWS, Key("b", "bills")),
    ),
    "edit_list": PageHelp(
        "Every change to this company's records, made here or in {books}, the newest first.", "history", LIST
    ),
    "record_history": PageHelp("Every change to this record, made here or in {books}, the newest first.", "history"),
    "edit_page": PageHelp("One change: who made it, what it changed, and how it ended.", "history"),
    "edit_undo": PageHelp("What an undo will change. Nothing is sent until you confirm.", "undo", CONFLICT),
    "sighting_page": PageHelp("One change that was made in {books} itself.", "history"),
    "batch_list": PageHelp("The bulk changes that you have planned or started, the newest first.", "bulk-changes"),
    "batch_page": PageHelp(
        "One bulk change: first what it would do to each record, then how far it is and what became of each. "
        "Nothing is sent until its author starts it.",
        "bulk-changes",
    ),
    "queued_list": PageHelp("Changes that wait until {books} answers. You can cancel each of them.", "saving"),
    "draft_list": PageHelp("What you typed and did not save. Only you can see it.", "drafts"),
    "connection": PageHelp(
        "Whether {books} answers, since when, what to do now, the last day, and how old each list is.",
        "when-a-company-does-not-answer",
    ),
    "company_settings": PageHelp(
        "What holds for this company: how dates are typed, what is closed, and when {books} is asked. "
        "Each setting says who changed it last.",
        "company-settings",
    ),
    "company_life": PageHelp("One company: its name, whether it is used, and its removal.", "companies-out-of-use"),
    "connection_vendor": PageHelp("What the connection service knows about this company.", "how-current-the-data-is"),
    "members": PageHelp(
        "Who is in this company with which role, who is invited, and what people who have left did not finish.",
        "people-of-a-company",
        (Key("j k", "next, previous row"), Key("Enter", "open the row")),
    ),
    "member_page": PageHelp(
        "One person in this company: what they may do and when they last did it. Set their role, or remove them.",
        "people-of-a-company",
    ),
    "administration_people": PageHelp(
        "All people of this Ledgerdesk. Invite somebody into any company, and try whether email can be sent.",
        "people-of-ledgerdesk",
        (Key("/", "search"), Key("j k", "next, previous row"), Key("Enter", "open the row")),
    ),
    "administration_person": PageHelp(
        "One person over all companies: roles, last changes, what they have left open, and their account.",
        "people-of-ledgerdesk",
    ),
    "connection_link": PageHelp(
        "A link that connects the company file on the PC with {books}, and whether somebody has used it.",
        "connecting-a-company",
    ),
    "administration": PageHelp("What administrators of this Ledgerdesk do.", "adding-a-company"),
    "administration_companies": PageHelp(
        "All companies of this Ledgerdesk, with their state. It shows nothing of their records.",
        "adding-a-company",
        ROWS,
    ),
    "administration_company_add": PageHelp("A new company, which you connect afterwards.", "adding-a-company"),
    "administration_connect": PageHelp(
        "Connects a company to its QuickBooks or Bigcapital, and shows how far that is.", "connecting-a-company"
    ),
    "administration_end_user_delete": PageHelp(
        "Deletes an archived company at Conductor, for good.", "connecting-a-company"
    ),
    "usage": PageHelp(
        "Which companies were contacted in a month, what each came to, and how its connection is now.",
        "usage",
        (Key("j k", "next, previous row"), Key("Enter", "open the row")),
    ),
    "conflict": PageHelp(
        "You and somebody else changed the same values. Choose one in each row; nothing is saved until you confirm.",
        "conflicts",
        CONFLICT,
    ),
}
OTHER = PageHelp("Press a key, or read more in the guide.", "shortcuts")


def get_help(page: str) -> PageHelp:
    """Return the help of a page, of the general kind for one that has none of its own."""
    return PAGES.get(page, OTHER)
