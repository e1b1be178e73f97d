"""Distances on the globe, and how far a city reaches."""

from math import asin, cos, radians, sin, sqrt

_EARTH_KM = 6371.0088


def distance(latitude: float, longitude: float, other: float, along: float) -> float:
    """Kilometres between two coordinates by the great circle."""
    a, b = radians(latitude), radians(other)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(along - longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, half)))


def reach(people: int) -> float:
    """The radius in kilometres of the disc that a city of so many people is taken for."""
    return 20 if people >= 1_000_000 else 10 if people >= 100_000 else 5
