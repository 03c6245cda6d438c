"""The words of invented names. No person, company or address here is real."""

import random
from collections.abc import Iterator

from sandbox.conductor.http.resources import words

FIRST = words(
    "Ada Amir Anneke Beatriz Bram Carlos Chiara Dana Daniel Edith Elif Emeka Farah Felix Gloria Hanna "
    "Hiro Ines Ivan Jamal Jana Jonas Kofi Lena Leo Lucía Maren Mateo Mei Nadia Nils Noor Olga Omar Paula "
    "Petra Quinn Rafael Rosa Ruth Sami Selma Tariq Tess Uma Viktor Wanda Yara Zoë Łukasz "
)
LAST = words(
    "Abara Ahlberg Alvarez Bauer Becker Brandt Calloway Castillo Çelik Dahl Delgado Dufour Eriksen Falk "
    "Ferreira Fontaine Gallo Grünwald Haddad Hale Ibarra Iversen Jansen Kaya Keller Kowalski Laurent "
    "Lindqvist Lopez Marchetti Mbeki Moreau Müller Nakamura Novak O'Hara Okafor Olsen Park Peña Petrov "
    "Quist Ramos Reyes Sato Schuster Silva Søndergaard Tanaka Tran Underhill Vance Varga Weiss Whitlock "
    "Yilmaz Zhang Zeller Ortega Brisbane "
)
_PLACE = words(
    "Alder Amber Anchor Aspen Badger Basin Beacon Birch Blue Bluff Bramble Bridge Bright Canyon Cedar "
    "Clear Cliff Copper Coral Cove Crest Crown Delta Eagle East Elm Ember Fern Field Flint Forest Fox "
    "Garden Glen Golden Granite Green Grove Harvest Hazel Heron High Hill Holly Iron Ivy Juniper Lake "
    "Laurel Linden Maple Marble Meadow Mill Moss North Oak "
)
_SHAPE = words(
    "Arch Bank Bay Bend Brook Creek Crossing Dale Edge End Fall Ferry Ford Fork Gate Harbor Haven Heath "
    "Hollow Island Junction Kiln Landing Ledge Lodge March Mark Market Mountain Orchard Park Pass Path "
    "Peak Point Pond Port Ridge Rise River Road Rock Shore Spring Stone Summit Terrace Tower Trail Vale "
    "Valley View Walk Water Well Wharf Wood Works Yard "
)
_TRADE = words(
    "Bakery Builders Cafe Cabinets Carpentry Catering Clinic Dairy Dental Design Electric Farms Fitness "
    "Flooring Florist Foods Furniture Garage Gallery Glass Grocers Hardware Heating Homes Hotel Interiors "
    "Kitchens Landscaping Lighting Logistics Marine Media Motors Nursery Optics Outfitters Paints "
    "Pharmacy Plumbing Pottery Press Properties Realty Roofing Salon School Services Solar Studio Supply "
    "Surveyors Tailors Textiles Tiles Tools Toys Travel Vineyards "
)
SPECIAL = (
    "Çelik & Söhne GmbH",
    "Ærø Bådeværft",
    "北京茶馆",
    "O'Brien & Sons <Ltd>",
    "Ñandú Textiles S.A.",
    'The "Corner" Shop',
    "Zażółć Gęślą Jaźń",
    "Crème Brûlée Café",
)
CITIES = (
    ("Arborfield", "OR", "97101"),
    ("Bellmont", "WA", "98021"),
    ("Castle Ridge", "CA", "94022"),
    ("Dunmore Falls", "NY", "12043"),
    ("Eastwick", "OH", "43004"),
    ("Fairhaven", "TX", "75009"),
    ("Glenrock", "MN", "55011"),
    ("Harmony Bay", "ME", "04021"),
)
STREETS = (
    "Alder St",
    "Canal Road",
    "First Avenue",
    "Harbour Way",
    "Market Street",
    "Mill Lane",
    "Station Rd",
    "Third Ave",
)
NOTES = (
    "Prefers a call before noon.",
    "Gate code changes every month; ask the site office.",
    "Pays by bank transfer on the 15th.\nSend statements to the accountant, not to the shop.",
    "Asked for quotes in both metric and imperial units. Deliveries at the rear entrance only, never on Fridays. "
    "The previous bookkeeper kept a paper file; ours starts in 2019. " * 6,
)
MEMOS = ("", "", "Monthly order", "Rush delivery", "Job materials", "Per quote", "Standing order", "Repairs")


def firm_names(chance: random.Random, taken: set[str]) -> Iterator[str]:
    """An endless series of unused names of companies and people."""
    total = len(_PLACE) * len(_SHAPE) * len(_TRADE)
    start = chance.randrange(total)
    for turn in range(10**9):
        # A stride coprime to the total visits every combination once before it repeats.
        place, rest = divmod((start + turn * 7_919) % total, len(_SHAPE) * len(_TRADE))
        shape, trade = divmod(rest, len(_TRADE))
        name = f"{_PLACE[place]}{_SHAPE[shape].lower()} {_TRADE[trade]}"
        if turn % 5 == 3:
            name = f"{LAST[(turn // 5) % len(LAST)]}, {FIRST[(turn // 5 // len(LAST)) % len(FIRST)]}"
        if turn >= total:
            name = f"{name} {turn // total + 1}"
        if name.casefold() not in taken:
            taken.add(name.casefold())
            yield name


def email(name: str) -> str:
    """An address at a reserved domain that cannot exist."""
    plain = "".join(letter for letter in name.casefold() if letter.isascii() and letter.isalnum())
    return f"office@{plain or 'shop'}.example"


def phone(chance: random.Random) -> str:
    """A number from the range reserved for fiction."""
    return f"({chance.randrange(201, 990)}) 555-01{chance.randrange(100):02d}"


def address(chance: random.Random, name: str) -> dict[str, str | None]:
    """A postal address."""
    city, state, code = chance.choice(CITIES)
    street = f"{chance.randrange(1, 980)} {chance.choice(STREETS)}"
    lines: dict[str, str | None] = {"line1": name[:41], "line2": street, "line3": None, "line4": None, "line5": None}
    return {**lines, "city": city, "state": state, "postalCode": code, "country": "United States", "note": None}
