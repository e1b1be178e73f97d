"""Many cases as one test are as sharp as one test for each."""

import pytest

from tests.cases import each


def test_every_case_that_fails_is_named_and_no_other():
    @each(("number", "name"), [(1, "one"), (2, "two"), pytest.param(3, "three", id="third")])
    def check(number, name):
        assert number == 2, name

    with pytest.raises(BaseExceptionGroup) as told:
        check()

    assert str(told.value).startswith("2 of 3 cases:\n1, 'one'\n3, 'three' (")
    assert [str(error).splitlines()[0] for error in told.value.exceptions] == ["one", "three"]


def test_what_ought_to_have_been_raised_and_was_not_is_a_failure():
    @each("text", ["1", "x"])
    def check(text):
        with pytest.raises(ValueError, match="invalid"):
            int(text)

    with pytest.raises(BaseExceptionGroup, match="1 of 2 cases:\n'1'"):
        check()


@each("first", [1, 2])
@each("second", [3, 4])
def test_lists_of_cases_are_multiplied_and_fixtures_given(first, second, tmp_path):
    (tmp_path / f"{first}{second}").touch()
    if (first, second) == (2, 4):
        assert {path.name for path in tmp_path.iterdir()} == {"13", "14", "23", "24"}


def test_no_case_or_one_that_would_be_skipped_is_a_mistake():
    for cases in ([], [pytest.param(1, marks=pytest.mark.skip)]):
        with pytest.raises(ValueError, match=r"case|marks"):
            each("number", cases)
