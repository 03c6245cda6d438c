"""Parses a pasted address into its members: free lines, city, state, postal code, country.

Only what is certain leaves the free lines, and no text is lost. Says nothing of a member that the text does not have.
"""

import re
from collections.abc import Iterator

from .folding import fold
from .formatting import FREE_LINES

US = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP AA AE AP"
)
CANADA = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
CANADA_NAMES = (
    "Alberta|British Columbia|Manitoba|New Brunswick|Newfoundland and Labrador|Newfoundland|Northwest Territories|"
    "Nova Scotia|Nunavut|Ontario|Prince Edward Island|Quebec|Québec|Saskatchewan|Yukon|Colombie-Britannique|"
    "Nouveau-Brunswick|Nouvelle-Écosse|Île-du-Prince-Édouard|Terre-Neuve-et-Labrador"
)
AUSTRALIA = "NSW VIC QLD SA WA TAS ACT NT"
US_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|District of Columbia|Florida|Georgia|"
    "Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|"
    "Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|"
    "North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Puerto Rico|Rhode Island|South Carolina|South Dakota|Tennessee|"
    "Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
# Countries that write the postal code before the town, by the names in use on letters.
_CODE_FIRST = (
    "Algeria|Andorra|Argentina|Austria|Österreich|Belgium|België|Belgique|Bosnia and Herzegovina|Bulgaria|Croatia|"
    "Hrvatska|Cuba|Cyprus|Czech Republic|Czechia|Česko|Denmark|Danmark|Dominican Republic|Ecuador|Estonia|Eesti|"
    "Finland|Suomi|France|Germany|Deutschland|Greece|Greenland|Iceland|Ísland|Israel|Italy|Italia|Kosovo|Kuwait|"
    "Liechtenstein|Lithuania|Lietuva|Luxembourg|Malaysia|Mexico|México|Moldova|Monaco|Montenegro|Morocco|Maroc|"
    "Netherlands|The Netherlands|Nederland|North Macedonia|Norway|Norge|Paraguay|Philippines|Poland|Polska|Portugal|"
    "Romania|România|San Marino|Senegal|Serbia|Srbija|Slovakia|Slovensko|Slovenia|Slovenija|Spain|España|Sweden|"
    "Sverige|Switzerland|Schweiz|Suisse|Svizzera|Tunisia|Tunisie|Turkey|Türkiye|Turkiye|Uruguay|Vatican City"
)
_OTHERS = (
    "United States|United States of America|USA|US|Canada|Australia|United Kingdom|UK|Great Britain|England|Scotland|"
    "Wales|Northern Ireland|Ireland|New Zealand|India|Singapore|Japan|China|Hong Kong|Taiwan|South Korea|Korea|"
    "Thailand|Vietnam|Indonesia|Pakistan|Bangladesh|Sri Lanka|Nepal|Saudi Arabia|United Arab Emirates|UAE|Qatar|"
    "Bahrain|Oman|Jordan|Lebanon|Egypt|South Africa|Nigeria|Kenya|Ghana|Tanzania|Uganda|Brazil|Brasil|Chile|Colombia|"
    "Peru|Perú|Bolivia|Venezuela|Costa Rica|Panama|Panamá|Guatemala|Honduras|El Salvador|Nicaragua|Jamaica|Bahamas|"
    "The Bahamas|Barbados|Bermuda|Trinidad and Tobago|Haiti|Hungary|Latvia|Ukraine|Russia|Belarus|Albania|Malta|"
    "Georgia|Armenia|Azerbaijan|Kazakhstan|Uzbekistan|Fiji|Guam|Puerto Rico"
)

# Those that are also towns, such as Durham, are counties only behind "County".
_UK_COUNTIES = (
    "Bedfordshire|Beds|Berkshire|Berks|Buckinghamshire|Bucks|Cambridgeshire|Cambs|Cheshire|Cornwall|Cumberland|Cumbria|"
    "Derbyshire|Devon|Dorset|Essex|Gloucestershire|Glos|Greater London|Greater Manchester|Hampshire|Hants|"
    "Herefordshire|Hertfordshire|Herts|Huntingdonshire|Humberside|Isle of Wight|Kent|Lancashire|Lancs|Leicestershire|"
    "Leics|Lincolnshire|Lincs|Merseyside|Middlesex|Middx|Norfolk|Northamptonshire|Northants|Northumberland|"
    "Nottinghamshire|Notts|Oxfordshire|Oxon|Rutland|Shropshire|Somerset|Staffordshire|Staffs|Suffolk|Surrey|Sussex|"
    "East Sussex|West Sussex|Tyne and Wear|Tyne & Wear|Warwickshire|West Midlands|Westmorland|Wiltshire|Wilts|"
    "Worcestershire|Worcs|Yorkshire|North Yorkshire|South Yorkshire|East Yorkshire|West Yorkshire|Anglesey|"
    "Carmarthenshire|Ceredigion|Clwyd|Denbighshire|Dyfed|Flintshire|Glamorgan|Mid Glamorgan|South Glamorgan|"
    "West Glamorgan|Gwent|Gwynedd|Monmouthshire|Pembrokeshire|Powys|Aberdeenshire|Argyll|Argyllshire|Ayrshire|"
    "Banffshire|Berwickshire|Caithness|Clackmannanshire|Dumfriesshire|Dunbartonshire|East Lothian|Fife|"
    "Inverness-shire|Kincardineshire|Kirkcudbrightshire|Lanarkshire|Midlothian|Morayshire|Nairnshire|Peeblesshire|"
    "Perthshire|Renfrewshire|Ross-shire|Roxburghshire|Selkirkshire|Stirlingshire|West Lothian|Wigtownshire"
)
_UK_COUNTY_TOWNS = "Antrim|Armagh|Down|Durham|Fermanagh|Londonderry|Tyrone"


def _fold_name(name: str) -> str:
    return fold(name).replace(".", "")


CODE_FIRST_COUNTRIES = frozenset(map(_fold_name, _CODE_FIRST.split("|")))
COUNTRIES = CODE_FIRST_COUNTRIES.union(map(_fold_name, _OTHERS.split("|")))
UK_COUNTIES = frozenset(map(_fold_name, _UK_COUNTIES.split("|"))).union(
    f"{word} {_fold_name(name)}" for word in ("county", "co") for name in _UK_COUNTY_TOWNS.split("|")
)
ITALY = ("italy", "italia")
LONGEST, MOST = 300, 30  # letters of a line in which a town is looked for, and lines of an address

CITY = r"(?P<city>[^\d,]*[^\d\s,])"
BEFORE = r"(?:(?P<before>.*[^\s,]),\s*)?"  # the street, on the same line
UK_CODE = r"(?P<postal_code>[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})"
CA_CODE = r"[A-Z]\d[A-Z] ?\d[A-Z]\d"
ZIP = r"\d{5}(?:-\d{4})?"


def _list_states(letters: str) -> str:
    """Return the pattern for states by their letters, with points or without: DC, D.C."""
    return "|".join([*letters.split(), *(r"\.\s?".join([*one, ""]).removesuffix(r"\s?") for one in letters.split())])


def _find_town(state: str, code: str) -> re.Pattern[str]:
    return re.compile(rf"{BEFORE}{CITY}{state},?\s+(?P<postal_code>{code})")


_US, _CANADA = _list_states(US), _list_states(CANADA)
TOWNS = (
    _find_town(rf",?\s+(?P<state>{_US})\.?", ZIP),
    _find_town(rf",?\s+(?P<state>{_CANADA})\.?", CA_CODE),
    _find_town(rf",?\s+(?P<state>{'|'.join(AUSTRALIA.split())})\.?", r"\d{4}"),
    # Without the comma, the name of a state may be a part of the town's.
    _find_town(rf",\s*(?P<state>{US_NAMES})", ZIP),
    _find_town(rf",\s*(?P<state>{CANADA_NAMES})", CA_CODE),
    _find_town(rf",?\s*\((?P<state>{_CANADA}|{CANADA_NAMES})\)", CA_CODE),
    re.compile(rf"{BEFORE}{CITY},?\s+{UK_CODE}"),
)
BELOW_CITY = re.compile(
    rf"{UK_CODE}|(?P<state>{_US}),?\s+(?P<zip>{ZIP})|(?P<province>{_CANADA}|{CANADA_NAMES}),?\s+(?P<code>{CA_CODE})"
)
CODE = r"(?:[A-Z]{1,3}-)?(?:\d{5}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}|\d{4}|\d{2}-\d{3}|\d{3} \d{2})"
# Behind the town there may be the number of a district, or what French letters to companies have.
DISTRICT = r"(?:\s+(?:(?i:cedex)\s+)?\d{1,2})?"
CODE_FIRST = re.compile(rf"{BEFORE}(?P<postal_code>{CODE})\s+{CITY[:-1]}{DISTRICT})")
ITALIAN = re.compile(rf"{BEFORE}(?P<postal_code>(?:IT?-)?\d{{5}})\s+{CITY}\s+\(?(?P<state>[A-Z]{{2}})\)?")
CITY_ALONE = re.compile(r"[^\d,]*[^\d\s,]")
# A line with one of these words and others is no town.
STREET = re.compile(
    r"\b(?:street|avenue|ave|road|rd|boulevard|blvd|drive|lane|parkway|pkwy|highway|hwy|plaza|square|suite|unit|"
    r"floor|apt|apartment|flat|building|bldg|tower|box|attn|phone|tel|fax|rue|chemin|route|allée|quai|impasse|place|"
    r"straße|strasse)\b",
    re.IGNORECASE,
)

Town = tuple[dict[str, str], list[str]]  # values by member, and the lines that are no part of them


def parse_address(text: str) -> dict[str, str]:
    """Return the members that the address in `text` has, by name; a blank one if the address says that it has none.

    A text with a town is a whole address, so what it has no line for is blank; anything else is free lines.
    """
    lines = [_tidy(line) for line in re.split(r"[\r\n\u2028\u2029]+", text)]
    lines = [line for line in lines if line]
    found, rest = _parse_whole(lines) or ({}, [cell for line in lines for cell in line.split("\t")])
    if len(rest) > len(FREE_LINES):
        rest = [*rest[: len(FREE_LINES) - 1], ", ".join(rest[len(FREE_LINES) - 1 :])]
    blank = dict.fromkeys(FREE_LINES, "") if found and rest else {}
    return {**blank, **dict(zip(FREE_LINES, rest, strict=False)), **found}


def _tidy(line: str) -> str:
    """Return a line with single blanks; cells of a sheet keep their tabs."""
    cells = (" ".join(cell.split()).strip(",").strip() for cell in line.split("\t"))
    return "\t".join(cell for cell in cells if cell)


def _parse_whole(lines: list[str]) -> Town | None:
    """Return the town, the country and the free lines; None where no town is certain."""
    for last in range(len(lines) if len(lines) <= MOST else 0, 0, -1):
        upper, lower = [line.replace("\t", ", ") for line in lines[:last]], lines[last:]
        for country, above in _list_countries(upper):
            if found := _parse_town(above, country):
                members, rest = found
                named = {"country": country} if country else {}
                rest = rest[0].split(", ") if len(lines) == 1 and rest else _restore_tabs(rest, lines)
                return {**members, **named}, [cell for line in [*rest, *lower] for cell in line.split("\t")]
    return None


def _restore_tabs(rest: list[str], lines: list[str]) -> list[str]:
    """Return the lines above a town with their tabs, where they are whole lines of the text."""
    return [raw if line == raw.replace("\t", ", ") else line for line, raw in zip(rest, lines, strict=False)]


def _list_countries(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each known country that the lines may end with and what is above it; at last none and all lines."""
    *above, last = lines
    if above and _fold_name(last) in COUNTRIES:
        yield last, above
    words = last.split()
    for count in range(1, min(5, len(words))):
        if _fold_name(country := " ".join(words[-count:])) in COUNTRIES:
            yield country, [*above, " ".join(words[:-count]).rstrip(",")]
    yield "", lines


def _parse_town(lines: list[str], country: str) -> Town | None:
    """Return the town in the last line, or the last two, and the lines before it."""
    *above, last = lines
    if len(last) > LONGEST:
        return None
    known = _fold_name(country)
    patterns = [
        *TOWNS,
        *([ITALIAN] if known in ITALY else []),
        *([CODE_FIRST] if known in CODE_FIRST_COUNTRIES else []),
    ]
    for found in filter(None, (one.fullmatch(last) for one in patterns)):
        members = {"state": "", **found.groupdict()}
        street = members.pop("before")
        if _is_city(members["city"]):
            return _split_county(members, [*above, *([street] if street else [])], bool(street))
    below = BELOW_CITY.fullmatch(last)
    if below and len(above) > 1 and CITY_ALONE.fullmatch(above[-1]) and _is_city(above[-1]):
        state = below["state"] or below["province"] or ""
        code = below["postal_code"] or below["zip"] or below["code"]
        return _split_county({"city": above[-1], "state": state, "postal_code": code}, above[:-1])
    return None


def _split_county(members: dict[str, str], rest: list[str], is_same_line: bool = False) -> Town:
    """Return the town in the line or part before what was taken for it, where that is a county."""
    if members["state"] or not rest or _fold_name(members["city"]) not in UK_COUNTIES:
        return members, rest
    *above, last = rest
    street, _, city = last.rpartition(", ")
    if not (CITY_ALONE.fullmatch(city) and _is_city(city) and (above or street or is_same_line)):
        return members, rest
    return {**members, "city": city, "state": members["city"]}, [*above, *([street] if street else [])]


def _is_city(text: str) -> bool:
    return not STREET.search(text) or " " not in text
