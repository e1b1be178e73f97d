"""`sca check`: what the first rule answers, every option, and what is refused."""

import os
import time
from pathlib import Path

import pytest

from sca.cli.surroundings import ENVIRONMENT
from sca.ruleset import shipped
from tests.running import Result, sca

pytestmark = pytest.mark.usefixtures("first_rule")

ALMATY = ("Almaty", "2024-07-03T14:00")

DONE_WHEN = [
    (("Almaty", "2024-07-03T14:00"), 1),
    (("Almaty", "2024-07-02T00:00"), 0),
    (("Almaty", "2024-07-02T00:00:59"), 0),
    (("Almaty", "2024-07-05T00:00"), 0),
    (("Almaty", "2024-07-04T24:00"), 0),
    (("Almaty", "2024-07-02T00:01"), 1),
    (("Almaty", "2024-07-04T23:59"), 1),
    (("Almaty", "2024-07-04T23:59:59"), 1),
    (("Almaty", "2024-07-02"), 1),
    (("Almaty", "2024-07-01/2024-07-03"), 1),
    (("Almaty", "2024-07-01T19:00:59Z"), 0),
    (("Almaty", "2024-07-02T00:30+06:00"), 0),
    (("Almaty", "2024-07-01T19:01Z"), 1),
    (("Almaty", "2024-07-04T20:30+02:00"), 1),
    (("Алматы", "2024-07-03"), 1),
    (("ALMA ATA", "2024-07-03"), 1),
    (("Қарағанды", "2024-07-03"), 1),
    (("Нұр-Сұлтан", "2024-07-03"), 1),
    (("Kökşetau", "2024-07-03"), 1),
    (("Shymkent", "2024-07-03"), 0),
    (("Almaty", "2024-07-03T14:00", "--at-least", "orange"), 0),
    (("Almaty", "2024-07-03T14:00", "--at-least", "Minor"), 1),
    (("Almaty", "2024-07-03T14:00", "--setting", "airport"), 1),
    (("Almatty", "2024-07-03"), 3),
    (("", "2024-07-03"), 3),
    (("Almaty", ""), 2),
    (("Almaty", "3"), 2),
    (("Almaty", "03/07/2024"), 2),
    (("Almaty", "2024-02-30"), 2),
    (("Almaty", "2024-07-03 14:00 UTC+5"), 2),
    (("Almaty", "2024-07-03T25:00"), 2),
    (("Almaty", "2024-07-04/2024-07-02"), 2),
    (("Almaty", "1400"), 2),
    (("Almaty", "2024-02-29T23:30"), 0),
    (("Karaganda", "2024-07-03T14:00"), 1),
    (("Karagandy", "2024-07-03T14:00"), 1),
    (("Қарағанды", "2024-07-03T14:00"), 1),
    (("Караганда", "2024-07-03T14:00"), 1),
    (("iata:KGF", "2024-07-03T14:00"), 1),
    (("geonames:609655", "2024-07-03T14:00"), 1),
    (("Almaty Region", "2024-07-03T14:00"), 0),
    (("Karaganda Region", "2024-07-03T14:00"), 1),
    (("Kazakhstan", "2024-07-03T14:00"), 1),
    (("Springfield", "now"), 3),
    (("Kathmandu", "2024-07-03T14:00"), 0),
    (("Apia", "2011-12-30T12:00"), 2),
    (("51.13,71.43", "2024-07-03T14:00"), 1),
    (("geo:51.13,71.43", "2024-07-03T14:00"), 1),
    (("-33.87,151.21", "2024-07-03T14:00"), 0),
    (("40,-11", "2024-07-03T14:00"), 2),
    (("40,-11", "2024-07-03T14:00", "--zone", "Etc/GMT+2"), 0),
]
"""Arguments of `sca check`, and the exit code that the issues ask of each."""

RED = """\
id = "{id}"
title.en = "Red in {place}"
title.ru = "Красный: {place}"
issuer = "The authority"
scheme = "kz-terror-threat"
timezone = "Asia/Almaty"
sources = ["https://example.org/notice"]

[[bulletins]]
issued = "2024-07-01"
level = "{level}"
places = ["{place}"]
onset = "2024-07-03"
expires = "{expires}"
"""


def a_rule(
    folder: Path,
    id: str = "own",
    place: str = "Shymkent",
    level: str = "red",
    expires: str = "2024-07-03",
    more: str = "",
) -> str:
    """A file with an advisory on 3 July 2024, red in Shymkent if nothing else is said."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{id}.toml"
    told = RED.format(id=id, place=place, level=level, expires=expires)
    path.write_text(told + more, encoding="utf-8")
    return str(path)


WATCH = """\
[[watches]]
scheme = "kz-terror-threat"
places = ["Kazakhstan"]
from = "2024-01-01"
until = "2024-08-31"
max_age = "P30D"
"""


def a_watched_rule(folder: Path, **changes: str) -> str:
    """A folder with that rule, and a watch for its scheme in Kazakhstan, reviewed in August."""
    a_rule(folder, **changes)
    (folder / "watches.toml").write_text(WATCH, encoding="utf-8")
    return str(folder)


def check(*arguments: str) -> Result:
    return sca("check", *arguments)


@pytest.mark.parametrize(("arguments", "code"), DONE_WHEN, ids=lambda value: str(value))
def test_the_first_rule_answers_as_the_issue_asks(arguments, code):
    told = check(*arguments, "--json")

    assert (told.code, told.err) == (code, "")
    assert told.document["exit"] == code
    assert told.document["kind"] == ("verdict" if code < 2 else "error")


def test_almaty_on_3_july_2024_is_yellow_with_three_measures():
    told = check(*ALMATY, "--json").document

    assert told["level"]["id"] == "yellow"
    assert [measure["id"] for measure in told["advisories"][0]["measures"]] == [
        "movement",
        "patrols",
        "inspection",
    ]
    assert check(*ALMATY, "--short").out.endswith("; 3 measures\n")


def test_an_hour_that_came_twice_is_answered_for_both_and_says_so():
    told = check("Almaty", "2024-02-29T23:30")

    assert "showed that time twice, and this answers for both" in told.out
    when = check("Almaty", "2024-02-29T23:30", "--json").document["when"]
    assert when["twice"] is True
    # Both readings and the hour between them: 30 minutes past, at +06 and then at +05.
    assert (when["start"], when["end"]) == ("2024-02-29T17:30:00Z", "2024-02-29T18:31:00Z")


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("Алматы", "Almaty, City of Almaty, Kazakhstan (geonames:1526384, Asia/Almaty)"),
        ("alma-ata", "Almaty, City of Almaty, Kazakhstan (geonames:1526384, Asia/Almaty)"),
        ("geonames:1526384", "Almaty, City of Almaty, Kazakhstan (geonames:1526384, Asia/Almaty)"),
        ("Нұр-Сұлтан", "Astana, City of Astana, Kazakhstan (geonames:1526273, Asia/Almaty)"),
        ("Қарағанды", "Karaganda, Karaganda Region, Kazakhstan (geonames:609655, Asia/Almaty)"),
        ("City of Almaty", "City of Almaty, Kazakhstan (iso:KZ-75, Asia/Almaty)"),
    ],
)
def test_the_answer_names_the_place_it_took(name, taken):
    assert check(name, "2024-07-03").out.splitlines()[0] == taken


def test_a_code_without_its_prefix_is_no_place():
    told = check("KZ", "2024-07-03")

    assert (told.code, told.out) == (3, "")
    assert check("iso:KZ", "2024-07-03", "-q").code == 1


def test_a_near_name_is_offered_and_never_taken():
    told = check("Almatty", "2024-07-03", "--json")

    assert told.document["error"]["code"] == "unknown-place"
    assert told.document["error"]["candidates"][0] == {
        "text": "Almaty",
        "meaning": "Almaty, City of Almaty, Kazakhstan, 1,977,011 people, geonames:1526384",
    }
    assert "did you mean Almaty" in check("Almatty", "2024-07-03").err


def test_every_candidate_can_be_typed_back():
    offered = check("Almatty", "2024-07-03", "--json").document["error"]["candidates"]

    assert offered
    for candidate in offered:
        assert check(candidate["text"], "2024-07-03", "-q").code in {0, 1}


KARAGANDA = ["Karaganda", "Karagandy", "Қарағанды", "Караганда", "iata:KGF", "geonames:609655"]


def test_every_name_and_code_of_a_city_gets_one_answer():
    told = [check(name, "2024-07-03T14:00", "--json").document for name in KARAGANDA]

    assert [document["place"].pop("asked") for document in told] == KARAGANDA
    assert [document["place"].pop("via") for document in told] == [
        *(None,) * 4,
        "KGF, Sary-Arka International Airport",
        None,
    ]
    assert told == [told[0]] * len(KARAGANDA)
    assert (told[0]["place"]["id"], told[0]["level"]["id"]) == ("geonames:609655", "yellow")


def test_a_code_says_how_it_came_to_its_place():
    first = check("iata:KGF", "2024-07-03").out.splitlines()[0]

    assert first == (
        "Karaganda, Karaganda Region, Kazakhstan "
        "(geonames:609655, Asia/Almaty; KGF, Sary-Arka International Airport)"
    )


@pytest.mark.parametrize(
    ("place", "code", "parts"),
    [
        ("Almaty Region", 0, []),
        ("Karaganda Region", 1, ["Karaganda"]),
        ("City of Almaty", 1, ["Almaty"]),
        ("Kazakhstan", 1, ["Kokshetau", "Astana", "Almaty", "Karaganda"]),
    ],
)
def test_a_region_is_in_force_in_part_where_a_city_in_it_is(place, code, parts):
    told = check(place, "2024-07-03T14:00", "--json").document

    assert (told["exit"], told["partial"]) == (code, bool(parts))
    assert [part["name"] for part in told["parts"]] == parts
    assert (" in part " in check(place, "2024-07-03T14:00", "--short").out) == bool(parts)


def test_a_country_under_an_advisory_as_a_whole_is_not_in_force_in_part(tmp_path):
    """Each of its regions is asked at every clock it has."""
    own = ("--rules", a_rule(tmp_path, place="Kazakhstan"))

    told = check("Kazakhstan", "2024-07-03T14:00", *own, "--json").document

    assert (told["answer"], told["partial"]) == ("in force", False)
    assert check("Kazakhstan", "2024-07-03T14:00", *own, "--short").out == (
        "Kazakhstan: red until 2024-07-03 23:59 (+05:00); 0 measures\n"
    )


def test_a_name_that_several_places_bear_is_refused_and_every_text_offered_is_one_of_them():
    refused = check("Springfield", "now", "--json")

    assert (refused.code, refused.document["error"]["code"]) == (3, "ambiguous-place")
    offered = refused.document["error"]["candidates"]
    assert len(offered) == 8
    for candidate in offered:
        told = check(candidate["text"], "2024-07-03", "--json").document
        assert (told["exit"], told["place"]["asked"]) == (0, candidate["text"])
        assert candidate["meaning"].endswith(f", {told['place']['id']}")


def test_the_refusal_lists_what_the_name_may_mean_and_quiet_says_why_too():
    for options in ((), ("-q",), ("--short",)):
        told = check("Springfield", "2024-07-03", *options)

        assert (told.code, told.out) == (3, "")
        first, *listed = told.err.splitlines()
        assert first.startswith("sca: 'Springfield' names 9 places; say which: ")
        assert "  Springfield, Ohio, US " in "\n".join(listed)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("Kathmandu", "2024-07-03 14:00 (+05:45) = 2024-07-03 08:15 UTC"),
        ("Karaganda", "2024-07-03 14:00 (+05:00) = 2024-07-03 09:00 UTC"),
        ("-33.87,151.21", "2024-07-03 14:00 (+10:00) = 2024-07-03 04:00 UTC"),
        ("St. John's, CA", "2024-07-03 14:00 (-02:30) = 2024-07-03 16:30 UTC"),
    ],
)
def test_a_time_is_read_on_the_clock_of_the_place_wherever_it_is(place, told):
    assert check(place, "2024-07-03T14:00").out.splitlines()[1] == told


def test_a_day_that_never_came_is_refused():
    told = check("Apia", "2011-12-30T12:00")

    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "sca: '2011-12-30T12:00' never came in Pacific/Apia: clocks there went from "
        "2011-12-30 00:00 to 2011-12-31 00:00; ask for a time before or after\n"
    )


# ------------------------------------------------------------------------------------- coordinates

ASTANA = (
    "51.13,71.43, City of Astana, Kazakhstan "
    "(geo:51.13,71.43, Asia/Almaty; 6 km from Astana, City of Astana, Kazakhstan)"
)


@pytest.mark.parametrize(
    "point", ["51.13,71.43", "geo:51.13,71.43", "51.13, 71.43", "+51.13,71.43"]
)
def test_a_coordinate_is_a_place(point):
    told = check(point, "2024-07-03T14:00")

    assert (told.code, told.out.splitlines()[0]) == (1, ASTANA)
    short = check(point, "2024-07-03T14:00", "--short").out
    assert short == (
        "51.13,71.43, Kazakhstan: yellow until 2024-07-04 23:59 (+05:00); 3 measures\n"
    )


SYDNEY = "-33.87,151.21, New South Wales, Australia (geo:-33.87,151.21, Australia/Sydney; "


@pytest.mark.parametrize(
    "line",
    [
        ("check", "-33.87,151.21", "2024-07-03"),
        ("check", "--", "-33.87,151.21", "2024-07-03"),
        ("check", "--at-least", "Minor", "-33.87,151.21", "2024-07-03"),
        ("check", "-33.87, 151.21", "2024-07-03"),
    ],
)
def test_a_coordinate_may_begin_with_a_minus(line):
    told = sca(*line)

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(SYDNEY)
    document = sca("check", "--json", *line[1:]).document
    assert document["place"]["asked"] == next(word for word in line if "151" in word)


def test_a_coordinate_with_a_minus_is_read_by_list_as_well():
    assert sca("list", "-33.87,151.21", "--json").document["rows"] == []
    assert sca("list", "51.13,71.43", "--json").document["rows"] != []


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--jsn", "no such option: --jsn; did you mean --json, --now?"),
        ("-5", "no such option: -5"),
        ("-5.5", "no such option: -5"),
        ("-33.87,", "no such option: -3"),
        ("-33.87,151.21x", "no such option: -3"),
        ("-1337,151.21", "no such option: -1"),
    ],
)
def test_an_option_that_is_mistyped_is_still_told_as_one(option, said):
    for line in ((*ALMATY, option), (option,), (option, "2024-07-03")):
        told = check(*line)

        assert (told.code, told.out) == (2, "")
        assert told.err.splitlines() == [f"sca: {said}", "sca check --help tells more"]


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ("91,0", "unknown-place"),
        ("0,181", "unknown-place"),
        ("-90.5,0", "unknown-place"),
        ("151.21,-33.87", "unknown-place"),
        ("-133.87,151.21", "unknown-place"),
    ],
)
def test_a_coordinate_that_is_not_on_the_globe_is_no_place(point, code):
    told = check(point, "2024-07-03", "--json")

    assert (told.code, told.document["error"]["code"]) == (3, code)


@pytest.mark.parametrize(
    ("options", "start", "told"),
    [
        ((), "2024-07-03T09:00:00Z", "2024-07-03 14:00 (+05:00) = 2024-07-03 09:00 UTC"),
        (
            ("--zone", "Europe/London"),
            "2024-07-03T13:00:00Z",
            "2024-07-03 14:00 (+01:00) = 2024-07-03 13:00 UTC",
        ),
    ],
)
def test_the_clock_of_a_coordinate_may_be_named(options, start, told):
    when = check("51.13,71.43", "2024-07-03T14:00", *options, "--json").document["when"]

    assert when["start"] == start
    assert when["timezone"] == (options[1] if options else "Asia/Almaty")
    assert check("51.13,71.43", "2024-07-03T14:00", *options).out.splitlines()[1] == told


def test_a_named_clock_decides_at_the_bounds_of_an_advisory():
    bound = ("51.13,71.43", "2024-07-05T00:00")

    assert check(*bound, "-q").code == 0
    assert check(*bound, "--zone", "Asia/Tokyo", "-q").code == 1


@pytest.mark.parametrize("place", ["Almaty", "iata:ALA", "Kazakhstan", "Almaty Region"])
def test_a_place_with_a_clock_of_its_own_is_given_no_other(place):
    told = check(place, "2024-07-03", "--zone", "Asia/Almaty")

    assert (told.code, told.out) == (2, "")
    assert told.err.endswith(" has a clock of its own; --zone is for coordinates\n")


@pytest.mark.parametrize("place", ["51.13,71.43", "40,-11", "Almaty", "Almatty"])
@pytest.mark.parametrize("zone", ["Asia/Alamty", "", "EST5", "+05:00", "../Asia/Almaty"])
def test_a_zone_that_there_is_not_is_wrong_use_whatever_the_place(place, zone):
    told = check(place, "2024-07-03T14:00Z", "--zone", zone, "--json")

    assert (told.code, told.document["error"]["code"]) == (2, "usage")
    assert told.document["error"]["message"].startswith(f"no such time zone: {zone!r}")


@pytest.mark.parametrize("when", ["2024-07-03T14:00", "2024-07-03/P3D"])
def test_far_from_any_city_a_local_time_needs_a_clock(when):
    told = check("40,-11", when)

    assert (told.code, told.out) == (2, "")
    assert told.err == (
        f"sca: '{when}' is read on a local clock, and 40,-11 is far from any city; "
        "name its clock by --zone, or give the time with Z or an offset\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("2024-07-03T14:00Z",), "2024-07-03 14:00 UTC"),
        (("2024-07-03T14:00-02:00",), "2024-07-03 16:00 UTC"),
        (("--now", "2024-07-03T14:00Z"), "2024-07-03 14:00 UTC"),
        (
            ("2024-07-03T14:00", "--zone", "Etc/GMT+2"),
            "2024-07-03 14:00 (-02:00) = 2024-07-03 16:00 UTC",
        ),
    ],
)
def test_far_from_any_city_the_answer_says_what_time_and_where_it_took(arguments, told):
    first, second, *_ = check("40,-11", *arguments).out.splitlines()

    zone = ", Etc/GMT+2" if "--zone" in arguments else ""
    assert first == f"40,-11 (geo:40,-11{zone}; 156 km from Peniche, Leiria District, Portugal)"
    assert second == told


# --------------------------------------------------------------------------- where nobody can tell

NEAR_A_BORDER = ("43.6,76.95", "2024-07-03T14:00")
"""21 km from a town of Almaty Region; from the city of Almaty, no region of it, not twice that."""

IN_DOUBT = [
    pytest.param(NEAR_A_BORDER, "Almaty Region", id="the region of its nearest city"),
    pytest.param(NEAR_A_BORDER, "City of Almaty", id="a region that is nearly as near"),
    pytest.param(("40,-11", "2024-07-03T14:00Z"), "Portugal", id="at sea"),
    pytest.param(("40,-11", "2024-07-03T14:00Z"), "Porto District", id="at sea, by a region"),
    pytest.param(("Baikonur", "2024-07-03T14:00"), "Kyzylorda Region", id="a city without region"),
]


@pytest.mark.parametrize(("arguments", "place"), IN_DOUBT)
def test_where_nobody_can_tell_there_is_no_answer(arguments, place, tmp_path):
    own = ("--rules", a_rule(tmp_path, place=place))

    told = check(*arguments, *own, "--json")

    assert (told.code, told.err) == (3, "")
    document = told.document
    assert (document["exit"], document["answer"], document["level"]) == (3, "cannot tell", None)
    assert (document["partial"], document["parts"], document["covered"]) == (False, [], [])
    (doubt,) = document["doubts"]
    assert (doubt["advisory"], doubt["level"]["id"]) == ("own", "red")
    assert doubt["title"].startswith("Red in ")
    assert document["next_change"] == "2024-07-03T19:00:00Z"


@pytest.mark.parametrize(("arguments", "place"), [IN_DOUBT[0], IN_DOUBT[-1]])
def test_no_option_hides_that_nobody_can_tell(arguments, place, tmp_path):
    own = ("--rules", a_rule(tmp_path, place=place))

    for options in ((), ("--short",), ("-q",), ("-q", "--json"), ("--exit-zero",)):
        assert check(*arguments, *own, *options).code == 3
    assert check(*arguments, *own, "--exit-zero", "--json").document["exit"] == 3
    assert check(*arguments, *own, "-q") == Result(3, "", "")


def test_in_text_it_is_said_which_region_is_in_doubt_and_what_to_do(tmp_path):
    told = check(*NEAR_A_BORDER, "--rules", a_rule(tmp_path, place="City of Almaty"))

    first, _, _, answer, *_ = told.out.splitlines()
    assert first == (
        "43.6,76.95, Almaty Region, Kazakhstan (geo:43.6,76.95, Asia/Almaty; "
        "21 km from Otegen Batyra, Almaty Region, Kazakhstan)"
    )
    assert answer == (
        "CANNOT TELL whether 43.6,76.95 lies in City of Almaty, where red is in force; "
        "ask about a city, or take it as in force"
    )
    assert told.out.endswith("\n1 advisory considered\nnext change: 2024-07-04 00:00 (+05:00)\n")


def test_in_short_it_is_said_too(tmp_path):
    own = ("--rules", a_rule(tmp_path, place="City of Almaty"), "--short")

    assert check(*NEAR_A_BORDER, *own).out == (
        "43.6,76.95, Kazakhstan: cannot tell until 2024-07-04 00:00 (+05:00); "
        "1 advisory considered\n"
    )


@pytest.mark.parametrize(
    ("places", "options", "code"),
    [
        pytest.param(["Kazakhstan"], (), 1, id="in force in either"),
        pytest.param(["Almaty Region", "City of Almaty"], (), 1, id="in both"),
        pytest.param(["Almaty"], (), 0, id="in a city that does not reach so far"),
        pytest.param(["Karaganda Region"], (), 0, id="in a region far away"),
        pytest.param(["Almaty Region"], ("--at-least", "kz-terror-threat:red"), 3, id="doubt"),
    ],
)
def test_what_is_the_same_on_either_side_of_a_border_is_an_answer(places, options, code, tmp_path):
    for number, place in enumerate(places):
        a_rule(tmp_path, id=f"rule-{number}", place=place)

    assert check(*NEAR_A_BORDER, "--rules", str(tmp_path), *options, "-q").code == code


@pytest.mark.parametrize("levels", [("yellow", "red"), ("red", "yellow")])
def test_at_a_border_between_two_levels_the_graver_one_is_told(levels, tmp_path):
    for level, place in zip(levels, ("Almaty Region", "City of Almaty"), strict=True):
        a_rule(tmp_path, id=level, place=place, level=level)
    own = ("--rules", str(tmp_path))

    told = check(*NEAR_A_BORDER, *own)

    assert (told.code, told.err) == (1, "")
    assert told.out.splitlines()[3].startswith("RED in force: critical, CAP severity Extreme")
    document = check(*NEAR_A_BORDER, *own, "--json").document
    assert document["advisories"][0]["level"] == document["level"]
    assert check(*NEAR_A_BORDER, *own, "--short").out.startswith("43.6,76.95, Kazakhstan: red ")


def test_a_rule_below_the_threshold_leaves_no_doubt(tmp_path):
    own = ("--rules", a_rule(tmp_path, place="City of Almaty", level="orange"))

    assert check(*NEAR_A_BORDER, *own, "--at-least", "orange", "-q").code == 3
    assert check(*NEAR_A_BORDER, *own, "--at-least", "red", "-q").code == 0


# -------------------------------------------------------------------------- silence is not clear


@pytest.fixture
def watched(tmp_path: Path) -> tuple[str, str]:
    return "--rules", a_watched_rule(tmp_path)


NOW = ("--now", "2024-09-10T00:00Z")
MUCH_LATER = ("--now", "2024-12-10T00:00Z")


@pytest.mark.parametrize(
    ("asked", "code", "answer"),
    [
        pytest.param(("Tokyo", "2024-07-02"), 3, "unwatched", id="a place nobody watches"),
        pytest.param(("Almaty", "2023-12-31"), 3, "unwatched", id="before the watch began"),
        pytest.param(("Almaty", "2023-12-31/2024-01-02"), 3, "unwatched", id="in part before it"),
        pytest.param(("Almaty", "2024-07-02"), 0, "clear", id="watched"),
        pytest.param(("Almaty", "2024-09-09"), 0, "clear", id="past a review of late"),
        pytest.param(("Almaty", "2025-01-01"), 0, "clear", id="to come, past a review of late"),
        pytest.param(("Almaty", "2023-12-31", "--unwatched", "clear"), 0, "clear", id="trusted"),
        pytest.param(("Shymkent", "2024-07-03"), 1, "in force", id="in force"),
        pytest.param(("Shymkent", "2023-12-31/2024-07-03"), 1, "in force", id="in force in part"),
    ],
)
def test_clear_is_said_only_where_somebody_watches(asked, code, answer, watched):
    told = check(*asked, *watched, *NOW, "--json")

    assert (told.code, told.document["exit"], told.document["answer"]) == (code, code, answer)
    assert told.err == ""


@pytest.mark.parametrize("options", [(), ("--short",), ("-q",), ("--exit-zero",)])
def test_no_form_and_no_option_hides_that_nobody_watches(options, watched):
    told = check("Tokyo", "2024-07-02", *watched, *NOW, *options)

    assert (told.code, told.err) == (3, "")
    assert bool(told.out) == (options != ("-q",))


def test_what_is_in_force_is_so_watched_or_not(tmp_path):
    rules = ("--rules", a_watched_rule(tmp_path, place="Tokyo"))

    assert check("Tokyo", "2024-07-03", *rules, *NOW, "-q").code == 1
    assert check("Tokyo", "2024-07-05", *rules, *NOW, "-q").code == 3


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param((), 3, id="too old a review"),
        pytest.param(("--max-age", "90d"), 3, id="still too old"),
        pytest.param(("--max-age", "120d"), 0, id="old enough"),
        pytest.param(("--max-age", "P120D"), 0, id="in another form"),
        pytest.param(("--unwatched", "clear"), 3, id="what is stale is not unwatched"),
    ],
)
def test_a_review_of_long_ago_vouches_for_nothing_past_it(options, code, watched):
    told = check("Almaty", "2024-12-05", *watched, *MUCH_LATER, *options, "--json").document

    assert (told["exit"], told["answer"]) == (code, "stale" if code else "clear")
    assert check("Almaty", "2024-08-31", *watched, *MUCH_LATER, *options, "-q").code == 0


def test_a_review_that_is_yet_to_come_vouches_for_nothing_past_now(watched):
    now = ("--now", "2024-08-01T00:00Z")

    told = check("Almaty", *watched, *now)

    assert (told.code, check("Almaty", "2024-07-31", *watched, *now, "-q").code) == (3, 0)
    assert ", as the review of 2024-08-31 is yet to come by the clock here; " in told.out


def test_a_scheme_that_somebody_ever_had_there_must_be_watched_too(tmp_path):
    rules = ("--rules", a_watched_rule(tmp_path))
    other = Path(a_rule(tmp_path, id="other", place="Kazakhstan", level="emergency"))
    text = other.read_text(encoding="utf-8").replace("kz-terror-threat", "kz-state-of-emergency")
    other.write_text(text, encoding="utf-8")
    asked = ("Almaty", "2024-07-02", *rules, *NOW)

    told = check(*asked, "--json").document

    assert (told["answer"], told["watched"]["holes"][0]["scheme"]) == (
        "unwatched",
        "kz-state-of-emergency",
    )
    assert check(*asked, "--scheme", "kz-terror-threat", "-q").code == 0
    assert check(*asked, "--scheme", "kz-state-of-emergency", "-q").code == 3
    both = ("--scheme", "kz-state-of-emergency", "--scheme", "kz-terror-threat")
    assert check(*asked, *both, "-q").code == 3


def test_a_scheme_that_there_is_not_is_wrong_use():
    told = check(*ALMATY, "--scheme", "kz-terror-treat")

    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(
        "sca: no such scheme: 'kz-terror-treat'; did you mean kz-terror-threat"
    )


def test_the_variable_takes_silence_for_clear_as_the_option_does(watched, monkeypatch):
    monkeypatch.setenv("SCA_UNWATCHED", "clear")

    assert check("Tokyo", "2024-07-02", *watched, *NOW, "-q").code == 0


@pytest.mark.parametrize("word", ["yes", "CLEAR", "1"])
def test_nothing_but_the_word_takes_silence_for_clear(word, watched, monkeypatch):
    asked = ("Tokyo", "2024-07-02", *watched, *NOW)

    by_option = check(*asked, "--unwatched", word)
    monkeypatch.setenv("SCA_UNWATCHED", word)
    by_variable = check(*asked)

    for told, name in ((by_option, "--unwatched"), (by_variable, "SCA_UNWATCHED")):
        assert (told.code, told.out) == (2, "")
        assert told.err == f"sca: {name} is {word!r}; it takes the word clear, or is left out\n"


def test_rules_of_ones_own_are_not_measured_by_the_shipped_watches(tmp_path):
    """A folder without watches answers for its own rules alone."""
    assert check("Tokyo", "2024-07-03", "--rules", a_rule(tmp_path), "-q").code == 0


def test_the_shipped_rules_say_on_whose_word_a_clear_answer_rests(library):
    clear = check("Almaty", "2024-07-02T00:00", "--json").document

    assert clear["answer"] == "clear"
    schemes = {watch["scheme"] for watch in clear["watched"]["watches"]}
    assert schemes == {"kz-terror-threat", "kz-state-of-emergency"}


# ------------------------------------------------------------------ what the answer is limited to


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ("yellow", 1),
        ("kz-terror-threat:yellow", 1),
        ("Unknown", 1),
        ("Minor", 1),
        ("Moderate", 1),
        ("orange", 0),
        ("kz-terror-threat:orange", 0),
        ("red", 0),
        ("Severe", 0),
        ("Extreme", 0),
    ],
)
def test_at_least_takes_levels_of_a_scheme_and_severities(level, code):
    told = check(*ALMATY, "--at-least", level, "--json").document

    assert (told["exit"], told["threshold"]) == (code, level)
    # What does not count is told all the same, and marked.
    assert [advisory["counts"] for advisory in told["advisories"]] == [code == 1]


@pytest.mark.parametrize(
    "level", ["purple", "minor", "YELLOW", "kz-terror-threat:purple", "gb:orange", ""]
)
def test_a_level_that_no_scheme_has_is_wrong_use(level):
    told = check(*ALMATY, "--at-least", level, "--json")

    assert (told.code, told.document["error"]["code"]) == (2, "unknown-level")
    assert repr(level) in told.document["error"]["message"]


def test_a_level_that_is_nearly_one_is_offered():
    told = check(*ALMATY, "--at-least", "yelow")

    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(
        "sca: no scheme has a level 'yelow', and it is no CAP severity; did you mean yellow"
    )


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        pytest.param(("airport",), 1, id="named by a measure"),
        pytest.param(("transport-hub",), 1, id="around one that a measure names"),
        pytest.param(("park",), 1, id="inside one that a measure names"),
        pytest.param(("school",), 0, id="no measure bites there"),
        pytest.param(("school", "home"), 0, id="in neither"),
        pytest.param(("school", "airport"), 1, id="in one of two"),
        pytest.param(("airport", "school"), 1, id="in the other of two"),
    ],
)
def test_settings_count_where_a_measure_bites(settings, code):
    options = [word for name in settings for word in ("--setting", name)]

    assert check(*ALMATY, *options, "-q").code == code


def test_a_setting_that_is_on_no_list_is_wrong_use():
    told = check(*ALMATY, "--setting", "airport", "--setting", "airprt")

    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("sca: no such setting: 'airprt'; did you mean airport or ")


def test_a_threshold_and_a_setting_must_both_be_met():
    both = ("--setting", "airport", "--at-least")

    assert check(*ALMATY, *both, "yellow", "-q").code == 1
    assert check(*ALMATY, *both, "orange", "-q").code == 0
    assert check(*ALMATY, "--setting", "school", "--at-least", "yellow", "-q").code == 0


@pytest.mark.parametrize(("option", "value"), [("--at-least", "orange"), ("--setting", "school")])
def test_clear_under_an_option_says_what_it_was_limited_to(option, value):
    """A yellow level is in force there: a bare "nothing is in force" would be false."""
    told = check(*ALMATY, option, value)

    assert told.code == 0
    answer = next(line for line in told.out.splitlines() if line.startswith("CLEAR"))
    assert value in answer


def test_the_document_holds_the_options_that_the_answer_rests_on():
    told = check(*ALMATY, "--setting", "airport", "--at-least", "Minor", "--json").document

    assert (told["threshold"], told["settings"]) == ("Minor", ["airport"])


@pytest.mark.parametrize(
    ("as_of", "code", "doubts"),
    [
        pytest.param("2024-06-30", 0, None, id="before it was issued"),
        pytest.param("2024-07-01T12:00", 1, ["known"], id="on the day, whose hour is not known"),
        pytest.param("2024-07-02", 1, [None], id="after it was issued"),
    ],
)
def test_as_of_an_earlier_time_it_is_judged_by_what_was_known_then(as_of, code, doubts):
    told = check(*ALMATY, "--as-of", as_of)

    assert told.code == code
    assert told.out.splitlines()[1].endswith(f"; as it was known at {as_of}")
    document = check(*ALMATY, "--as-of", as_of, "--json").document
    assert document["as_of"] == as_of
    because = [reason["doubt"] for a in document["advisories"] for reason in a["because"]]
    assert because == (doubts or [])
    note = "  note: whether this was known by then is not certain\n"
    assert (note in told.out) == (doubts == ["known"])


def test_a_time_of_knowing_that_does_not_read_is_wrong_use():
    told = check(*ALMATY, "--as-of", "then", "--json")

    assert (told.code, told.document["error"]["code"]) == (2, "bad-time")


def test_a_drill_counts_for_those_who_ask_for_drills(tmp_path):
    rule = Path(a_rule(tmp_path))
    rule.write_text('status = "Exercise"\n' + rule.read_text(encoding="utf-8"), encoding="utf-8")
    asked = ("Shymkent", "2024-07-03", "--rules", str(rule))

    told = check(*asked)

    assert (told.code, check(*asked, "--exercise", "-q").code) == (0, 1)
    assert "\nCLEAR nothing is in force\n" in told.out
    assert "  note: it is a drill\n" in told.out


# ------------------------------------------------------------------------------------- whose rules


def test_rules_replace_the_shipped_advisories(tmp_path):
    own = ("--rules", a_rule(tmp_path))

    assert check("Shymkent", "2024-07-03", *own, "-q").code == 1
    assert check("Almaty", "2024-07-03", *own, "-q").code == 0


def test_rules_may_be_a_folder_and_be_repeated(tmp_path, first_rule):
    a_rule(tmp_path / "folder")
    both = ("--rules", str(tmp_path / "folder"), "--rules", first_rule)

    told = check("Shymkent", "2024-07-03", *both, "--json").document

    assert (told["exit"], told["considered"]) == (1, 2)
    assert told["rules"] == {
        "paths": [str(tmp_path / "folder"), first_rule],
        "advisories": 2,
        "newest": "2024-07-05",
    }
    assert check("Almaty", "2024-07-03", *both, "-q").code == 1


@pytest.mark.parametrize("form", ["{own}", "{own}:{first}", ":{own}:", "{first}::{own}"])
def test_the_variable_names_rules_too(form, monkeypatch, tmp_path, first_rule):
    named = form.format(own=a_rule(tmp_path), first=first_rule).replace(":", os.pathsep)
    monkeypatch.setenv("SCA_RULES", named)

    told = check("Shymkent", "2024-07-03", "--json").document

    assert told["exit"] == 1
    assert told["rules"]["paths"] == [path for path in named.split(os.pathsep) if path]


def test_an_empty_variable_is_as_good_as_none(monkeypatch, library):
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "")

    told = check(*ALMATY, "--json").document

    assert (told["exit"], told["rules"]["paths"]) == (1, [library])


def test_a_variable_that_names_no_path_is_wrong_use(monkeypatch):
    monkeypatch.setenv("SCA_RULES", os.pathsep)

    told = check(*ALMATY)

    assert (told.code, told.out) == (2, "")
    assert told.err == "sca: SCA_RULES names no path; unset it or name a file or folder of rules\n"


def test_the_option_wins_over_the_variable(monkeypatch, tmp_path):
    own = a_rule(tmp_path)
    monkeypatch.setenv("SCA_RULES", str(tmp_path / "missing"))

    assert check("Shymkent", "2024-07-03", "--rules", own, "-q").code == 1
    monkeypatch.setenv("SCA_RULES", own)
    assert check("Shymkent", "2024-07-03", "--rules", str(tmp_path / "missing"), "-q").code == 3


def test_the_folders_of_the_user_and_the_site_are_read_with_the_shipped_rules(
    monkeypatch, tmp_path, library
):
    (tmp_path / "home" / "sca").mkdir(parents=True)
    (tmp_path / "site" / "sca").mkdir(parents=True)
    a_rule(tmp_path / "home" / "sca" / "rules", id="mine")
    a_rule(tmp_path / "site" / "sca" / "rules", id="ours", place="Taraz")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "site"))

    told = check("Kazakhstan", "2024-07-03", "--json").document

    assert [advisory["id"] for advisory in told["advisories"]] == [
        "mine",
        "ours",
        "kz-2024-sco-summit",
    ]
    folders = [str(tmp_path / name / "sca" / "rules") for name in ("home", "site")]
    assert told["rules"]["paths"] == [*folders, library]


# ---------------------------------------------------------- nothing read is not the same as clear


def _broken(folder: Path) -> str:
    path = folder / "broken.toml"
    path.write_text("id = \n", encoding="utf-8")
    return str(path)


def _misnamed(folder: Path) -> str:
    return str(Path(a_rule(folder)).rename(folder / "own.tml"))


def _empty_file(folder: Path) -> str:
    (folder / "empty.toml").touch()
    return str(folder / "empty.toml")


def _only_prose(folder: Path) -> str:
    (folder / "README.md").write_text("# Rules to come\n", encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(str, id="an empty folder"),
        pytest.param(_only_prose, id="a folder of prose"),
        pytest.param(_empty_file, id="an empty file"),
        pytest.param(_misnamed, id="a misnamed rule"),
        pytest.param(_broken, id="a broken rule"),
        pytest.param(lambda folder: str(folder / "none.toml"), id="no such file"),
        pytest.param(lambda _: str(shipped() / "schemes"), id="schemes and no advisory"),
    ],
)
def test_rules_that_declare_nothing_are_no_all_clear(made, tmp_path):
    """conftest#181, semgrep#461, pip-audit on an empty file: nothing checked, all passed."""
    path = made(tmp_path)

    told = check(*ALMATY, "--rules", path, "-q")

    assert (told.code, told.out) == (3, "")
    # Closed, and it says why, under -q too (artifact-keeper#1251).
    first, last = told.err.splitlines()
    assert first.startswith(path)
    assert last == "sca: no answer is given from rules with 1 mistake in them"


@pytest.mark.parametrize("order", [("broken", "good"), ("good", "broken")])
def test_no_file_of_a_set_decides_for_the_others(order, tmp_path):
    """conftest#108: the last file decided."""
    path = {"broken": _broken(tmp_path), "good": a_rule(tmp_path)}
    given = [word for name in order for word in ("--rules", path[name])]

    told = check("Shymkent", "2024-07-03", *given, "--json")

    assert (told.code, told.document["error"]["code"]) == (3, "broken-rules")
    assert [mistake["path"] for mistake in told.document["error"]["mistakes"]] == [path["broken"]]


def test_every_mistake_of_every_file_is_told(tmp_path):
    """home-assistant/core#101935: one bad record hid the rest, or passed in silence."""
    a_rule(tmp_path, id="good")
    a_rule(tmp_path, id="place", place="Erewhon")
    a_rule(tmp_path, id="level", level="purple")

    told = check("Shymkent", "2024-07-03", "--rules", str(tmp_path))

    assert (told.code, told.out) == (3, "")
    *mistakes, last = told.err.splitlines()
    assert [mistake.split(": ")[0] for mistake in mistakes] == [
        f"{tmp_path}/level.toml:11",
        f"{tmp_path}/place.toml:12",
    ]
    assert last == "sca: no answer is given from rules with 2 mistakes in them"


# ------------------------------------------------------------------------------------- more of them


def test_all_advisories_on_a_place_are_told_the_gravest_first(tmp_path):
    """home-assistant/core#72151, #131045: only the first alert was shown."""
    for id, level in (("a", "yellow"), ("b", "red"), ("c", "orange")):
        a_rule(tmp_path, id=id, level=level)

    told = check("Shymkent", "2024-07-03", "--rules", str(tmp_path), "--json").document

    assert [advisory["id"] for advisory in told["advisories"]] == ["b", "c", "a"]
    assert told["level"]["id"] == "red"


def test_a_threshold_leaves_out_what_is_below_it_and_nothing_else(tmp_path):
    for id, level in (("a", "yellow"), ("b", "red"), ("c", "orange")):
        a_rule(tmp_path, id=id, level=level)
    given = ("Shymkent", "2024-07-03", "--rules", str(tmp_path), "--at-least", "orange")

    told = check(*given, "--json").document

    assert [(a["id"], a["counts"]) for a in told["advisories"]] == [
        ("b", True),
        ("c", True),
        ("a", False),
    ]


def test_a_set_of_many_rules_is_read_whole(tmp_path):
    """worldmonitor#7198: a cap meant for news left 15 advisories of 219."""
    for number in range(40):
        a_rule(tmp_path, id=f"rule-{number:02}", level="yellow")

    told = check("Shymkent", "2024-07-03", "--rules", str(tmp_path), "--json").document

    assert told["considered"] == told["rules"]["advisories"] == len(told["advisories"]) == 40


def test_without_an_end_it_holds_until_further_notice(tmp_path):
    path = Path(a_rule(tmp_path))
    path.write_text(path.read_text(encoding="utf-8").replace('expires = "2024-07-03"\n', ""))

    told = check("Shymkent", "2099-12-31", "--rules", str(path))

    assert told.code == 1
    assert "  holds: from 2024-07-03 00:00 (+05:00) until further notice\n" in told.out
    short = check("Shymkent", "2099-12-31", "--rules", str(path), "--short")
    assert short.out == "Shymkent, Kazakhstan: red until further notice; 0 measures\n"


# ---------------------------------------------------------------------------------------- the clock


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2024-07-01T19:00:59Z", 0),
        ("2024-07-01T19:01Z", 1),
        ("2024-07-03T14:00+05:00", 1),
        ("2024-07-04T18:59:59Z", 1),
        ("2024-07-04T19:00Z", 0),
        ("2024-07-05T00:00+05:00", 0),
    ],
)
def test_now_is_the_present(now, code, monkeypatch):
    """An advisory that is over does not live on (home-assistant/core#76248, foss_warn#239)."""
    assert check("Almaty", "--now", now, "-q").code == code
    assert check("Almaty", "now", "--now", now, "-q").code == code
    monkeypatch.setenv("SCA_NOW", now)
    assert check("Almaty", "-q").code == code


def test_the_option_wins_over_the_variable_for_now_as_well(monkeypatch):
    monkeypatch.setenv("SCA_NOW", "2024-07-09T00:00Z")

    assert check("Almaty", "-q").code == 0
    assert check("Almaty", "--now", "2024-07-03T00:00Z", "-q").code == 1


@pytest.mark.parametrize(
    "now", ["2024-07-03T14:00", "2024-07-03", "now", "", "14:00Z", "1720000000"]
)
def test_a_present_that_is_no_instant_is_wrong_use(now):
    told = check("Almaty", "--now", now, "--json")

    assert (told.code, told.document["error"]["code"]) == (2, "bad-time")


def test_a_present_without_an_offset_says_what_it_lacks(monkeypatch):
    monkeypatch.setenv("SCA_NOW", "2024-07-03T14:00")

    told = check("Almaty")

    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "sca: '2024-07-03T14:00': a clock needs an offset; write 2024-07-03T14:00Z or +05:00\n"
    )


def test_a_span_may_run_to_now():
    assert check("Almaty", "2024-06-01/now", "--now", "2024-07-01T19:00Z", "-q").code == 0
    assert check("Almaty", "2024-06-01/now", "--now", "2024-07-01T19:02Z", "-q").code == 1


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_the_clock_is_the_place_s_and_not_the_machine_s(zone, monkeypatch):
    """opening_hours.js under TZ=UTC was five hours off; gdeltPyR#65."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        codes = [check("Almaty", f"2024-07-02T00:0{minute}", "-q").code for minute in (0, 1)]
        told = check(*ALMATY, "--json").document
    finally:
        monkeypatch.undo()
        time.tzset()

    assert codes == [0, 1]
    assert told["when"]["start"] == "2024-07-03T09:00:00Z"


# ---------------------------------------------------------------------------------------- languages

ENGLISH = "Yellow terror-threat level during the SCO summit"
RUSSIAN = "Жёлтый уровень террористической опасности на время саммита ШОС"
KAZAKH = "ШЫҰ саммиті кезіндегі террористік қауіптіліктің сары деңгейі"


@pytest.mark.parametrize(
    ("options", "variables", "title"),
    [
        pytest.param((), {}, ENGLISH, id="nothing said"),
        pytest.param(("--lang", "en"), {}, ENGLISH, id="en"),
        pytest.param(("--lang", "ru"), {}, RUSSIAN, id="ru"),
        pytest.param(("--lang", "kk"), {}, KAZAKH, id="kk"),
        pytest.param(("--lang", "RU"), {}, RUSSIAN, id="whatever its case"),
        pytest.param(("--lang", "ru_KZ"), {}, RUSSIAN, id="with a country"),
        pytest.param(("--lang", "de"), {}, f"{ENGLISH} [en]", id="de, which nobody wrote"),
        pytest.param((), {"SCA_LANG": "kk"}, KAZAKH, id="by the variable"),
        pytest.param((), {"LC_ALL": "ru_RU.UTF-8"}, RUSSIAN, id="by LC_ALL"),
        pytest.param((), {"LC_MESSAGES": "kk_KZ.UTF-8"}, KAZAKH, id="by LC_MESSAGES"),
        pytest.param((), {"LANG": "ru_RU.UTF-8"}, RUSSIAN, id="by LANG"),
        pytest.param((), {"LANG": "de_DE.UTF-8"}, f"{ENGLISH} [en]", id="a locale nobody wrote"),
        pytest.param((), {"LANG": "C.UTF-8"}, ENGLISH, id="no language at all"),
        pytest.param((), {"LC_ALL": "POSIX", "LANG": "ru_RU"}, ENGLISH, id="POSIX wins"),
        pytest.param((), {"LC_ALL": "kk_KZ", "LANG": "ru_RU"}, KAZAKH, id="LC_ALL over LANG"),
        pytest.param((), {"LC_ALL": "", "LANG": "ru_RU"}, RUSSIAN, id="LC_ALL is empty"),
        pytest.param((), {"SCA_LANG": "kk", "LC_ALL": "ru_RU"}, KAZAKH, id="ours over theirs"),
        pytest.param(("--lang", "ru"), {"SCA_LANG": "kk"}, RUSSIAN, id="the option over all"),
    ],
)
def test_the_language_of_the_texts(options, variables, title, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    told = check(*ALMATY, *options, "--json").document

    assert told["advisories"][0]["title"] == title


def test_every_text_that_falls_back_to_english_is_marked():
    told = check(*ALMATY, "--lang", "de", "--json").document

    advisory = told["advisories"][0]
    texts = [advisory["title"], advisory["issuer"], told["level"]["name"], told["level"]["meaning"]]
    texts += [part["text"] for part in (*advisory["measures"], *advisory["advice"])]
    assert len(texts) == 11
    assert all(text.endswith(" [en]") for text in texts)


# ------------------------------------------------------------------------------ how much is printed


def test_quiet_prints_nothing():
    for options in (("-q",), ("--quiet",), ("-q", "--json"), ("-q", "--short")):
        assert check(*ALMATY, *options) == Result(1, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("Almatty", "2024-07-03"), 3, "no place called 'Almatty' is known"),
        (("Almaty", "1400"), 2, "'1400' is not a time"),
        (("Almaty", "--setting", "hall"), 2, "no such setting: 'hall'"),
        (("Almaty", "--at-last", "red"), 2, "no such option: --at-last"),
    ],
)
@pytest.mark.parametrize("options", [("-q",), ("-q", "--json")], ids=["quiet", "with --json"])
def test_quiet_still_says_on_stderr_why_there_is_no_answer(arguments, code, reason, options):
    told = check(*arguments, *options)

    assert (told.code, told.out) == (code, "")
    assert told.err.startswith(f"sca: {reason}")


def test_two_forms_of_one_answer_are_wrong_use():
    told = check(*ALMATY, "--json", "--short")

    assert (told.code, told.document["error"]["code"]) == (2, "usage")


@pytest.mark.parametrize(
    ("arguments", "code", "recorded"),
    [
        pytest.param(ALMATY, 0, 1, id="in force"),
        pytest.param(("Almaty", "2024-07-05"), 0, 0, id="clear"),
        pytest.param(("Almaty", "1400"), 2, 2, id="no time"),
        pytest.param(("Almatty", "2024-07-03"), 3, 3, id="no place"),
        pytest.param((*ALMATY, "--rules", "/nowhere/none.toml"), 3, 3, id="no rules"),
    ],
)
def test_exit_zero_is_for_answers_and_leaves_the_document_alone(arguments, code, recorded):
    told = check(*arguments, "--exit-zero", "--json")

    assert (told.code, told.document["exit"]) == (code, recorded)
    assert check(*arguments, "--exit-zero", "-q").code == code


# ---------------------------------------------------------------------------- the order of refusals


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("Almatty", "1400"), 2, id="a time before a place"),
        pytest.param(("Almaty", "1400", "--rules", "/nowhere"), 2, id="a time before rules"),
        pytest.param(("Almatty", "2024-07-03", "--at-least", "x"), 2, id="a level before a place"),
        pytest.param(("Almatty", "2024-07-03", "--setting", "x"), 2, id="a setting before a place"),
        pytest.param(("Almaty", "--now", "1400", "--rules", "/nowhere"), 2, id="now before rules"),
        pytest.param(("Almaty", "2024-07-03", "--bad", "--rules", "/nowhere"), 2, id="an option"),
    ],
)
def test_wrong_use_is_told_before_all_else(arguments, code):
    assert check(*arguments, "-q").code == code


# ------------------------------------------------------------------------------------- foreign text


def test_foreign_text_neither_drives_the_terminal_nor_is_markup(tmp_path):
    measure = (
        '\n[[measures]]\nid = "shown"\ntext = "[red]not[/red] \\u001b[31mred\\u202e and [bold]"\n'
    )
    own = a_rule(tmp_path, more=measure)

    told = check("Shymkent", "2024-07-03", "--rules", own)

    assert "  measure shown, now: [red]not[/red] [31mred and [bold]\n" in told.out


def test_a_file_s_name_cannot_drive_the_terminal(tmp_path):
    (tmp_path / "a\x1b[31m\nb.toml").touch()

    told = check("Almaty", "2024-07-03", "--rules", str(tmp_path))

    assert told.code == 3
    assert "\x1b" not in told.err
    assert len(told.err.splitlines()) == 2
