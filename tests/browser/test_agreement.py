"""The agreement page in Chromium: a table is uploaded, matched and answered; figures, tables and report are saved."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import expect

from tests.browser.app_server import TABLET
from tests.browser.test_app import LEAST_TOUCH_PX
from tests.records.sheets import text_of

pytestmark = pytest.mark.browser

ROWS = "".join(
    f"{video},P{video % 6},{rater},{min(4, video % 5 + shift)},{'F' if video % 2 else 'M'}\n"
    for video in range(15)
    for rater, shift in (("Dr. Lin", 0), ("Dr. Wu", video == 3), ("PEEA", video in (1, 2)))
)


@pytest.fixture
def ratings(tmp_path):
    file = tmp_path / "ratings.csv"
    file.write_text("video,patient,rater,grade,sex\n" + ROWS)
    return file


def save(page, press):
    with page.expect_download() as caught:
        press()
    return caught.value


def test_a_table_is_uploaded_answered_and_its_results_are_saved(open_app, ratings):
    page = open_app("agreement")
    page.get_by_text("In a table of mine (CSV)").click()
    page.locator("input[type=file]").set_input_files(ratings)
    result = page.get_by_role("region", name="Result")
    expect(result).to_contain_text("PEEA gave the same grade as the clinicians together in 12 of 15 recordings")

    chart = page.locator(".js-plotly-plot").first
    camera = chart.locator(".modebar-btn")
    png = save(page, camera.click)
    assert png.suggested_filename == "peea-cross-table.png"
    assert png.path().read_bytes().startswith(b"\x89PNG")

    page.get_by_text("SVG", exact=True).click()
    page.wait_for_timeout(1500)
    svg = save(page, camera.click)
    assert svg.suggested_filename == "peea-cross-table.svg"
    assert "<svg" in svg.path().read_text()
    assert "Grade by PEEA" in svg.path().read_text()

    page.get_by_role("tab", name="ICC and kappa").click()
    table = save(page, page.get_by_role("button", name="Table as CSV").locator("visible=true").nth(1).click)
    rows = list(csv.DictReader(io.StringIO(table.path().read_text(encoding="utf-8-sig"))))
    assert [row["Measure of agreement"] for row in rows] == ["Kappa, unweighted", "Kappa, linear", "Kappa, quadratic"]

    page.get_by_role("tab", name="Report").click()
    report = save(page, page.get_by_role("button", name="Report as PDF").click)
    read = text_of(report.path())
    assert "12 of 15 recordings" in read
    assert "To be filled in" in read


def test_faulty_rows_are_told_and_the_corrected_file_is_taken(open_app, ratings, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text(ratings.read_text() + "16,P1,Dr. Lin,nine,F\n")
    page = open_app("agreement")
    page.get_by_text("In a table of mine (CSV)").click()
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("1 row needs a look")).to_be_visible()
    expect(page.get_by_role("cell", name="which is not a number")).to_be_visible()
    page.locator("input[type=file]").set_input_files(ratings)
    expect(page.get_by_role("region", name="Result")).to_contain_text("12 of 15 recordings")


def test_the_demonstration_study_fits_a_tablet_and_says_that_it_is_simulated(open_app):
    page = open_app("agreement", size=TABLET, touch=True)
    expect(page.get_by_role("region", name="Result")).to_be_visible()
    expect(page.get_by_text("Simulated: the patients are scripted")).to_be_visible()
    page.locator(".js-plotly-plot").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]
    box = page.locator(".modebar-btn").first.bounding_box()
    assert min(box["width"], box["height"]) >= LEAST_TOUCH_PX - 0.5
