from math import atan2, cos, hypot, radians, sin

import pytest
from hypothesis import example, given, strategies as st

from sca.geo import distance, reach
from tests.builders import law

QUARTER = 10007.557
"""From a pole to the equator, along a globe of this radius."""

RADIUS = QUARTER * 2 / 3.141592653589793

coordinates = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


# Distances


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        pytest.param((43.2567, 76.9286), (51.1801, 71.4460), 972, id="Almaty and Astana"),
        pytest.param((51.5074, -0.1278), (48.8566, 2.3522), 344, id="London and Paris"),
        pytest.param((40.7128, -74.0060), (35.6895, 139.6917), 10849, id="New York and Tokyo"),
        pytest.param((-33.8688, 151.2093), (-36.8485, 174.7633), 2156, id="Sydney and Auckland"),
        pytest.param((-16.43, 179.36), (-16.99, -179.90), 100, id="Labasa, over the date line"),
    ],
)
def test_known_distances(one, other, km):
    assert distance(*one, *other) == pytest.approx(km, abs=1)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        pytest.param((0, 0), (0, 1), QUARTER / 90, id="a degree along the equator"),
        pytest.param((0, 0), (1, 0), QUARTER / 90, id="a degree to the north"),
        pytest.param((60, 0), (60, 90), 4604.5, id="not along the parallel"),
        pytest.param((0, 179.5), (0, -179.5), QUARTER / 90, id="over the date line"),
        pytest.param((0, 180), (0, -180), 0, id="the date line has two numbers"),
        pytest.param((90, 0), (90, 123), 0, id="a pole has any longitude"),
        pytest.param((-90, -180), (-90, 50), 0, id="so has the other"),
        pytest.param((89.5, 0), (89.5, 180), QUARTER / 90, id="over a pole"),
        pytest.param((90, 0), (0, 77), QUARTER, id="a pole and the equator"),
        pytest.param((90, 0), (-90, 0), 2 * QUARTER, id="pole and pole"),
        pytest.param((0, 0), (0, 180), 2 * QUARTER, id="the other side of the globe"),
        pytest.param((12.5, 40), (-12.5, -140), 2 * QUARTER, id="and from elsewhere"),
    ],
)
def test_distances_go_by_the_great_circle(one, other, km):
    assert distance(*one, *other) == pytest.approx(km, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("latitude", [78.6, -78.6])
def test_the_other_side_of_the_globe_is_half_its_girth_and_no_error_of_arithmetic(latitude):
    """The sum under the root comes out a little above one here."""
    far = distance(latitude, -104.0, -latitude, 76.0)

    assert far == pytest.approx(2 * QUARTER)


@law
@given(coordinates, coordinates)
@example((0.0, 180.0), (0.0, -180.0))
def test_it_is_as_far_there_as_back(one, other):
    assert distance(*one, *other) == distance(*other, *one)


@law
@given(coordinates)
def test_a_place_is_no_distance_from_itself(place):
    assert distance(*place, *place) == 0


@law
@given(coordinates, coordinates)
def test_no_place_is_farther_than_the_other_side_of_the_globe(one, other):
    assert 0 <= distance(*one, *other) <= 2 * QUARTER + 0.01


def by_vectors(one, other):
    """The angle between two directions from the middle of the globe, in kilometres."""
    (a, b), (c, d) = (map(radians, place) for place in (one, other))
    p, q = ((cos(u) * cos(v), cos(u) * sin(v), sin(u)) for u, v in ((a, b), (c, d)))
    across = hypot(p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0])
    return RADIUS * atan2(across, sum(x * y for x, y in zip(p, q, strict=True)))


@law
@given(coordinates, coordinates)
def test_another_way_to_reckon_gives_the_same_distance(one, other):
    assert distance(*one, *other) == pytest.approx(by_vectors(one, other), rel=1e-6, abs=1e-3)


@law
@given(coordinates, coordinates, coordinates)
def test_a_way_by_a_third_place_is_never_shorter(one, other, third):
    by_third = distance(*one, *third) + distance(*third, *other)

    assert distance(*one, *other) <= by_third + 1e-3


@law
@given(coordinates, coordinates)
def test_a_longitude_counts_from_anywhere(one, other):
    turned = (other[0], other[1] + 360)

    assert distance(*one, *turned) == pytest.approx(distance(*one, *other), abs=1e-3)


# How far a city reaches


@pytest.mark.parametrize(
    ("people", "km"),
    [
        (0, 5),
        (15_000, 5),
        (99_999, 5),
        (100_000, 10),
        (100_001, 10),
        (999_999, 10),
        (1_000_000, 20),
        (24_874_500, 20),
    ],
)
def test_a_city_reaches_farther_the_more_people_it_has(people, km):
    assert reach(people) == km
