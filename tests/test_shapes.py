"""The shapes of rule files: the JSON Schemas that editors get say what the models say."""

import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from sca.formats import shapes, toml
from sca.ruleset import shipped
from tests.cases import each
from tests.running import sca

DATA = Path(__file__).parent / "data"
KINDS = {
    "bulletins": "rule",
    "levels": "scheme",
    "settings": "settings",
    "places": "places",
    "watches": "watches",
    "accepted": "accepted",
}


def kind_of(data):
    return next(kind for key, kind in KINDS.items() if key in data)


def files_of(*folders):
    paths = [path for folder in folders for path in sorted(folder.rglob("*.toml"))]
    return [pytest.param(path, id="/".join(path.parts[-2:])) for path in paths]


OF_SHAPE = {"shape", "both", "allow", "empty", "text"}
"""The classes of broken files that have the wrong shape; in all others the sense is wrong."""


def broken_of(shape):
    """The broken files of the wrong shape, or all others, with the kind their names start with."""
    return [
        pytest.param(kind, path, id=path.stem)
        for path in sorted((DATA / "broken").glob("*.toml"))
        for kind, which in [path.stem.split("-")[:2]]
        if kind in shapes.FILES and (which in OF_SHAPE) == shape
    ]


@cache
def validator(kind):
    return Draft202012Validator(sca("schema", kind).document)


def loaded(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def mistakes(kind, data):
    """What the model finds wrong, as address and problem."""
    sheet = toml.Sheet("x.toml", b"", data)
    shapes.check(sheet, shapes.FILES[kind])
    return {toml.written(address): problem for address, problem in sheet.wrongs}


def a_file(kind):
    """The smallest file of a kind that has its shape."""
    return {
        "rule": {
            "id": "test",
            "title": "A test",
            "issuer": "An authority",
            "scheme": "kz-terror-threat",
            "timezone": "Asia/Almaty",
            "sources": ["https://example.org/notice"],
            "bulletins": [{"issued": "2024-07-01"}],
        },
        "scheme": {
            "id": "test",
            "title": "A test",
            "sources": ["https://example.org/scale"],
            "levels": [{"id": "low", "name": "low", "severity": "Minor"}],
        },
        "settings": {"settings": [{"id": "lobby", "text": "Halls"}]},
        "places": {"places": [{"id": "geonames:1526384"}]},
        "watches": {
            "watches": [
                {
                    "scheme": "kz-terror-threat",
                    "places": ["Almaty"],
                    "from": "2016-06-05",
                    "until": "2026-11-23",
                }
            ]
        },
        "accepted": {
            "accepted": [
                {
                    "advisory": "test",
                    "places": ["Almaty"],
                    "level": "yellow",
                    "until": "2024-07-03",
                    "reason": "The hotel is guarded",
                    "by": "The security desk",
                }
            ]
        },
    }[kind]


# The command


@pytest.mark.parametrize("kind", [*shapes.FILES, "document"])
def test_schema_prints_a_valid_json_schema(kind):
    printed = sca("schema", kind)

    assert (printed.code, printed.err) == (0, "")
    assert printed.document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(printed.document)


def test_schema_is_that_of_a_rule_if_nothing_is_said():
    assert sca("schema").out == sca("schema", "rule").out


def test_a_schema_of_something_else_is_refused():
    refused = sca("schema", "advisory")

    assert (refused.code, refused.out) == (2, "")
    assert "advisory" in refused.err


@pytest.mark.parametrize("kind", shapes.FILES)
def test_a_schema_never_offers_null_which_toml_does_not_have(kind):
    def words(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from words(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from words(inner)
        else:
            yield value

    found = list(words(shapes.schema(kind)))

    assert "null" not in found
    assert None not in found


# What it accepts and rejects


@each("path", files_of(shipped(), DATA / "right"))
def test_a_schema_accepts_every_file_that_is_right(path):
    data = loaded(path)

    validator(kind_of(data)).validate(data)
    assert mistakes(kind_of(data), data) == {}


@each(("kind", "path"), broken_of(shape=True))
def test_a_schema_rejects_every_file_of_the_wrong_shape(kind, path):
    assert not validator(kind).is_valid(loaded(path))


@each(("kind", "path"), broken_of(shape=False))
def test_a_schema_leaves_alone_what_is_not_of_shape(kind, path):
    validator(kind).validate(loaded(path))
    assert mistakes(kind, loaded(path)) == {}


@pytest.mark.parametrize("kind", shapes.FILES)
def test_the_smallest_file_is_right(kind):
    validator(kind).validate(a_file(kind))
    assert mistakes(kind, a_file(kind)) == {}


def tables(kind):
    """Each table of the smallest file, by the names that lead to it."""
    data = a_file(kind)
    yield "the file", data, ""
    for key, value in data.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            yield key, value[0], f"{key}[0]."


NEEDED = [
    (kind, name, key) for kind in shapes.FILES for name, table, _ in tables(kind) for key in table
]


def changed(kind, name):
    """The smallest file, the named table in it, and what its addresses start with."""
    data = a_file(kind)
    table = data if name == "the file" else data[name][0]
    return data, table, "" if name == "the file" else f"{name}[0]."


@each(("kind", "name", "key"), NEEDED)
def test_model_and_schema_miss_the_same_keys(kind, name, key):
    data, table, here = changed(kind, name)
    del table[key]

    assert mistakes(kind, data) == {f"{here}{key}": "is missing"}
    assert not validator(kind).is_valid(data)


UNREAD = {"scheme", "timezone", "issued", "level", "advisory", "from", "until"}
"""The keys of names and times, of which the shape says only that they are text."""


@each(("kind", "name", "key"), NEEDED)
@each("wrong", [7, True, 1.5, [], [[]], {}, ""])
def test_model_and_schema_refuse_the_same_values(kind, name, key, wrong):
    """But for names and times, of which only the reader of rules knows what they may be."""
    data, table, here = changed(kind, name)
    table[key] = wrong
    free = isinstance(wrong, str) and key in UNREAD

    found = mistakes(kind, data)

    assert (found == {}) == free
    assert all(address.startswith(f"{here}{key}") for address in found)
    assert validator(kind).is_valid(data) == free


@each(("kind", "name", "key"), NEEDED)
def test_model_and_schema_know_the_same_keys(kind, name, key):
    data, table, here = changed(kind, name)
    table[key.upper()] = table[key]

    found = mistakes(kind, data)

    assert list(found) == [f"{here}{key.upper()}"]
    offered = found[f"{here}{key.upper()}"].removeprefix("is not a key here; did you mean ")
    assert offered.removesuffix("?").split(" or ")[0] == key
    assert not validator(kind).is_valid(data)


TEXT, URL, DAY = {"en": "Words", "kk-Latn": "Sözder"}, "https://example.org/notice", "2024-07-01"
LIMITS = {
    "levels": ["yellow"],
    "places": ["Almaty"],
    "settings": ["airport"],
    "onset": DAY,
    "expires": DAY,
    "hours": "23:00/07:00",
    "recurs": "FREQ=WEEKLY;BYDAY=SA,SU",
}
WHOLE = {
    "rule": {
        "id": "test",
        "title": TEXT,
        "issuer": TEXT,
        "scheme": "kz-terror-threat",
        "timezone": "local",
        "sources": [URL],
        "settings": ["airport"],
        "confidence": "reported",
        "status": "Exercise",
        "bulletins": [
            {
                "issued": DAY,
                "level": "yellow",
                "places": ["Kazakhstan"],
                "except": ["Almaty"],
                "onset": DAY,
                "expires": "open",
                "duration": "P40D",
                "then": "before",
                "sources": [URL],
                "notes": [TEXT],
            }
        ],
        "measures": [{"id": "curfew", "text": TEXT} | LIMITS],
        "advice": [{"text": TEXT, "response": "Shelter", "audience": TEXT} | LIMITS],
        "notes": [TEXT],
        "examples": [
            {
                "place": "Almaty",
                "when": DAY,
                "as_of": DAY,
                "expect": "clear",
                "measures": ["curfew"],
            }
        ],
        "allow": [{"lint": "midnight", "why": "The notice has it so"}],
    },
    "scheme": {
        "id": "test",
        "title": TEXT,
        "sources": [URL],
        "longest": "P15D",
        "levels": [
            {
                "id": "low",
                "name": TEXT,
                "severity": "Minor",
                "colour": "#00ff7f",
                "meaning": TEXT,
                "advice": [TEXT],
                "baseline": True,
                "before": [{"until": DAY, "name": TEXT, "meaning": TEXT}],
            }
        ],
    },
    "settings": {"settings": [{"id": "lobby", "text": TEXT, "parent": "public-space"}]},
    "watches": {
        "watches": [
            {
                "scheme": "kz-terror-threat",
                "places": ["Almaty"],
                "from": DAY,
                "until": DAY,
                "max_age": "P90D",
                "source": "What was read",
                "notes": [TEXT],
            }
        ]
    },
    "accepted": a_file("accepted"),
}
"""By kind, a file with every key there is; places have tests of their own below."""


def tables_of(value, here=()):
    """Every table of a file by its address, texts in several languages left out."""
    if isinstance(value, dict) and value != TEXT:
        yield here, value
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inside in inner:
        if isinstance(inside, dict | list):
            yield from tables_of(inside, (*here, step))


EVERY_KEY = [
    pytest.param(kind, address, key, id=f"{kind}-{toml.written((*address, key))}")
    for kind, data in WHOLE.items()
    for address, table in tables_of(data)
    for key in table
]


def has_every_key(model, table):
    """Whether a table, and the first of every list of tables in it, has all that a model has."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    inner = [
        (inside, table[key][0])
        for key, field in fields.items()
        for inside in get_args(field.annotation)
        if isinstance(inside, type) and issubclass(inside, BaseModel)
    ]
    return set(table) == set(fields) and all(has_every_key(*pair) for pair in inner)


def test_every_kind_of_file_but_places_is_tried_with_every_key():
    assert {*WHOLE} == {*shapes.FILES} - {"places"}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_may_have_every_key(kind):
    assert has_every_key(shapes.FILES[kind], WHOLE[kind])
    assert mistakes(kind, WHOLE[kind]) == {}
    validator(kind).validate(WHOLE[kind])


def whole(kind, address):
    """A copy of the file with every key, and the table at an address in it."""
    data = table = deepcopy(WHOLE[kind])
    for step in address:
        table = table[step]
    return data, table


@each(("kind", "address", "key"), EVERY_KEY)
def test_model_and_schema_take_and_refuse_the_same_under_every_key(kind, address, key):
    refused = 0
    here = toml.written((*address, key))
    for wrong in [7, True, 1.5, [], [[]], {}, "", " ", "\n", [""], [7], {"en": 1}, "X y", [{}]]:
        data, table = whole(kind, address)
        table[key] = wrong

        found = mistakes(kind, data)

        assert validator(kind).is_valid(data) == (found == {}), wrong
        assert all(told.startswith(here) for told in found), wrong
        refused += bool(found)
    assert refused > 6


@each(("kind", "address", "key"), EVERY_KEY)
def test_a_key_that_is_written_otherwise_is_offered_as_it_is(kind, address, key):
    data, table = whole(kind, address)
    table[f"{key}x"] = table[key]

    problem = mistakes(kind, data)[toml.written((*address, f"{key}x"))]

    offered = problem.removeprefix("is not a key here; did you mean ").removesuffix("?")
    assert offered.split(" or ")[0] == key


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("words", True),
        ({"en": "words"}, True),
        ({"kk-Latn": "words", "zh-Hant-TW": "words", "kaa": "words"}, True),
        ("\n", False),
        ({"en": ""}, False),
        ({"en": 1}, False),
        ({"english words": "words"}, False),
        ({"": "words"}, False),
        ({"e": "words"}, False),
        ({}, False),
        (["words"], False),
    ],
    ids=repr,
)
def test_words_may_be_text_or_a_table_of_languages(text, right):
    data = a_file("rule")
    data["title"] = text

    assert (mistakes("rule", data) == {}) == right
    assert validator("rule").is_valid(data) == right


OFFICE = {
    "id": "office",
    "name": "Our Office",
    "names": {"en": ["HQ"]},
    "within": "Astana",
    "latitude": 51.1,
    "longitude": 71.4,
    "timezone": "Asia/Almaty",
    "shadows": True,
}
"""A place with every key there is."""

FREE = {
    "names": [[], {}],
    "within": [""],
    "latitude": [7, 1.5],
    "longitude": [7, 1.5],
    "timezone": [""],
    "shadows": [True],
}
"""Of the values that are tried, those that are no matter of shape under a key."""


def test_a_place_may_have_every_key():
    assert set(OFFICE) == set(shapes.PlaceTable.model_fields)
    assert mistakes("places", {"places": [OFFICE]}) == {}
    validator("places").validate({"places": [OFFICE]})


@each("key", OFFICE)
@each("wrong", [7, True, 1.5, [], [[]], {}, "", " ", "\n", {"en": 1}])
def test_model_and_schema_refuse_the_same_values_in_a_place(key, wrong):
    data = {"places": [OFFICE | {key: wrong}]}
    free = key in {"within", "timezone"} and isinstance(wrong, str)
    free |= any(type(wrong) is type(value) and wrong == value for value in FREE.get(key, ()))

    found = mistakes("places", data)

    assert (found == {}) == free
    assert all(address.startswith(f"places[0].{key}") for address in found)
    assert validator("places").is_valid(data) == free


@pytest.mark.parametrize("key", [key for key in OFFICE if key != "id"])
def test_a_place_may_lack_every_key_but_its_id(key):
    data = {"places": [{k: value for k, value in OFFICE.items() if k != key}]}

    assert mistakes("places", data) == {}
    validator("places").validate(data)


@pytest.mark.parametrize("key", ["kind", "population", "former", "zones", "lat"])
def test_a_place_has_no_other_key(key):
    data = {"places": [OFFICE | {key: 1}]}

    assert list(mistakes("places", data)) == [f"places[0].{key}"]
    assert not validator("places").is_valid(data)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["HQ", "Штаб"], None),
        ({"en": ["HQ"], "kk-Latn": ["Keñse"], "und": ["X"]}, None),
        ({"en": []}, None),
        ("HQ", "must be a list or a table of languages, not text"),
        (7, "must be a list or a table of languages, not a number"),
        ({"en": "HQ"}, "must be a list, not text"),
        ([7], "must be text, not a number"),
        ([""], "must not be empty"),
        (["\u202e"], "must not be empty"),
        ({"en": [" "]}, "must not be empty"),
        ({"the English": ["HQ"]}, "'the English' is not a language tag such as en, ru or kk-Latn"),
    ],
    ids=repr,
)
def test_names_may_be_a_list_or_a_table_of_lists(names, problem):
    data = {"places": [OFFICE | {"names": names}]}

    assert list(mistakes("places", data).values()) == [problem] * (problem is not None)
    if names != ["\u202e"]:  # that it shows nothing is more than a schema can say
        assert validator("places").is_valid(data) == (problem is None)


@pytest.mark.parametrize(
    "id", ["a", "our-office", "7.b", "geonames:1526384", "iso:KZ", "iso:KZ-75", "iso:US-DC"]
)
def test_ids_of_places_that_are_right(id):
    data = {"places": [{"id": id}]}

    assert mistakes("places", data) == {}
    validator("places").validate(data)


@pytest.mark.parametrize(
    "id",
    ["A", "a_b", "a b", "-a", "a--b", "a\n", "iata:ALA", "icao:UAAA", "geo:1,2", "iso:",
     "iso:kz-75", "geonames:", "geonames:1 ", "ISO:KZ", "51.1,71.4", "x:y"],
)  # fmt: skip
def test_ids_of_places_that_are_not(id):
    data = {"places": [{"id": id}]}

    assert mistakes("places", data) == {
        "places[0].id": "must be geonames: or iso: and a code, or lower-case letters, digits and "
        "hyphens"
    }
    # Python's $ in the validator looks past a last line end; that of JSON Schema does not.
    assert validator("places").is_valid(data) == id.endswith("\n")


@pytest.mark.parametrize("id", ["a", "kz-2024", "7.b", "a-b.c"])
def test_ids_that_are_right(id):
    assert mistakes("rule", a_file("rule") | {"id": id}) == {}


@pytest.mark.parametrize("id", ["A", "a_b", "a b", "-a", "a-", "a--b", "a\n", "ключ", "a/b", ""])
def test_ids_that_are_not(id):
    assert list(mistakes("rule", a_file("rule") | {"id": id})) == ["id"]


@pytest.mark.parametrize("source", ["", "example.org", "ftp://x", "https://", "https://x y", 7])
def test_sources_that_are_no_addresses(source):
    assert list(mistakes("rule", a_file("rule") | {"sources": [source]})) == ["sources[0]"]


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("latitude", 90, True),
        ("latitude", -90.0, True),
        ("latitude", 90.1, False),
        ("latitude", -91, False),
        ("latitude", float("nan"), False),
        ("latitude", int("9" * 400), False),
        ("longitude", 180, True),
        ("longitude", -180.5, False),
        ("longitude", float("inf"), False),
        ("longitude", -180, True),
        ("longitude", 180.1, False),
    ],
    ids=lambda value: str(value)[:9],
)
def test_numbers_of_a_place_have_bounds(key, value, right):
    data = a_file("places")
    data["places"][0][key] = value

    assert list(mistakes("places", data)) == ([] if right else [f"places[0].{key}"])
