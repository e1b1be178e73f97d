"""The reviewed table of regions: every mapping leads somewhere, and nothing lies in itself."""

from pathlib import Path

DATA = Path(__file__).parent.parent / "sca" / "data"


def rows(name):
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def test_every_mapped_code_is_a_region_of_its_country_or_no_region_at_all():
    known = {row[0] for row in rows("regions.tsv")}

    lost = [row for row in rows("admin1.tsv") if row[2] != "-" and row[2] not in known]

    assert lost == []
    assert [r for r in rows("admin1.tsv") if r[2] != "-" and not r[2].startswith(r[0])] == []


def test_no_code_stands_twice():
    codes = [row[0] for row in rows("regions.tsv")]
    keys = [(row[0], row[1]) for row in rows("admin1.tsv")]

    assert len(codes) == len(set(codes))
    assert len(keys) == len(set(keys))


def test_every_region_lies_in_a_country_and_never_in_itself():
    parents = {row[0]: row[1] for row in rows("regions.tsv")}
    countries = {code for code, parent in parents.items() if not parent}

    for code in parents:
        line = [code]
        while parents[line[-1]]:
            line.append(parents[line[-1]])
            assert len(line) == len(set(line)), line
        assert line[-1] in countries
        assert line[-1] == code[:2], code


def test_the_codes_of_kazakhstan_that_look_equal_are_not():
    mapped = {row[1]: row[2] for row in rows("admin1.tsv") if row[0] == "KZ"}

    assert (mapped["10"], mapped["11"], mapped["15"]) == ("KZ-61", "KZ-55", "KZ-63")
    assert (mapped["02"], mapped["05"], mapped["1537272"]) == ("KZ-75", "KZ-71", "KZ-79")
    assert mapped["08"] == "-"
