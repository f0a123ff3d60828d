"""Figures for papers: what is drawn in them, their files, and what is refused."""

from __future__ import annotations

import itertools
import math
import re
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.reporting.figures import KINDS
from cltool.reporting.figures.front import Point, pareto
from cltool.reporting.figures.labels import Box, Named, placed
from cltool.reporting.figures.look import STYLES, contrast, text_on
from cltool.reporting.figures.matrix import DIFFERENCES, SHARES
from cltool.reporting.figures.request import WIDTHS, Request
from cltool.reporting.figures.source import MOST, Source, highlighted, of_group, of_page
from cltool.reporting.figures.write import write_figure
from cltool.reporting.report_page import write_report
from cltool.runs.groups import group_runs

from .conftest import Make

pytest.importorskip("matplotlib")

EVIL = "$\\frac{<b>&"
"""A step's label that is markup in TeX and in XML."""


def made(retained: Sequence[float], labels: Sequence[str] = ("base", "2011", "2012")) -> Source:
    """The data of strategies ``s0``, ``s1``, … that retain so much of what they were taught."""
    names = [f"s{place}" for place in range(len(retained))]
    steps = range(len(labels))
    means = {}
    curves: dict[str, Any] = {"new": {}, "retained": {}, "stale": {}}
    matrices = {}
    for name, kept in zip(names, retained, strict=True):
        for score, value in (("new", 0.9), ("retained", kept), ("stale", 0.0)):
            curves[score][name] = {
                "mean": [None if score != "new" and not step else value for step in steps],
                "half": [0.05 if step else None for step in steps],
            }
        matrices[name] = [[kept ** (i - j) if i >= j else 0.0 for j in steps] for i in steps]
        numbers = {"new": 0.9, "retained": kept, "tokens": 1000 * kept}
        means[name] = {key: {"mean": value, "half": 0.05} for key, value in numbers.items()}
    views = {"over_updates": curves, "accuracy_matrix": matrices, "scores": {"means": means}}
    return Source(labels, names, dict.fromkeys(names, 3), views)


TWO = made([0.9, 0.4])


@pytest.mark.parametrize("name", KINDS)
def test_files_have_their_format_and_the_same_bytes_each_time(name: str, tmp_path: Path) -> None:
    for suffix, begin in (("pdf", b"%PDF"), ("svg", b"<?xml"), ("png", b"\x89PNG")):
        once, again = (
            write_figure(TWO, Request(name), tmp_path / f"{which}.{suffix}").read_bytes()
            for which in ("once", "again")
        )
        assert once.startswith(begin)
        assert once == again


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_figure_is_as_wide_as_the_columns(columns: int, tmp_path: Path) -> None:
    file = write_figure(TWO, Request("front", columns), tmp_path / "a.png")
    width, height = struct.unpack(">II", file.read_bytes()[16:24])
    assert width == math.floor(WIDTHS[columns] * 300)
    assert height < 9.5 * 300


def test_fonts_are_outlines(tmp_path: Path) -> None:
    pdf = write_figure(TWO, Request("curve"), tmp_path / "a.pdf")
    assert b"/CIDFontType2" in pdf.read_bytes() and b"/Type3" not in pdf.read_bytes()
    svg = write_figure(TWO, Request("curve"), tmp_path / "a.svg")
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(svg).iter()}
    assert "path" in tags and not tags & {"text", "image"}


def test_labels_are_text_whatever_they_hold(tmp_path: Path) -> None:
    for name in KINDS:
        source = made([0.9, 0.4], labels=[EVIL, EVIL, EVIL])
        ElementTree.parse(write_figure(source, Request(name), tmp_path / "a.svg"))


def test_a_report_and_its_runs_give_the_same_data(make: Make, tmp_path: Path) -> None:
    runs = [make(strategy="naive"), make(strategy="ewc")]
    page = of_page(write_report(runs, tmp_path / "report.html"))
    (group,) = group_runs(runs)
    source = of_group(group, ["over_updates", "accuracy_matrix", "scores"])
    assert (page.labels, page.names, page.counted) == (source.labels, source.names, source.counted)
    assert all(page.views[name] == data for name, data in source.views.items())


def test_two_groups_in_a_report_are_refused(make: Make, tmp_path: Path) -> None:
    two = [make(), make("other", labels=["a", "b"])]
    page = write_report(two, tmp_path / "report.html")
    with pytest.raises(UserError, match="2 groups"):
        of_page(page)


def test_at_most_six_strategies_are_told_apart(tmp_path: Path) -> None:
    source = made([0.2, 0.9, 0.3, 0.8, 0.7, 0.95, 0.6, 0.99, 0.1])
    assert highlighted(source, ()) == ["s1", "s3", "s4", "s5", "s6", "s7"]
    assert highlighted(source, ("s8", "s0")) == ["s0", "s8"]
    with pytest.raises(UserError, match="--highlight"):
        highlighted(source, source.names)
    for name in KINDS:
        write_figure(source, Request(name), tmp_path / "a.svg")


def test_unknown_names_are_refused_with_a_guess(tmp_path: Path) -> None:
    for asked in ({"only": ("S0",)}, {"highlight": ("S0",)}, {"scores": ("nw",)}):
        request = Request("curve", **asked)
        with pytest.raises(UserError, match=f"--{next(iter(asked))}"):
            write_figure(TWO, request, tmp_path / "a.svg")
    with pytest.raises(UserError, match="--minus"):
        request = Request("matrix", minus="S0")
        write_figure(TWO, request, tmp_path / "a.svg")


def test_only_chooses_the_heat_maps_and_their_order(tmp_path: Path) -> None:
    from cltool.reporting.figures.matrix import draw

    source = TWO.only(("s1", "s0"))
    titles = [panel.get_title("left") for panel in draw(source, Request("matrix")).axes]
    assert titles[:2] == ["s1", "s0"]
    less = [
        panel.get_title("left")
        for panel in draw(source, Request("matrix", minus="s0")).axes
        if panel.get_title("left")
    ]
    assert less == ["s1"]


def test_more_heat_maps_than_a_page_holds_are_refused(tmp_path: Path) -> None:
    source = made([0.5] * 99)
    with pytest.raises(UserError, match="--only"):
        write_figure(source, Request("matrix"), tmp_path / "a.svg")
    assert not (tmp_path / "a.svg").exists()


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    for name in ("a.jpg", "a", ".pdf"):
        with pytest.raises(UserError, match=r"\.pdf, \.svg or \.png"):
            write_figure(TWO, Request("front"), tmp_path / name)


def test_numbers_in_cells_can_be_read() -> None:
    for ramp in (SHARES, DIFFERENCES):
        for one, other in itertools.pairwise(ramp):
            for part in range(101):
                colour = _mixed(one, other, part / 100)
                assert contrast(text_on(colour), colour) >= 4.5


def test_lines_can_be_seen_on_white_and_differ_in_more_than_colour() -> None:
    assert len(STYLES) == MOST
    for style in STYLES:
        assert contrast(style.colour, "#ffffff") >= 3
    for one, other in itertools.combinations(STYLES, 2):
        assert one.marker != other.marker and one.dash != other.dash


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_the_front_is_what_nothing_beats() -> None:
    def point(name: str, retained: float, new: float) -> Point:
        return Point(name, retained, new, math.nan, math.nan, math.nan)

    points = [
        point("a", 0.9, 0.5), point("b", 0.5, 0.9), point("c", 0.5, 0.8), point("d", 0.4, 0.4),
        point("e", 0.9, 0.5),
    ]  # fmt: skip
    assert [one.name for one in pareto(points)] == ["a", "b", "e"]


def test_names_cover_neither_points_nor_names() -> None:
    points = [Named(50 + 4 * place, 50, 3, 30, 8) for place in range(8)]
    boxes = placed(points, Box(0, 0, 200, 200))
    found = [box for box in boxes if box is not None]
    assert len(found) >= 4
    for one, other in itertools.combinations(found, 2):
        assert not one.meets(other)
    for box, point in itertools.product(found, points):
        assert not box.meets(point.box)


def test_the_first_names_may_cover_a_line() -> None:
    point = Named(50, 50, 3, 30, 8)
    wall = [Box(0, 0, 100, 100)]
    assert placed([point], Box(0, 0, 100, 100), wall) == [None]
    assert placed([point], Box(0, 0, 100, 100), wall, needed=1) != [None]


def _mixed(one: str, other: str, share: float) -> str:
    parts = [
        round((1 - share) * int(a, 16) + share * int(b, 16))
        for a, b in zip(re.findall("..", one[1:]), re.findall("..", other[1:]), strict=True)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)
