"""`sca places`: what a name means here, what else bears it, and what is spelled alike."""

from functools import cache

import pytest

from tests.running import Result, sca
from tests.test_check import a_rule

pytestmark = pytest.mark.usefixtures("first_rule")

KARAGANDA = (
    "Karaganda, Karaganda Region, Kazakhstan "
    "(city; 497,777 people; 49.80187,73.10211; Asia/Almaty; geonames:609655)"
)


@cache
def places(*arguments: str) -> Result:
    return sca("places", *arguments)


def told(*arguments: str) -> dict:
    """The document, of a command line that found one place."""
    result = places(*arguments, "--json")
    assert (result.code, result.err) == (0, "")
    return result.document


def ids(bearers: list[dict]) -> list[str]:
    return [place["id"] for place in bearers]


# -------------------------------------------------------------------------------------- one place


@pytest.mark.parametrize("query", ["Karaganda", "Karagandy", "Қарағанды", "Караганда", "KARAGANDA"])
def test_one_place_is_told_in_a_line(query):
    assert places(query) == Result(0, f"{query} is {KARAGANDA}\n", "")


@pytest.mark.parametrize(
    ("query", "line"),
    [
        (
            "iata:KGF",
            "iata:KGF is Karaganda, Karaganda Region, Kazakhstan (city; 497,777 people; "
            "49.80187,73.10211; Asia/Almaty; KGF, Sary-Arka International Airport; "
            "geonames:609655)",
        ),
        ("geonames:609655", f"geonames:609655 is {KARAGANDA}"),
        (
            " Karaganda Region ",
            "Karaganda Region is Karaganda Region, Kazakhstan "
            "(region; 869,349 people; Asia/Almaty; iso:KZ-35)",
        ),
        ("iso:MC", "iso:MC is Monaco (country; 38,682 people; Europe/Monaco; iso:MC)"),
        (
            "iso:UZ",
            "iso:UZ is Uzbekistan "
            "(country; 32,955,400 people; Asia/Tashkent, Asia/Samarkand; iso:UZ)",
        ),
        (
            "51.13,71.43",
            "51.13,71.43 is 51.13,71.43, City of Astana, Kazakhstan (point; 51.13,71.43; "
            "Asia/Almaty; 6 km from Astana, City of Astana, Kazakhstan; geo:51.13,71.43)",
        ),
        (
            "-33.87,151.21",
            "-33.87,151.21 is -33.87,151.21, New South Wales, Australia (point; -33.87,151.21; "
            "Australia/Sydney; 0 km from Sydney, New South Wales, Australia; geo:-33.87,151.21)",
        ),
        (
            "0,-30",
            "0,-30 is 0,-30 (point; 0.0,-30.0; 838 km from Touros, Rio Grande do Norte State, "
            "Brazil; geo:0,-30)",
        ),
    ],
)
def test_each_kind_of_place_is_told_by_what_is_known_of_it(query, line):
    assert places(query) == Result(0, f"{line}\n", "")


def test_the_document_of_one_place():
    document = told("Караганда")

    assert document.pop("sca")
    assert document.pop("tzdata")
    assert document == {
        "version": 1,
        "kind": "places",
        "exit": 0,
        "asked": "Караганда",
        "place": {
            "text": "Karaganda",
            "name": "Karaganda",
            "kind": "city",
            "region": "Karaganda Region",
            "country": "Kazakhstan",
            "id": "geonames:609655",
            "timezone": "Asia/Almaty",
            "timezones": ["Asia/Almaty"],
            "latitude": 49.80187,
            "longitude": 73.10211,
            "population": 497777,
            "via": None,
        },
        "bearers": [],
        "near": [],
    }


def test_a_place_with_several_clocks_has_them_all_and_no_one_clock():
    place = told("iso:UZ")["place"]

    assert (place["timezone"], place["timezones"]) == (None, ["Asia/Tashkent", "Asia/Samarkand"])
    assert told("0,-30")["place"]["timezones"] == []


# --------------------------------------------------------------------------- what else bears a name


def test_what_else_bears_the_name_is_told_with_a_text_that_means_it():
    assert places("Paris").out.splitlines()[1:] == [
        "also borne by:",
        "  Department of Paris  Department of Paris, Île-de-France, France (region; "
        "2,138,551 people; Europe/Paris; iso:FR-75C)",
        "  Parys, ZA            Parys, Free State, South Africa (city; 71,319 people; "
        "-26.9033,27.45727; Africa/Johannesburg; geonames:966166)",
        "  Paris, US            Paris, Texas, United States (city; 24,782 people; "
        "33.66094,-95.55551; America/Chicago; geonames:4717560)",
    ]


def test_the_place_that_is_meant_is_not_among_the_others():
    document = told("London", "--near")

    assert document["place"]["id"] == "geonames:2643743"
    assert document["bearers"]
    assert "geonames:2643743" not in ids(document["bearers"] + document["near"])


def test_bearers_go_from_the_largest_on():
    people = [place["population"] for place in told("Victoria, SC")["bearers"]]
    more = [place["population"] for place in told("Cambridge, GB")["bearers"]]

    assert people == sorted(people, reverse=True)
    assert more == sorted(more, reverse=True)


QUERIES = ["Paris", "London", "Saint Petersburg", "Samarqand", "Alexandria", "Rome", "Naples"]


@pytest.mark.parametrize("query", QUERIES)
def test_every_text_that_is_told_means_the_place_it_is_told_of(query):
    document = told(query, "--near")
    every = [document["place"], *document["bearers"], *document["near"]]

    assert document["bearers"] + document["near"]
    for place in every:
        assert told(place["text"])["place"]["id"] == place["id"]
        assert told(place["id"])["place"]["id"] == place["id"]


# --------------------------------------------------------------------------------------- near names


def test_near_names_are_told_where_somebody_asks_for_them():
    plain, near = told("Samarqand"), told("Samarqand", "--near")

    assert plain["near"] == []
    assert near["place"] == plain["place"]
    assert "Semarang" in [place["name"] for place in near["near"]]
    lines = places("Samarqand", "--near").out.splitlines()
    alike = lines[lines.index("spelled alike:") + 1 :]
    assert [line.split("  ")[1] for line in alike] == [p["text"] for p in near["near"]]


def test_the_texts_stand_in_one_column():
    heading, *others = places("Paris", "--near").out.splitlines()[1:]
    columns = [line.index(", ") for line in others if not line.endswith(":")]

    assert heading == "also borne by:"
    near = others[others.index("spelled alike:") + 1 :]
    starts = {line.rindex("  ", 0, line.index(" (")) for line in near}
    assert len(columns) > len(near) > 1
    assert len(starts) == 1


@pytest.mark.parametrize("query", ["51.13,71.43", "iata:ALA"])
def test_what_is_no_name_has_no_bearers_and_none_alike(query):
    assert places(query, "--near").out.count("\n") == 1


# ------------------------------------------------------------------------------------- one country


@pytest.mark.parametrize(
    ("query", "country", "id"),
    [
        ("London", "CA", "geonames:6058560"),
        ("London", "GB", "geonames:2643743"),
        ("London", "ca", "geonames:6058560"),
        ("Georgia", "US", "iso:US-GA"),
        ("Springfield, Missouri", "US", "geonames:4409896"),
        (" Paris ", "FR", "geonames:2988507"),
    ],
)
def test_a_country_may_be_named_beside_the_place(query, country, id):
    document = told(query, "--in", country)

    assert (document["place"]["id"], document["asked"]) == (id, f"{query.strip()}, {country}")


def test_what_bears_the_name_in_another_country_is_left_out():
    assert {place["country"] for place in told("Paris", "--in", "FR")["bearers"]} <= {"France"}
    assert told("Paris", "--in", "US")["bearers"] == []


def test_a_country_without_such_a_place_offers_those_elsewhere():
    result = places("London", "--in", "KZ", "--json")

    assert (result.code, result.document["error"]["code"]) == (3, "unknown-place")
    assert "London" in [c["text"] for c in result.document["error"]["candidates"]]


# ------------------------------------------------------------------------------------- no one place


@pytest.mark.parametrize("arguments", [(), ("--in", "US")], ids=["anywhere", "in a country"])
def test_a_name_that_several_places_bear_is_refused_with_all_of_them(arguments):
    refused = places("Springfield", *arguments)

    assert (refused.code, refused.out) == (3, "")
    first, *candidates = refused.err.splitlines()
    asked = ", ".join(["Springfield", *arguments[1:]])
    assert first.startswith(f"sca: '{asked}' names 9 places; say which: 'Springfield, ")
    assert candidates[0] == (
        "  Springfield, Missouri, US       Springfield, Missouri, United States, 170,188 people, "
        "geonames:4409896"
    )
    assert len(candidates) == 8


def test_every_candidate_of_a_refusal_means_one_place():
    refused = places("Springfield", "--json")

    assert (refused.code, refused.err) == (3, "")
    assert (refused.document["kind"], refused.document["exit"]) == ("error", 3)
    assert refused.document["error"]["code"] == "ambiguous-place"
    candidates = refused.document["error"]["candidates"]
    assert len(candidates) == 8
    for candidate in candidates:
        assert candidate["meaning"].endswith(told(candidate["text"])["place"]["id"])


def test_a_name_that_nothing_bears_is_refused_with_near_ones():
    refused = places("Almatty")

    assert (refused.code, refused.out) == (3, "")
    assert refused.err.startswith("sca: no place called 'Almatty' is known; did you mean Almaty")
    assert places("Almatty", "--json").document["error"]["candidates"][0]["text"] == "Almaty"


@pytest.mark.parametrize("query", ["", " ", "Xyzzyx", "91,0", "iata:QQQ", "KZ", "geonames:1"])
def test_what_means_nothing_is_no_answer(query):
    refused = places(query, "--near", "--json")

    assert (refused.code, refused.err) == (3, "")
    assert refused.document["error"]["code"] == "unknown-place"


def test_wrong_use_is_told_as_everywhere():
    for wrong in ((), ("--near",), ("Almaty", "--jsn"), ("Almaty", "Astana"), ("-5",), ("--in",)):
        assert places(*wrong).code == 2


# ----------------------------------------------------------------------------------- somebody's own

OWN = """\
[[places]]
id = "our-office"
name = "Almaty office"
within = "geonames:1526384"
latitude = 43.24
longitude = 76.95
"""


def test_own_places_are_told_too(tmp_path):
    a_rule(tmp_path)
    (tmp_path / "places.toml").write_text(OWN, encoding="utf-8")
    rules = ("--rules", str(tmp_path))

    result = sca("places", "almaty office", *rules)

    assert (result.code, result.out) == (
        0,
        "almaty office is Almaty office, City of Almaty, Kazakhstan "
        "(site; 43.24,76.95; Asia/Almaty; our-office)\n",
    )
    assert places("Almaty office").code == 3
    assert sca("places", "our-office", *rules).code == 0


def test_own_places_in_the_configuration_folder_are_known_without_being_named(
    tmp_path, monkeypatch, library
):
    (tmp_path / "sca").mkdir()
    (tmp_path / "sca" / "places.toml").write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    assert sca("places", "Almaty office").code == 0
    assert sca("check", "Almaty office", "2024-07-03T14:00", "-q").code == 1
