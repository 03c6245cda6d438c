"""QuickBooks' error codes in words for a person, each with a next step.

Source: docs/vendors/conductor.md, section 7.
"""

from collections.abc import Mapping

# QuickBooks' own status codes: the message, the next step, and the field at fault if it is always the same.
WORDS: Mapping[str, tuple[str, str, str]] = {
    "500": ("Something it refers to was not found in QuickBooks.", "Pick another entry and save again.", ""),
    "530": (
        "This version of QuickBooks does not know a field that was sent.",
        "Restore the field's earlier value.",
        "",
    ),
    "531": (
        "This version of QuickBooks does not know a choice that was sent.",
        "Choose another entry from the list.",
        "",
    ),
    "570": ("It is linked to a transaction that is closed in QuickBooks.", "Open that one in QuickBooks first.", ""),
    "1000": ("QuickBooks had an internal error.", "Try again. If it happens again, restart QuickBooks on its PC.", ""),
    "1010": ("QuickBooks is not available at the moment.", "Try again in a minute.", ""),
    "3000": ("QuickBooks does not know the entry that was picked.", "Pick it again from the list.", ""),
    "3010": ("QuickBooks did not accept a yes or no.", "Change the marked choice.", ""),
    "3020": ("QuickBooks did not accept a date.", "Give the date as day, month and year.", ""),
    "3030": ("The start date is after the end date.", "Exchange the two dates.", ""),
    "3031": ("The two texts of the range are in the wrong order.", "Exchange the two texts.", ""),
    "3040": ("QuickBooks did not accept an amount.", "Give the amount with at most two decimals.", ""),
    "3045": ("QuickBooks did not accept a price.", "Give the cost with at most five decimals.", ""),
    "3050": ("QuickBooks did not accept a percentage.", "Give a percentage between 0 and 100.", ""),
    "3060": ("QuickBooks did not accept a quantity.", "Give the quantity with at most five decimals.", ""),
    "3070": ("A text is too long for QuickBooks.", "Shorten it and save again.", ""),
    "3090": ("QuickBooks could not store a character.", "Leave out unusual characters and save again.", ""),
    "3100": (
        "This name is already in use in QuickBooks.",
        "Choose another name; capital letters make no difference.",
        "name",
    ),
    "3120": ("An entry it refers to is no longer in QuickBooks.", "Pick another entry and save again.", ""),
    "3140": ("An entry that was picked is not in QuickBooks.", "Pick another entry and save again.", ""),
    "3150": ("Something that QuickBooks needs is missing.", "Fill in what it names and save again.", ""),
    "3153": (
        "Two values were sent that exclude one another.",
        "Read which ones, undo your change to one of them and save again.",
        "",
    ),
    "3160": ("QuickBooks does not delete this.", "It is used elsewhere; make it inactive instead.", ""),
    "3161": (
        "QuickBooks does not delete this, because it is dated before the closing date.",
        "Delete it in QuickBooks, where you can enter the closing password.",
        "transaction_date",
    ),
    "3170": (
        "QuickBooks does not allow this to be changed.",
        "Read the reason; it may have to be done in QuickBooks.",
        "",
    ),
    "3171": (
        "The books are closed for this date.",
        "Change it in QuickBooks, where you can enter the closing password, or use a later date.",
        "transaction_date",
    ),
    "3180": (
        "QuickBooks could not save.",
        "Try again. If it happens again, have the company file verified in QuickBooks.",
        "",
    ),
    "3190": ("QuickBooks does not allow this to be cleared.", "Give it a value and save again.", ""),
    "3205": ("QuickBooks did not accept an address.", "Check its lines and save again.", ""),
    "3210": ("QuickBooks does not accept a value.", "Read the reason, change the value and save again.", ""),
    "3250": (
        "This feature is turned off in QuickBooks.",
        "Leave the field empty, or turn the feature on in QuickBooks.",
        "",
    ),
    "3260": ("The QuickBooks user does not have permission to do this.", "Ask your QuickBooks administrator.", ""),
    "3261": (
        "The connection does not have permission to do this.",
        "Ask your QuickBooks administrator to allow it under Integrated Applications.",
        "",
    ),
}

# The Web Connector's errors in reaching QuickBooks, by HRESULT: the message and the next step.
AT_THE_DOOR: Mapping[str, tuple[str, str]] = {
    "0x80040408": ("QuickBooks could not start.", "Start it by hand on its PC; if that fails, restart the PC."),
    "0x80040409": (
        "The company file does not match the version of QuickBooks.",
        "Open the file with the version of QuickBooks that used it last.",
    ),
    "0x8004040a": ("Another company file is open in QuickBooks.", "Close it and open this company's file."),
    "0x80040410": (
        "The file is open there in another mode.",
        "Switch it between single-user and multi-user mode, or close it.",
    ),
    "0x80040414": ("A dialog is open in QuickBooks.", "Answer or close it, then try again."),
    "0x80040416": ("QuickBooks is not running on its PC.", "Open this company in QuickBooks, then try again."),
    "0x80040418": (
        "The first connection needs the QuickBooks administrator.",
        "Sign in to QuickBooks as Admin once and allow Ledgerdesk access.",
    ),
    "0x80040420": (
        "The QuickBooks user was denied access.",
        "Ask your QuickBooks administrator to allow it: Edit, Preferences, Integrated Applications.",
    ),
}
