"""Places: postcodes to points, nested grids, distances."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.datastore import places
from accounts.datastore.places import Place

lats, lons = st.floats(-90, 90), st.floats(-180, 180)


def test_locates_a_british_postcode_by_its_area() -> None:
    assert places.locate("GB", "EH1 1AA") == Place("GB", "EH", "Edinburgh", "Scotland", 55.92357, -3.2287)


@pytest.mark.parametrize("written", ["eh11aa", "EH1", "EH", " eh1  1aa "])
def test_spelling_does_not_matter(written: str) -> None:
    assert places.locate("gb", written) == places.locate("GB", "EH1 1AA")


@pytest.mark.parametrize(
    ("country", "postcode", "label"),
    [
        ("GB", "SW1A 1AA", "London"),
        ("GB", "CF10 1AA", "Cardiff, Wales"),
        ("GB", "BT1 1AA", "Belfast, Northern Ireland"),
        ("US", "10001-1234", "New York"),
        ("CA", "K1A 0B1", "Government of Canada Ottawa and Gatineau offices, Ontario"),
        ("AU", "2000", "Barangaroo, New South Wales"),
        ("PL", "00-001", "Warszawa"),
        ("SI", "SI-1000", "Ljubljana"),
        ("MD", "2001", "Chişinău"),
    ],
)
def test_knows_places_of_other_countries(country: str, postcode: str, label: str) -> None:
    place = places.locate(country, postcode)
    assert place is not None
    assert place.label == label


@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("GB", "ZZ1 1AA"),
        ("GB", "EH1 1A"),
        ("GB", ""),
        ("GB", "12345"),
        ("GB", "GY1 1AA"),  # known by name, without a point
        ("US", "1000"),
        ("CA", "K1A 0B"),
        ("DE", "10115"),  # no points in the data
        ("XX", "1"),
        ("../GB", "EH1"),
    ],
)
def test_what_is_unknown_is_nowhere(country: str, postcode: str) -> None:
    assert places.locate(country, postcode) is None


def test_the_countries_with_points_are_those_of_the_data() -> None:
    small = {"BE", "GB", "SI", "NZ", "IS", "LI", "CC", "AD", "MT"}
    folder = Path(str(files("countrystatecity_postal_codes"))) / "data" / "by-country"
    rows = {country: json.loads((folder / country / "postcodes.json").read_text("utf-8")) for country in small}
    with_points = {country for country in small if any(row["latitude"] is not None for row in rows[country])}
    assert with_points == small & places.PLACED


def test_every_british_area_has_a_region() -> None:
    index = places._index("GB")
    assert len(index.rows) == 121
    assert None not in index.regions


def test_cell_is_named_after_what_lies_in_it() -> None:
    assert places.cell(55.9533, -3.1883, "GB") == places.Cell(55.935, -3.37349, "Edinburgh, Scotland")


def test_cell_far_from_every_name_has_its_coordinates() -> None:
    assert places.cell(52.52, 13.4, "DE").label == "52.4° N 13.3° E, Germany"
    assert places.cell(-52.52, -13.4).label == "52.6° S 13.6° W"
    assert places.cell(62, -20, "GB").label == "61.9° N 20.0° W, United Kingdom"


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_a_point_outside_the_globe_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="latitude"):
        places.cell(lat, lon)


@given(lats, lons)
def test_cells_nest(lat: float, lon: float) -> None:
    wide = places.centre(places.GRID_30_KM, lat, lon)
    for finer in (places.GRID_10_KM, places.GRID_1_KM):
        assert places.centre(places.GRID_30_KM, *places.centre(finer, lat, lon)) == wide


@given(lats, lons, st.sampled_from([places.GRID_30_KM, places.GRID_10_KM, places.GRID_1_KM]))
def test_the_centre_of_a_cell_is_its_own_centre(lat: float, lon: float, grid: places.Grid) -> None:
    middle = places.centre(grid, lat, lon)
    assert places.centre(grid, *middle) == middle


@given(st.floats(-70, 70), lons)
def test_cells_are_as_wide_as_they_say(lat: float, lon: float) -> None:
    middle = places.centre(places.GRID_30_KM, lat, lon)
    assert places.distance_km(lat, lon, *middle) <= 30.1 / 2**0.5 * 1.02


@given(st.floats(50, 60), st.floats(-7, 2))
def test_points_of_one_cell_have_one_name(lat: float, lon: float) -> None:
    cell = places.cell(lat, lon, "GB")
    assert places.cell(cell.lat, cell.lon, "GB") == cell


def test_distance_of_edinburgh_and_london() -> None:
    assert round(places.distance_km(55.9533, -3.1883, 51.5074, -0.1278)) == 534


@given(lats, lons, lats, lons)
def test_distance_is_symmetric_and_bounded(lat: float, lon: float, other_lat: float, other_lon: float) -> None:
    there = places.distance_km(lat, lon, other_lat, other_lon)
    assert there == pytest.approx(places.distance_km(other_lat, other_lon, lat, lon))
    assert 0 <= there <= 20016


def test_opposite_points_do_not_break_the_formula() -> None:
    assert places.distance_km(0, 0, 0, 180) == pytest.approx(20015.1, abs=0.1)


@pytest.mark.parametrize(
    ("country", "postcode", "parts"),
    [
        ("GB", "EH1 1AA", ("EH", "EH1")),
        ("GB", "E1W 1AA", ("E", "E1W")),
        ("GB", "EH", ("EH", None)),
        ("GB", "10115", (None, None)),
        ("DE", "10115", ("10", "101")),
        ("NO", "0150", ("0", "01")),
        ("CA", "K1A 0B1", ("K", "K1A")),
        ("IE", "D02 AF30", ("D", "D02")),
        ("MD", "MD-2000", ("2", "20")),
        ("US", "", (None, None)),
        (None, "EH1 1AA", (None, None)),
    ],
)
def test_splits_postcodes(country: str | None, postcode: str, parts: tuple[str | None, str | None]) -> None:
    assert places.split_postcode(country, postcode) == parts
