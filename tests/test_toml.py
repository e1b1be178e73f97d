"""TOML files: what keeps them from being read, and the line of every value in them."""

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import toml_rs
from hypothesis import HealthCheck, given, settings, strategies as st

from sca.errors import Mistake
from sca.formats import toml
from sca.formats.toml import Lines, Sheet
from sca.ruleset import shipped
from tests.cases import each

DATA = Path(__file__).parent / "data"

law = settings(
    deadline=None,
    derandomize=True,
    max_examples=80,
    suppress_health_check=[HealthCheck.too_slow],
)


def readable() -> Iterator[Path]:
    """Every shipped, right and broken file that is TOML."""
    for folder in (shipped(), DATA / "right", DATA / "broken"):
        for path in sorted(folder.rglob("*.toml")):
            try:
                tomllib.loads(path.read_text(encoding="utf-8"))
            except tomllib.TOMLDecodeError:
                continue
            yield path


READABLE = list(readable())


def named(path):
    return "/".join(path.parts[-2:])


def addresses(value, here=()) -> Iterator[tuple]:
    """The address of every key, item and value, the outer before the inner."""
    if here:
        yield here
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for step, inside in inner:
        yield from addresses(inside, (*here, step))


def at(data, address):
    for step in address:
        data = data[step]
    return data


def refusal(source: bytes) -> Mistake:
    sheet = toml.parse(source, "x.toml")
    assert sheet.unreadable is not None
    assert sheet.data == {}
    assert sheet.mistakes() == [sheet.unreadable]
    return sheet.unreadable


# What keeps a file from being read


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        pytest.param(
            'a = 1\nb = "\xe9"\n'.encode("latin-1"),
            2,
            "is not UTF-8; save it in that encoding",
            id="latin-1",
        ),
        pytest.param(
            "a = 1\n".encode("utf-16"), 1, "is not UTF-8; save it in that encoding", id="utf-16"
        ),
        pytest.param(
            b"a = 1\n\n# \xed\xa0\x80\n",
            3,
            "is not UTF-8; save it in that encoding",
            id="surrogate",
        ),
        pytest.param(
            "a = 1\n".encode("utf-8-sig"),
            1,
            "starts with a byte-order mark; save it without one",
            id="byte-order mark",
        ),
        pytest.param(b"x = " + b"[" * 20000, 0, "is nested too deeply to be read", id="brackets"),
        pytest.param(b"a = 1\na = 2\n", 2, "TOML: cannot overwrite a value", id="key twice"),
        pytest.param(b"a = 1\nb = yes\n", 2, "TOML: invalid value at column 5", id="bare word"),
        pytest.param(b"a = 1\r\nb = yes\r\n", 2, "TOML: invalid value at column 5", id="CRLF"),
        pytest.param(
            b'a = 1\nb = "\x1b"\n', 2, r"TOML: illegal character '\x1b' at column 6", id="ESC"
        ),
        pytest.param(b"a = 1\nb = [\n\n\n", 2, "TOML: invalid value", id="at the end"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(source, line, problem):
    told = refusal(source)

    assert (told.path, told.line, told.address) == ("x.toml", line, "")
    assert told.problem.startswith(problem)


def test_a_number_too_long_to_be_read_is_no_toml():
    told = refusal(b"a = " + b"9" * 5000)

    assert told.problem.startswith("TOML: ")


def test_a_file_may_be_1_mib_and_no_larger(tmp_path):
    exact, larger = tmp_path / "exact.toml", tmp_path / "larger.toml"
    exact.write_bytes(b"#" * 1024 * 1024)
    larger.write_bytes(b"#" * 1024 * 1024 + b"\n")

    assert toml.read(exact, "exact.toml").unreadable is None
    assert toml.read(larger, "larger.toml").unreadable == Mistake(
        "larger.toml", 0, "", "is larger than 1 MiB; no rule needs that much"
    )


@pytest.mark.parametrize(
    ("path", "problem"),
    [("nowhere.toml", "No such file or directory"), (".", "Is a directory")],
)
def test_a_file_that_cannot_be_opened_says_why(path, problem, tmp_path):
    sheet = toml.read(tmp_path / path, "shown.toml")

    assert sheet.mistakes() == [Mistake("shown.toml", 0, "", f"cannot be read: {problem}")]


def test_keys_however_deep_do_not_end_the_program(tmp_path):
    """In a process of its own: what nests too deeply for a Rust stack ends more than a test."""
    deep, less = "a." * 5000 + "a", "a." * 900 + "a"
    for n, source in enumerate([f"{deep} = 1", f"[{deep}]\nb = 1", f"[[{deep}]]", f"[{less}]"]):
        (tmp_path / f"{n}.toml").write_text(source)
    program = "import sys; from sca.reading import read; [read([p]) for p in sys.argv[1:]]"
    paths = sorted(tmp_path.iterdir())

    ran = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True)

    assert (ran.returncode, ran.stderr) == (0, "")


# A sheet and its mistakes


def test_a_value_that_was_found_wrong_is_not_used_again_nor_what_is_in_it():
    sheet = Sheet("x.toml", b"", {"a": [{"b": 1, "c": [2, 3]}, {"b": 4}]})
    sheet.wrong("is wrong", "a", 0, "c")

    assert sheet.value("a", 0, "b") == 1
    assert sheet.value("a", 0, "c") is None
    assert sheet.value("a", 0, "c", 1) is None
    assert list(sheet.items("a", 0, "c")) == []
    assert list(sheet.items("a")) == [0, 1]

    sheet.wrong("is wrong", "a", 0)

    assert sheet.value("a", 0, "b") is None
    assert sheet.value("a", 1, "b") == 4


@pytest.mark.parametrize("address", [("b",), ("a", 7), ("a", "x"), ("a", 0, 0), ("a", 0, "b", "c")])
def test_what_is_not_there_is_none(address):
    sheet = Sheet("x.toml", b"", {"a": [{"b": 1}]})

    assert sheet.value(*address) is None
    assert list(sheet.items(*address)) == []


def test_a_look_at_a_value_does_not_go_through_every_mistake():
    """Else a file of many mistakes takes hours: 2,000 empty examples took a quarter of a minute."""

    class Counted(list):
        looks = 0

        def __iter__(self):
            for item in super().__iter__():
                Counted.looks += 1
                yield item

    sheet = Sheet("x.toml", b"", {"a": list(range(500))}, wrongs=Counted())
    for n in range(500):
        sheet.wrong("is wrong", "a", n)
        sheet.value("a", n)

    assert Counted.looks <= 500


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ((), ""),
        (("id",), "id"),
        (("bulletins", 0, "places", 2), "bulletins[0].places[2]"),
        (("title", "kk-Latn"), "title.kk-Latn"),
        ((0, "a", 1, 2), "[0].a[1][2]"),
    ],
)
def test_an_address_is_written_as_a_person_finds_it(address, text):
    assert toml.written(address) == text


def test_mistakes_have_the_lines_of_their_values():
    sheet = toml.parse(b"# x\na = [\n  1,\n  2,\n]\n\n[[b]]\nc = 3\n[[b]]\n", "x.toml")
    for address in [("a",), ("a", 1), ("b", 0, "c"), ("b", 1, "c"), ("b", 1), ("z",), ()]:
        sheet.wrong("is wrong", *address)

    assert [str(mistake) for mistake in sheet.mistakes()] == [
        "x.toml:2: a: is wrong",
        "x.toml:4: a[1]: is wrong",
        "x.toml:8: b[0].c: is wrong",
        "x.toml:9: b[1].c: is wrong",
        "x.toml:9: b[1]: is wrong",
        "x.toml:1: z: is wrong",
        "x.toml:1: is wrong",
    ]


def test_a_mistake_is_one_line_whatever_the_keys_are():
    sheet = toml.parse(rb'"a\nb" = 1' + b"\n" + rb'"\u001b[31m\u202e" = 2', "x.toml")
    for key in sheet.data:
        sheet.wrong("is wrong", key)

    for mistake in sheet.mistakes():
        assert str(mistake).isprintable()


# Lines


@each("path", READABLE)
def test_tomllib_and_the_reader_of_lines_read_the_same(path):
    text = path.read_text(encoding="utf-8")

    assert toml_rs.load_with_metadata(text, "1.0.0").value == tomllib.loads(text)


@each("path", READABLE)
def test_every_value_of_a_file_is_on_the_line_that_is_told(path):
    """Held against the text itself: the value or its key stands there, below its own header."""
    text = path.read_text(encoding="utf-8")
    raw, data, lines, tables = text.splitlines(), tomllib.loads(text), Lines(text), headers(text)

    for address in addresses(data):
        line = lines.of(address)
        value, shown = at(data, address), raw[line - 1]
        assert stands_there(value, address, shown), (address, line, shown)
        around = (tables.get(address[:length]) for length in range(len(address), 0, -1))
        start, end = next(filter(None, around), (1, len(raw)))
        assert start <= line <= end, (address, line)
        assert (address in tables) <= (line == start), (address, line)


def headers(text: str) -> dict[tuple, tuple[int, int]]:
    """The first and last line of each table of a list, by the headers in plain sight."""
    marks = [
        (number, name[1])
        for number, line in enumerate(text.splitlines(), 1)
        if (name := re.match(r"\[\[([\w.]+)\]\]", line))
    ]
    counts: Counter[tuple] = Counter()
    found = {}
    for here, (number, name) in enumerate(marks):
        address: tuple = ()
        for step in name.split("."):
            address += (step, counts[(*address, step)] - 1)
        address = (*address[:-1], address[-1] + 1)
        counts[address[:-1]] += 1
        outside = (n - 1 for n, other in marks[here + 1 :] if not other.startswith(f"{name}."))
        found[address] = number, next(outside, text.count("\n") + 1)
    return found


def stands_there(value, address, shown: str) -> bool:
    """Whether a line of a file shows the value at an address, its key, or the first in it."""
    names = [step for step in address if isinstance(step, str)]
    if isinstance(address[-1], str) and names[-1] in shown:
        return True
    if isinstance(value, dict):
        inside = next(iter(value), "")
        return f"[[{'.'.join(names)}]]" in shown or inside in shown
    if isinstance(value, list):
        return "[" in shown
    return json.dumps(value, ensure_ascii=False, default=str).strip('"').lower() in shown.lower()


def test_headers_are_found_in_plain_sight():
    text = "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\n[[a]]\n[[a.b]]\n[c]\n[[a.b.d]]\n[[e]]\n"

    assert headers(text) == {
        ("a", 0): (1, 4),
        ("a", 0, "b", 0): (2, 3),
        ("a", 0, "b", 1): (4, 4),
        ("a", 1): (5, 8),
        ("a", 1, "b", 0): (6, 8),
        ("a", 1, "b", 0, "d", 0): (8, 8),
        ("e", 0): (9, 10),
    }


TRICKY = '''\
# 1
title.en = "x"
title."in two words" = "y"
value = 4
value_line = 5
list = [
  1, # 7
  # 8
  { x = 9, y.z = [9,
    10] },

  """
12""", 99999999999999999999999999999999,
]
"quo\\"ted" = \'\'\'
15
[[not.a.header]]
\'\'\'
inline = { value = 19, value_line = 19, key_line = { key_line = 19 } }

[table] # 21
value = 22
value_line = 23
key_line = 24
key = 25
value_raw = 26

# 28
[[many]]
# 30
value = 31
# 32
[[many]] # 33
value_line = [
  35,
]
[many.inner]
key_line = 38
[[many.more]]
value = 40
[[many.more]]
[[many]]
[under.the.header]
value = { value = 44 }
'''
TRICKY_LINES = {
    ("title",): 2,
    ("title", "en"): 2,
    ("title", "in two words"): 3,
    ("value",): 4,
    ("value_line",): 5,
    ("list",): 6,
    ("list", 0): 7,
    ("list", 1): 9,
    ("list", 1, "x"): 9,
    ("list", 1, "y"): 9,
    ("list", 1, "y", "z"): 9,
    ("list", 1, "y", "z", 0): 9,
    ("list", 1, "y", "z", 1): 10,
    ("list", 2): 12,
    ("list", 3): 13,
    ('quo"ted',): 15,
    ("inline",): 19,
    ("inline", "value"): 19,
    ("inline", "value_line"): 19,
    ("inline", "key_line"): 19,
    ("inline", "key_line", "key_line"): 19,
    ("table",): 22,
    ("table", "value"): 22,
    ("table", "value_line"): 23,
    ("table", "key_line"): 24,
    ("table", "key"): 25,
    ("table", "value_raw"): 26,
    ("many",): 29,
    ("many", 0): 29,
    ("many", 0, "value"): 31,
    ("many", 1): 33,
    ("many", 1, "value_line"): 34,
    ("many", 1, "value_line", 0): 35,
    ("many", 1, "inner"): 38,
    ("many", 1, "inner", "key_line"): 38,
    ("many", 1, "more"): 39,
    ("many", 1, "more", 0): 39,
    ("many", 1, "more", 0, "value"): 40,
    ("many", 1, "more", 1): 41,
    ("many", 2): 42,
    ("under",): 44,
    ("under", "the"): 44,
    ("under", "the", "header"): 44,
    ("under", "the", "header", "value"): 44,
    ("under", "the", "header", "value", "value"): 44,
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_lines_of_a_tricky_file(end):
    text = TRICKY.replace("\n", end)

    told = {address: Lines(text).of(address) for address in addresses(tomllib.loads(text))}

    assert told == TRICKY_LINES


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (("nothing",), 1),
        (("table", "nothing"), 22),
        (("many", 1, "nothing"), 33),
        (("many", 1, "nothing", 3, "x"), 33),
        (("many", 9), 29),
        (("many", 1, "value_line", 5), 34),
        (("list", 0, "nothing"), 7),
        (("inline", "nothing"), 19),
        (("value", "x"), 4),
        ((), 1),
    ],
)
def test_what_is_missing_has_the_line_of_what_it_is_missing_in(address, line):
    assert Lines(TRICKY).of(address) == line


def test_an_empty_table_has_the_line_of_its_header():
    assert Lines("a = 1\n\n[b]\n\n[c]\nd = 1\n").of(("b",)) == 3


# The same of any file: pages are written with the line of each value kept, then read

KEYS = ["a", "b-c", "value", "value_line", "key_line", "key", "7", "value_raw", "ключ", "a b", 'a"']
SCALARS = [
    ("1", 1),
    ("0x1F", 31),
    ("9" * 30, int("9" * 30)),
    ("1.5", 1.5),
    ("true", True),
    ('"x"', "x"),
    (r'"\n[x]\n"', "\n[x]\n"),
    ("'a\\'", "a\\"),
    ('"""\none\n[[two]]\n"""', "one\n[[two]]\n"),
    ("'''one\n\nvalue = 3'''", "one\n\nvalue = 3"),
    ("2024-07-01", date(2024, 7, 1)),
    ("2024-07-01T00:01:00Z", datetime(2024, 7, 1, 0, 1, tzinfo=UTC)),
    ("07:30:00", time(7, 30)),
]


class Page:
    """A TOML text as it is written, and the line of each address in it."""

    def __init__(self):
        self.text = ""
        self.lines = {}

    def mark(self, address):
        """Whatever is written next is what the address, and what is around it, starts with."""
        for length in range(1, len(address) + 1):
            self.lines.setdefault(address[:length], self.text.count("\n") + 1)

    def write(self, text):
        self.text += text

    def value(self, address, value):
        kind, held = value
        self.mark(address)
        if kind == "scalar":
            self.write(held[0])
            return held[1]
        if kind == "list":
            broken, items = held
            self.write("[")
            data = []
            for n, item in enumerate(items):
                self.write("\n  # ]\n  " if broken else " ")
                data.append(self.value((*address, n), item))
                self.write(",")
            self.write("\n]" if broken else "]")
            return data
        self.write("{")
        data = {}
        for n, (key, item) in enumerate(held.items()):
            self.write(f"{',' if n else ''} {spelled(key)} = ")
            data[key] = self.value((*address, key), item)
        self.write(" }")
        return data

    def entries(self, here, entries):
        data = {}
        for key, (above, inner, item) in entries.items():
            self.write(above)
            dotted = (key,) if inner is None else (key, inner)
            self.write(".".join(map(spelled, dotted)) + " = ")
            told = self.value((*here, *dotted), item)
            data[key] = told if inner is None else {inner: told}
            self.write(" # ''' [x]\n")
        return data


def spelled(key):
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


keys = st.sampled_from(KEYS)
values = st.recursive(
    st.tuples(st.just("scalar"), st.sampled_from(SCALARS)),
    lambda inner: st.one_of(
        st.tuples(st.just("list"), st.tuples(st.booleans(), st.lists(inner, max_size=3))),
        st.tuples(st.just("table"), st.dictionaries(keys, inner, max_size=3)),
    ),
    max_leaves=6,
)
entry = st.tuples(st.sampled_from(["", "\n", "# [[x]]\n"]), st.none() | keys, values)
filled = st.dictionaries(keys, entry, min_size=1, max_size=3)
sections = st.lists(
    st.one_of(
        st.tuples(st.just("table"), filled),
        st.tuples(st.just("list"), st.lists(filled | st.just({}), min_size=1, max_size=3)),
    ),
    max_size=4,
)


@law
@given(top=filled, below=sections)
def test_every_value_of_any_file_is_on_the_line_that_is_told(top, below):
    page = Page()
    data = page.entries((), top)
    for n, (kind, held) in enumerate(below):
        name = f"s{n}"
        if kind == "table":
            page.write(f"[{name}]\n")
            data[name] = page.entries((name,), held)
            continue
        data[name] = []
        for position, entries in enumerate(held):
            page.mark((name, position))
            page.write(f"[[ {name} ]]\n")
            data[name].append(page.entries((name, position), entries))

    lines = Lines(page.text)

    assert tomllib.loads(page.text) == toml_rs.load_with_metadata(page.text, "1.0.0").value == data
    told = {address: lines.of(address) for address in addresses(data)}
    assert told == page.lines
