"""The report: whole, the same twice, safe, and true to the study."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from qn_coverage.render import report_parts, written
from qn_coverage.render.report import render_report, write_report
from qn_coverage.render.report_map import report_map

VOID = {"meta", "br", "img"}


class Balanced(HTMLParser):
    """Collects text and complains of a tag that is closed out of turn."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):  # noqa: ARG002
        self.tags.add(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.text += data


def parsed(text: str) -> Balanced:
    reader = Balanced()
    reader.feed(text)
    reader.close()
    assert reader.wrong == []
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def text(study) -> str:
    return render_report(study)


def test_two_renderings_are_the_same_bytes(study, text):
    assert render_report(study) == text


def test_the_report_is_well_formed_loads_nothing_and_runs_nothing(text):
    found = parsed(text)
    assert found.tags.isdisjoint({"script", "link", "iframe", "img"})
    assert not re.search(r"url\((?!#)|@import|\ssrc=", text)
    assert "default-src 'none'" in text


def test_every_part_is_there_in_both_languages(text):
    shown = parsed(text).text
    for words in (
        "Kết quả chính", "Headline", "Thôn, bản, khu theo kết luận", "Villages by verdict",
        "Kiểm chứng các phát biểu", "The claims tested", "Chỉ số khác", "Method and limits",
        "Nguồn dữ liệu", "Số liệu mô phỏng", "Modelled, not surveyed", "Quy tắc",
    ):  # fmt: skip
        assert words in shown


def test_the_headline_is_the_summary_s_with_its_interval(text):
    shown = parsed(text).text
    assert "88,4\u00a0%" in shown
    assert "97,6\u00a0%" in shown
    assert "70,2\u00a0% – 99,8\u00a0%" in shown
    assert "1.776" in shown
    assert "1,776" in shown
    assert "sai số của mô hình" in shown


def test_the_worst_communes_come_first_and_ties_go_by_the_lower_end(study):
    made = report_parts.worst_communes(study)
    assert made["code"].tolist() == ["00003", "00002", "00001"]
    level = study.communes.assign(population_share_after=0.9)
    tied = report_parts.worst_communes(replace(study, communes=level))
    assert tied["population_share_after_low"].tolist() == [0.433, 0.81, 0.95]


def test_each_gap_says_why(text):
    shown = parsed(text).text
    assert "nhà cửa, cây cối che, thiếu 7,0\u00a0dB" in shown
    assert "cao hơn đường ngắm 302\u00a0m" in shown
    assert "nâng cột thêm 14\u00a0m" in shown
    assert "Cần đo kiểm" in shown
    assert "tây nam" not in shown.split("Kiểm chứng")[1]


def test_the_report_that_decides_a_claim_is_a_link_and_nothing_else_is(text):
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', text)
    assert ("https://vjs.vietnam.vn/khu-10", "vjs.vietnam.vn") in links
    assert all(address.startswith("http") for address, _ in links)


def test_hostile_names_are_text(hostile_study):
    made = render_report(hostile_study)
    found = parsed(made)
    assert found.tags.isdisjoint({"script", "img"})
    assert "<script>window.hacked" not in made
    assert "<script>window.hacked=1</script>" in found.text


@pytest.mark.parametrize(
    ("model", "grade", "said", "unsaid"),
    [
        ("p1812", "screening", ("looks at ridges", "screening grade"), ("not look at the ground",)),
        ("p1812", "planning", ("looks at ridges",), ("screening grade", "not look at the ground")),
        ("buffer", "screening", ("not look at the ground",), ("looks at ridges", "may be more")),
    ],
)
def test_the_method_says_what_the_model_sees_and_what_its_ground_is_worth(
    study, model, grade, said, unsaid
):
    chosen = study.scenario.model.model_copy(update={"name": model})
    asked = replace(
        study,
        scenario=study.scenario.model_copy(update={"model": chosen}),
        summary={**study.summary, "terrain_grade": grade},
    )
    shown = parsed(report_parts.method(asked)).text
    assert all(words in shown for words in said)
    assert not any(words in shown for words in unsaid)


def test_it_says_where_to_measure_or_that_it_would_not_help(study, text):
    shown = parsed(text).text
    assert "Where measuring helps most" in shown
    assert "0,84" in shown
    assert "0,96" in shown
    none = replace(study, measurements=study.measurements.iloc[:0])
    assert "At no place would one measurement" in parsed(render_report(none)).text


def test_a_study_without_gaps_claims_or_indicators_still_makes_a_report(study):
    bare = replace(
        study,
        gaps=study.gaps.iloc[:0],
        judgements=study.judgements.iloc[:0],
        indicators=study.indicators.iloc[:0],
    )
    shown = parsed(render_report(bare)).text
    assert "No gap is larger" in shown
    assert "There are no claims to test" in shown


def test_a_given_picture_takes_the_place_of_the_drawing(study):
    made = render_report(study, b"\x89PNG")
    assert 'src="data:image/png;base64,' in made
    assert 'class="map" viewBox' not in made


def test_the_map_draws_every_commune_gap_village_and_named_place(study):
    made = report_map(study, ["00003"])
    assert made.count('fill-rule="evenodd"') == len(study.communes) + len(study.gaps)
    assert made.count("translate(") == len(study.villages) + len(study.places)
    assert "Đảo Trần" in made
    assert ">1</text>" in made


def test_a_run_on_a_user_s_own_files_makes_a_report(tiny_study):
    assert "sai số" in parsed(render_report(tiny_study)).text


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "100,0"), (0.99999, "99,9"), (0.0, "0,0"), (1e-6, "<\u00a00,1"), (0.5, "50,0")],
)
def test_what_is_not_all_never_reads_as_all_nor_some_as_none(share, said):
    assert written.percent(share) == f"{said}\u00a0%"


def test_nothing_is_a_dash_and_minus_zero_is_zero():
    assert written.number(float("nan")) == "–"
    assert written.number(-0.04, 1) == "0,0"
    assert written.number(-1234.5, 1) == "\u22121.234,5"
    assert written.figure("1.234,5") == ("1.234,5", "1,234.5")


@pytest.mark.browser
def test_the_report_prints_to_a4_pages(study, chromium_path, tmp_path):
    path, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
    write_report(study, str(path))
    assert b"\r\n" not in path.read_bytes()
    command = [chromium_path, "--headless", "--no-sandbox", "--disable-gpu",
               f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer",
               f"--print-to-pdf={pdf}", path.as_uri()]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pages = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf.read_bytes())
    assert len(pages) >= 2
    for box in pages:
        _, _, width, height = map(float, box.split())
        assert (width, height) == pytest.approx((595, 842), abs=2)


def test_each_step_stands_in_the_report_with_its_basis(study):
    from qn_coverage.render.report_time import timeline

    text = timeline(study)
    for step in study.history.steps:
        assert written.escaped(step.title_vi) in text
        assert written.escaped(step.title_en) in text
    assert "+1.500" in text
    assert "\u2212612" in text
    assert "mô phỏng" in text


def test_sites_that_nobody_depends_on_are_not_listed(study):
    from qn_coverage.render.report_time import sites

    text = sites(study)
    assert "s0" in text
    assert "1.100" in text
    assert "s3" not in text
    assert "–" in sites(replace(study, sites=study.sites.iloc[:0]))
