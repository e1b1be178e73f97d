"""The shapes of rule files: the JSON Schemas that editors get say what the models say."""

import tomllib
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sca.formats import shapes, toml
from sca.ruleset import shipped
from tests.running import sca

DATA = Path(__file__).parent / "data"
KINDS = {"bulletins": "rule", "levels": "scheme", "settings": "settings", "places": "places"}


def kind_of(data):
    return next(kind for key, kind in KINDS.items() if key in data)


def files_of(*folders):
    paths = [path for folder in folders for path in sorted(folder.rglob("*.toml"))]
    return [pytest.param(path, id="/".join(path.parts[-2:])) for path in paths]


def broken_of(*classes):
    """The broken files of these classes, with the kind of file that their names start with."""
    return [
        pytest.param(kind, path, id=path.stem)
        for path in sorted((DATA / "broken").glob("*.toml"))
        for kind, which in [path.stem.split("-")[:2]]
        if kind in shapes.FILES and which in classes
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
    """The smallest file of a kind that is right."""
    return {
        "rule": {
            "id": "test",
            "title": "A test",
            "issuer": "An authority",
            "scheme": "kz-terror-threat",
            "timezone": "Asia/Almaty",
            "sources": ["https://example.org/notice"],
            "bulletins": [{"issued": "2024-07-01", "level": "yellow", "places": ["Almaty"]}],
        },
        "scheme": {
            "id": "test",
            "title": "A test",
            "sources": ["https://example.org/scale"],
            "levels": [{"id": "low", "name": "low", "severity": "Minor"}],
        },
        "settings": {"settings": [{"id": "lobby", "text": "Halls"}]},
        "places": {"places": [{"id": "geonames:1526384"}]},
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


@pytest.mark.parametrize("path", files_of(shipped(), DATA / "right"))
def test_a_schema_accepts_every_file_that_is_right(path):
    data = loaded(path)

    validator(kind_of(data)).validate(data)
    assert mistakes(kind_of(data), data) == {}


@pytest.mark.parametrize(("kind", "path"), broken_of("shape", "both"))
def test_a_schema_rejects_every_file_of_the_wrong_shape(kind, path):
    assert not validator(kind).is_valid(loaded(path))


@pytest.mark.parametrize(
    ("kind", "path"),
    broken_of(
        "time",
        "name",
        "example",
        "measures",
        "level",
        "sense",
        "parent",
        "within",
        "twice",
        "zone",
        "coordinate",
        "known",
        "shadows",
    ),
)
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


@pytest.mark.parametrize(("kind", "name", "key"), NEEDED)
def test_model_and_schema_miss_the_same_keys(kind, name, key):
    data, table, here = changed(kind, name)
    del table[key]

    assert mistakes(kind, data) == {f"{here}{key}": "is missing"}
    assert not validator(kind).is_valid(data)


@pytest.mark.parametrize(("kind", "name", "key"), NEEDED)
@pytest.mark.parametrize("wrong", [7, True, 1.5, [], [[]], {}, ""], ids=repr)
def test_model_and_schema_refuse_the_same_values(kind, name, key, wrong):
    """But for names and times, of which only the reader of rules knows what they may be."""
    data, table, here = changed(kind, name)
    table[key] = wrong
    free = isinstance(wrong, str) and key in {"scheme", "timezone", "issued", "level"}

    found = mistakes(kind, data)

    assert (found == {}) == free
    assert all(address.startswith(f"{here}{key}") for address in found)
    assert validator(kind).is_valid(data) == free


@pytest.mark.parametrize(("kind", "name", "key"), NEEDED)
def test_model_and_schema_know_the_same_keys(kind, name, key):
    data, table, here = changed(kind, name)
    table[key.upper()] = table[key]

    found = mistakes(kind, data)

    assert list(found) == [f"{here}{key.upper()}"]
    assert found[f"{here}{key.upper()}"].startswith(f"is not a key here; did you mean {key}")
    assert not validator(kind).is_valid(data)


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


@pytest.mark.parametrize("key", OFFICE)
@pytest.mark.parametrize("wrong", [7, True, 1.5, [], [[]], {}, "", " ", "\n", {"en": 1}], ids=repr)
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
