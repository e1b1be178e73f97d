"""The compiled rules of the last time: as good as the files, or as if they were not there."""

import os
import pickle
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import sca as package
from sca import answering, compiled, compiling, index, reading, stamps, zones
from sca.errors import BrokenRules, ScaError
from sca.report import document
from sca.ruleset import RuleSet
from tests.running import sca

ATLAS = Path(package.__file__).parent / "data" / "gazetteer.sqlite"

RULE = """\
id = "{id}"
title = "A test"
issuer = "An authority"
scheme = "kz-terror-threat"
timezone = "Asia/Almaty"
sources = ["https://example.org/notice"]

[[bulletins]]
issued = "2024-07-0{day}"
level = "{level}"
places = ["{place}"]
expires = "2024-07-09"
"""


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path) -> Path:
    """A cache folder of its own, in which what was written a moment ago can be trusted."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(stamps, "TICK", -1)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache" / "sca"


def rule(id: str = "test", level: str = "yellow", place: str = "Almaty", day: int = 1) -> str:
    return RULE.format(id=id, level=level, place=place, day=day)


@pytest.fixture
def rules(tmp_path) -> Path:
    """A folder of rules with a place of its own in it."""
    path = tmp_path / "rules"
    path.mkdir()
    (path / "a.toml").write_text(rule())
    (path / "b.toml").write_text(rule("other", place="office"))
    (path / "places.toml").write_text(
        '[[places]]\nid = "office"\nname = "Our office"\nlatitude = 51.1\nlongitude = 71.4\n'
    )
    time.sleep(0.02)  # what is written from now on is later by the file system's clock too
    return path


def facts(rules: RuleSet) -> tuple[Any, ...]:
    """All that a set holds, as values that can be compared."""
    named = sorted(rules.gazetteer.named)
    known = (rules.schemes, rules.settings, rules.gazetteer.own, named)
    return (rules.paths, rules.advisories, rules.segments, rules.sources, rules.accepted, *known)


def outcome(load: Any, *paths: Path | str) -> Any:
    """What a set holds, or every mistake in it."""
    try:
        return facts(load(paths or None))
    except BrokenRules as error:
        return error.mistakes


def inode(folder: Path) -> int:
    """Which index there is; another one as soon as it is made anew."""
    (path,) = folder.glob("*.sqlite")
    return path.stat().st_ino


def test_what_is_kept_is_what_was_read(folder):
    first = outcome(index.load)
    made = inode(folder)

    again = outcome(index.load)

    assert first == again == outcome(reading.load)
    assert inode(folder) == made


def test_a_fresh_index_is_taken_and_nothing_is_read(rules):
    index.load([rules])
    program = (
        "import sys; from sca import index, stamps; stamps.TICK = -1; "
        f"print(len(index.load([{str(rules)!r}]).advisories), "
        "sorted({'pydantic', 'tomllib', 'sca.reading'} & sys.modules.keys()))"
    )

    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert told == "2 []\n"


def test_places_of_ones_own_are_known_from_the_index_too(rules):
    index.load([rules])

    kept = index.load([rules])

    assert kept.gazetteer.find("Our office").id == "office"
    assert sca("check", "office", "2024-07-03", "--rules", str(rules), "-q").code == 1


def _edit(path: Path) -> None:
    (path / "a.toml").write_text(rule(level="red"))


def _edit_and_set_the_clock_back(path: Path) -> None:
    before = (path / "a.toml").stat()
    (path / "a.toml").write_text(rule(day=2))
    os.utime(path / "a.toml", ns=(before.st_atime_ns, before.st_mtime_ns))


def _replace_by_a_file_of_the_same_stamp(path: Path) -> None:
    before = (path / "a.toml").stat()
    (path / "new").write_text(rule(day=3))
    os.utime(path / "new", ns=(before.st_atime_ns, before.st_mtime_ns))
    (path / "new").replace(path / "a.toml")


def _add(path: Path) -> None:
    (path / "c.toml").write_text(rule("third"))


def _add_deep(path: Path) -> None:
    (path / "deep").mkdir()
    (path / "deep" / "c.toml").write_text(rule("third"))


def _remove(path: Path) -> None:
    (path / "a.toml").unlink()


def _rename(path: Path) -> None:
    (path / "a.toml").rename(path / "z.toml")


def _misname(path: Path) -> None:
    (path / "a.toml").rename(path / "a.tmol")


def _swap(path: Path) -> None:
    (path / "a.toml").rename(path / "x")
    (path / "b.toml").rename(path / "a.toml")
    (path / "x").rename(path / "b.toml")


def _break(path: Path) -> None:
    (path / "a.toml").write_text("id = ")


def _move_a_place(path: Path) -> None:
    text = (path / "places.toml").read_text()
    (path / "places.toml").write_text(text.replace("51.1", "43.2"))


def _link(path: Path) -> None:
    (path / "c.toml").symlink_to(path.parent / "elsewhere.toml")
    (path.parent / "elsewhere.toml").write_text(rule("linked"))


def _dangle(path: Path) -> None:
    (path / "c.toml").symlink_to(path.parent / "nowhere.toml")


def _loop(path: Path) -> None:
    (path / "deep").symlink_to(path)


def _empty(path: Path) -> None:
    shutil.rmtree(path)
    path.mkdir()


def _vanish(path: Path) -> None:
    shutil.rmtree(path)


CHANGES = [
    _edit,
    _edit_and_set_the_clock_back,
    _replace_by_a_file_of_the_same_stamp,
    _add,
    _add_deep,
    _remove,
    _rename,
    _misname,
    _swap,
    _break,
    _move_a_place,
    _link,
    _dangle,
    _loop,
    _empty,
    _vanish,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_what_has_changed_is_read_again(rules, change):
    before = outcome(index.load, rules)

    change(rules)

    after = outcome(index.load, rules)
    assert after == outcome(reading.load, rules)
    assert after != before
    assert outcome(index.load, rules) == after


def test_a_link_is_followed_to_what_it_leads_to(rules):
    _link(rules)
    before = outcome(index.load, rules)

    (rules.parent / "elsewhere.toml").write_text(rule("linked", level="red"))

    assert outcome(index.load, rules) == outcome(reading.load, rules) != before


def test_after_any_row_of_edits_the_files_are_told(rules):
    chance = random.Random(7)
    for _ in range(12):
        name = chance.choice("abcd")
        text = rule(name, chance.choice(["yellow", "red", "pink"]), day=chance.randint(1, 9))
        path = rules / f"{name}.toml"
        match chance.randrange(4):
            case 0:
                path.unlink(missing_ok=True)
            case 1 if path.exists():
                os.utime(path)
            case _:
                path.write_text(text)
        assert outcome(index.load, rules) == outcome(reading.load, rules)
        assert outcome(index.load, rules) == outcome(reading.load, rules)


def test_what_was_written_within_the_clocks_tick_is_not_trusted(rules, folder, monkeypatch):
    monkeypatch.setattr(stamps, "TICK", 10**18)
    index.load([rules])
    made = inode(folder)

    index.load([rules])

    assert inode(folder) != made


def test_rules_of_another_choice_have_an_index_of_their_own(rules, folder):
    a, b = (outcome(index.load, rules / name) for name in ("a.toml", "a.toml"))
    both = outcome(index.load, rules)

    assert a == b != both
    assert outcome(index.load, rules / "a.toml") == a
    assert len([*folder.glob("*.sqlite")]) == 2


def test_the_same_words_in_another_folder_are_other_rules(rules, monkeypatch):
    monkeypatch.chdir(rules)
    here = outcome(index.load, "a.toml")
    (rules / "deep").mkdir()
    (rules / "deep" / "a.toml").write_text(rule("deep"))
    monkeypatch.chdir(rules / "deep")

    assert outcome(index.load, "a.toml") == outcome(reading.load, "a.toml") != here


def test_an_index_is_not_kept_of_rules_with_mistakes(rules, folder):
    _break(rules)

    outcome(index.load, rules)

    assert not folder.exists() or not [*folder.iterdir()]


def damaged(body: bytes) -> list[bytes]:
    """An index that a full disk, a failing one or another program has left behind."""
    cuts = [body[: len(body) * part // 10] for part in range(10)]
    chance = random.Random(3)
    flips = []
    for _ in range(15):
        place = chance.randrange(len(body))
        flips.append(
            body[:place] + bytes([body[place] ^ 1 << chance.randrange(8)]) + body[place + 1 :]
        )
    return [*cuts, *flips, b"no database", body + b"more"]


def test_a_damaged_index_is_as_good_as_none(rules, folder):
    told = outcome(index.load, rules)
    (path,) = folder.glob("*.sqlite")
    body = path.read_bytes()

    for wrong in damaged(body):
        path.write_bytes(wrong)
        assert outcome(index.load, rules) == told


def test_a_folder_where_the_index_should_be_is_no_matter(rules, folder):
    told = outcome(index.load, rules)
    (path,) = folder.glob("*.sqlite")
    path.unlink()
    path.mkdir()

    assert outcome(index.load, rules) == told
    assert not [*folder.glob("*.new")]


def _part(path: Path, name: str, body: bytes) -> None:
    base = sqlite3.connect(path)
    right = zlib.crc32(body, zlib.crc32(name.encode()))
    row = base.execute("UPDATE part SET body = ?, sum = ? WHERE name = ?", (body, right, name))
    assert row.rowcount == 1
    base.commit()
    base.close()


class _Hostile:
    def __reduce__(self) -> Any:
        return os.mkdir, ("proof",)


PARTS = ["always", "countries", "country:KZ", "unit:{first}", "words"]
FOREIGN = [
    pickle.dumps(_Hostile()),
    pickle.dumps(RuleSet),
    pickle.dumps(complex(1)),
    pickle.dumps(None),
    b"",
    b".",
]


@pytest.mark.parametrize("asked", [None, "Almaty"])
@pytest.mark.parametrize("name", PARTS)
def test_an_index_makes_no_value_that_is_not_ours(rules, folder, name, asked):
    told = outcome(partial(index.load, asked=asked), rules)
    (path,) = folder.glob("*.sqlite")
    first = index.Compiled.opened(str(path)).files()
    (position,) = [n for n, file in enumerate(first) if file.id == "test"]
    for body in FOREIGN:
        _part(path, name.format(first=position), body)
        assert outcome(partial(index.load, asked=asked), rules) == told
    assert not Path("proof").exists()


@pytest.mark.parametrize("name", ["files", "abstracts", "words", "unit:{first}"])
def test_what_is_copied_from_an_index_is_looked_at(rules, folder, name):
    """Something has changed, and what has not would be taken as it is."""
    for number, body in enumerate(FOREIGN):
        outcome(index.load, rules)
        (path,) = folder.glob("*.sqlite")
        first = index.Compiled.opened(str(path)).files()
        (position,) = [n for n, file in enumerate(first) if file.id == "test"]
        _part(path, name.format(first=position), body)
        (rules / "b.toml").write_text(rule("other", place="office", day=number + 1))
        assert outcome(index.load, rules) == outcome(reading.load, rules)
    assert not Path("proof").exists()


def calls(do: Any, *names: str) -> list[str]:
    """What of these functions of the package ran meanwhile, each time that it did."""
    seen = []

    def note(frame: Any, event: str, _: object) -> None:
        if (
            event == "call"
            and frame.f_code.co_name in names
            and "/sca/" in frame.f_code.co_filename
        ):
            seen.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        do()
    finally:
        sys.setprofile(None)
    return seen


def test_only_what_has_changed_is_compiled(rules):
    index.load([rules])

    _edit(rules)
    assert calls(lambda: index.load([rules]), "run_examples", "whole") == ["run_examples"]
    _add(rules)
    assert calls(lambda: index.load([rules]), "run_examples", "whole") == ["run_examples"]
    for change in (_rename, _swap_back, lambda path: os.utime(path / "b.toml"), _remove_last):
        change(rules)
        assert calls(lambda: index.load([rules]), "parse", "whole") == []
        assert outcome(index.load, rules) == outcome(reading.load, rules)
    _move_a_place(rules)
    assert "whole" in calls(lambda: index.load([rules]), "whole")


def test_where_sca_or_its_data_has_changed_all_is_compiled(rules, folder, monkeypatch):
    index.load([rules])
    (path,) = folder.glob("*.sqlite")
    _part(path, "own", b"[]")
    _edit(rules)
    assert "whole" in calls(lambda: index.load([rules]), "whole")

    monkeypatch.setattr(stamps, "TICK", 10**18)
    _add(rules)
    assert "whole" in calls(lambda: index.load([rules]), "whole")


def _swap_back(path: Path) -> None:
    (path / "z.toml").rename(path / "a.toml")


def _remove_last(path: Path) -> None:
    (path / "c.toml").unlink()


def test_the_same_id_twice_is_found_where_only_one_of_them_is_read(rules):
    index.load([rules])

    (rules / "z.toml").write_text(rule("test", level="red"))

    with pytest.raises(BrokenRules, match="is the id of"):
        index.load([rules])


def test_the_last_advisory_is_missed(rules):
    index.load([rules])

    (rules / "a.toml").unlink()
    (rules / "b.toml").unlink()

    with pytest.raises(BrokenRules, match="holds no advisory"):
        index.load([rules])


def test_what_is_accepted_is_read_anew_with_the_rules_it_is_about(rules):
    accepted = (
        '[[accepted]]\nadvisory = "test"\nplaces = ["Almaty"]\nlevel = "yellow"\n'
        'until = "2024-07-08"\nreason = "We have guards"\nby = "Security"\n'
    )
    (rules / "accepted.toml").write_text(accepted)
    before = outcome(index.load, rules)
    os.utime(rules / "a.toml")
    assert outcome(index.load, rules) == before
    assert before[4]

    (rules / "a.toml").write_text(rule(place="Astana"))

    with pytest.raises(BrokenRules, match="nothing to accept"):
        index.load([rules])


# ---------------------------------------------------------------------------- the packed rules


@pytest.fixture
def packed(rules, tmp_path, monkeypatch) -> Path:
    """The rules as a package would bring them along."""
    path = tmp_path / "packed.sqlite"
    base = sqlite3.connect(":memory:")
    compiling.whole(base, (str(rules),))
    compiled.add(base, {"key": index.packed_key()})
    path.write_bytes(base.serialize())
    base.close()
    monkeypatch.setattr(index, "PACKED", str(path))
    return path


def test_what_the_package_has_compiled_is_not_compiled_again(rules, packed):
    told = []

    assert calls(lambda: told.append(outcome(index.load, rules)), "parse", "whole") == []
    assert told == [outcome(reading.load, rules)]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_what_has_changed_since_the_package_was_built_is_read_again(rules, packed, change):
    before = outcome(index.load, rules)
    sca("cache", "clear")

    change(rules)

    assert outcome(index.load, rules) == outcome(reading.load, rules) != before


def test_a_damaged_package_is_as_good_as_none(rules, packed):
    told, body = outcome(reading.load, rules), packed.read_bytes()

    for wrong in damaged(body):
        packed.write_bytes(wrong)
        sca("cache", "clear")
        assert outcome(index.load, rules) == told


def test_a_package_with_other_zone_data_is_as_good_as_none(rules, packed):
    _part(packed, "key", index.packed_key().replace(zones.version().encode(), b"1999a"))

    assert "whole" in calls(lambda: index.load([rules]), "whole")


# ------------------------------------------------------------------- what has to do with a place

# Cities, regions, countries and codes; places of two countries, in none, and that are not known.
ASKED = [
    "Almaty", "Kazakhstan", "iso:KZ-75", "Puerto Rico, US", "iso:US-PR", "iso:US", "Hong Kong",
    "El Aaiún", "Longyearbyen", "iso:TW", "iso:XK", "Simferopol", "Paris", "iso:FR", "Guam",
    "0,-140", "51.13,71.43", "42.9,69.6", "47.2,9.52", "Springfield", "Nowhere", "",
]  # fmt: skip


def answer(rules: RuleSet, asked: str, when: str, **more: Any) -> str:
    """The document, or how the question is refused."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    try:
        inquiry = answering.inquire(asked, when, rules=rules, now=now, **more)
        told = document.of_verdict(inquiry.verdict(), rules, asked, when, "en")
    except ScaError as error:
        return f"{type(error).__name__}: {error} {error.candidates}"
    return document.dumped(told)


@pytest.fixture(scope="module")
def library() -> RuleSet:
    return reading.load()


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def shared(monkeypatch, cache) -> None:
    """One index of the library for many tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", cache)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("asked", ASKED)
def test_what_has_nothing_to_do_with_a_place_is_not_missed(library, asked):
    piece = index.load(None, asked)

    for when in ("2016-11-30T12:00", "2026-11-01"):
        assert answer(piece, asked, when) == answer(library, asked, when)
    if asked == "Paris":
        fewer = {"schemes": ["fr-vigipirate"]}
        assert answer(piece, asked, when, **fewer) == answer(library, asked, when, **fewer)


def test_only_what_has_to_do_with_a_place_is_read(rules, library):
    (rules / "c.toml").write_text(rule("far", place="Paris"))
    (rules / "d.toml").write_text(rule("near", place="Astana"))

    index.load([rules])
    ids = {
        asked: [a.id for a in index.load([rules], asked).advisories]
        for asked in ("Paris", "Almaty")
    }

    # What lies far from any city may lie in any country.
    assert ids == {"Paris": ["far"], "Almaty": ["near", "other", "test"]}
    assert index.load([rules], "Paris").size == 4
    assert len(index.load([rules], "0,-140").advisories) == 4


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(n, marks=pytest.mark.long) for n in range(3, 60))]
)
def test_anywhere_a_piece_answers_as_the_whole_does(library, seed):
    chance = random.Random(seed)
    base = sqlite3.connect("file:" + str(ATLAS) + "?mode=ro", uri=True)
    rows = base.execute("SELECT n, code FROM places").fetchall()
    base.close()
    named = [place.id for advisory in library.advisories for place in advisory.places]
    points = [f"{chance.uniform(-56, 72):.2f},{chance.uniform(-180, 180):.2f}" for _ in range(3)]
    places = [f"iso:{code}" if code else f"geonames:{n}" for n, code in chance.sample(rows, 4)]
    for asked in [*points, *places, *chance.sample(named, 2)]:
        when = f"{chance.randint(2003, 2027)}-{chance.randint(1, 12):02}"
        piece = index.load(None, asked)
        assert answer(piece, asked, when) == answer(library, asked, when), (asked, when)


def test_an_index_of_another_version_is_as_good_as_none(rules, folder, monkeypatch):
    told = outcome(index.load, rules)
    (path,) = folder.glob("*.sqlite")
    _part(path, "key", b"another")
    made = inode(folder)

    assert outcome(index.load, rules) == told
    assert inode(folder) != made


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_what_another_user_wrote_is_not_taken(rules, folder):
    told = outcome(index.load, rules)
    (path,) = folder.glob("*.sqlite")
    os.chown(path, 12345, 12345)
    made = inode(folder)

    assert outcome(index.load, rules) == told
    assert inode(folder) != made


def _below_a_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path / "plain").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(path / "plain" / "cache"))


def _without_a_home(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(path / "nowhere" / "at" / "all"))
    (path / "nowhere").write_text("")


@pytest.mark.parametrize("spoil", [_below_a_file, _without_a_home])
def test_where_nothing_can_be_kept_the_answer_is_the_same(rules, tmp_path, monkeypatch, spoil):
    spoil(tmp_path, monkeypatch)

    told = sca("check", "Almaty", "2024-07-03", "--rules", str(rules), "--short")

    assert (told.code, told.err) == (1, "")
    assert told.out.startswith("Almaty, Kazakhstan: yellow until")


def test_indexes_that_nobody_needs_any_more_are_removed(rules, folder):
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"{number}.sqlite").write_text("")
        os.utime(folder / f"{number}.sqlite", (number, number))
    (folder / "killed.new").write_text("")
    os.utime(folder / "killed.new", (1, 1))

    index.load([rules])

    left = {path.stem for path in folder.iterdir()}
    assert len(left) == index._KEPT
    assert {"29", "28"} < left
    assert not {"0", "1", "killed"} & left


def test_the_cache_is_shown_and_cleared(rules, folder):
    index.load([rules])

    shown = sca("cache", "--json").document
    (entry,) = shown["indexes"]
    assert (shown["folder"], entry["rules"], entry["fresh"]) == (str(folder), [str(rules)], True)
    assert entry["size"] == Path(entry["path"]).stat().st_size
    told = sca("cache")
    assert told.code == 0
    assert [line.strip() for line in told.out.splitlines()[3:]] == [
        entry["path"],
        f"of: {rules}",
        f"written: {entry['written']}, {entry['size'] / 1000:,.0f} kB",
        "fresh",
    ]

    _edit(rules)
    assert sca("cache").out.splitlines()[-1].strip().startswith("out of date")

    sca("check", "Almaty", "2024-07-03")
    assert sca("cache", "--json").document["answers"] == 1
    assert sca("cache").out.splitlines()[1] == "answers about 1 place"

    assert sca("cache", "clear").err == f"sca: 4 removed from {folder}\n"
    assert sca("cache", "--json").document["indexes"] == []
    assert sca("cache", "clear").err == f"sca: 0 removed from {folder}\n"


def test_an_index_that_cannot_be_read_is_shown_as_that(rules, folder):
    index.load([rules])
    (path,) = folder.glob("*.sqlite")
    path.write_text("no database")

    (entry,) = sca("cache", "--json").document["indexes"]

    assert (entry["rules"], entry["fresh"]) == ([], False)
    assert "of: nothing that can be read" in sca("cache").out
