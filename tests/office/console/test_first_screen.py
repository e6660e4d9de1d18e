"""The first screen of the figures, and the files made of it."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import openpyxl
import pdfplumber
import pytest

from desk import audit, feedback, matters, recording, samples
from desk.engine import reading, writing
from desk.matters import Matter
from desk.permissions import Role
from desk.times import utc_now
from office.console.charts import columns
from office.console.first_screen import change, minutes, period_before
from office.console.reporting_period import Chosen
from tests.exchange import record_exchange


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(46, 43, "▲7%（上期43）"), (8, 10, "▼20%（上期10）"), (4, 4, "与上期一样（4）"),
     (3, 0, "上期没有"), (0, 0, "与上期一样"), (0, 5, "▼100%（上期5）")],
)  # fmt: skip
def test_change_is_said_in_words_and_arrows_not_in_colour(now, before, words):
    assert change(now, before) == words


def test_period_before_is_as_long_and_ends_the_day_before():
    before = period_before(Chosen(date(2026, 11, 1), date(2026, 11, 30), "gz-aid"))
    assert (before.first, before.last, before.center) == (
        date(2026, 10, 2),
        date(2026, 10, 31),
        "gz-aid",
    )


@pytest.mark.parametrize(("value", "words"), [(None, "—"), (0.4, "不到1分钟"), (25, "25分钟"), (90, "1.5小时")])  # fmt: skip
def test_minutes_are_written_as_one_says_them(value, words):
    assert minutes(value) == words


def test_columns_carry_their_numbers_for_those_who_do_not_see_them():
    drawn = columns("h", "几点来问", ["9点", "<b>"], [3, 0])
    assert "<desc" in drawn
    assert "9点 3" in drawn
    assert "<b>" not in drawn
    tallest = max(float(height) for height in re.findall(r'height="([\d.]+)"', drawn))
    assert tallest == 105


@pytest.fixture
def people(engine):
    with writing(engine) as conn:
        for number in range(4):
            recording.receive(conn, f"p{number}", "web", "德国海关扣货")
            code = "DE" if number < 3 else "IS"
            matters.save(conn, Matter(f"p{number}", 0, facts={"country": code}))


async def test_screen_shows_pictures_with_names_not_codes(enter, people):
    client = await enter(Role.ADMIN, center=None, name="王芳")
    page = await (await client.get("/desk/figures")).text()
    screen = page.split('class="screen"')[1].split("全部数字")[0]
    for title in ("会话：本期和上期", "从咨询到受理", "几点来问", "国家或地区", "从哪里来"):
        assert title in screen
    assert '<th scope="row">德国</th><td class="number">3</td>' in screen
    assert '<th scope="row">网页</th><td class="number">4</td>' in screen
    assert not re.search(r'scope="row">(?:DE|web|wang)<', screen)


async def test_screen_tells_which_partner_people_came_by(enter, people, engine):
    client = await enter(Role.ADMIN, center=None)
    assert "从哪个合作方来" not in await (await client.get("/desk/figures")).text()
    with writing(engine) as conn:
        payload = {"metadata": {"partner": "huadu-park"}}
        recording.receive(conn, "p9", "widget", "海关扣货", payload=payload)
    screen = (await (await client.get("/desk/figures")).text()).split("从哪个合作方来", 1)[1]
    assert '<th scope="row">huadu-park</th><td class="number">1</td>' in screen


async def test_workbook_hides_small_groups_and_is_on_record(enter, people, engine):
    client = await enter(Role.ADMIN, center=None)
    answer = await client.get("/desk/report.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(await answer.read()))
    rows = [[cell.value for cell in row] for row in book["国家或地区"].iter_rows()]
    assert ["德国", "3"] in rows
    assert ["冰岛", "少于3"] in rows
    assert ["咨询会话", "4", "上期没有"] in [
        [cell.value for cell in row] for row in book["概览"].iter_rows()
    ]
    with reading(engine) as conn:
        assert [entry.detail["format"] for entry in audit.search(conn, action="figures")] == [
            "xlsx"
        ]


async def test_pdf_is_one_page_with_all_parts(enter, people):
    client = await enter(Role.ADMIN, center=None)
    answer = await client.get("/desk/report.pdf")
    assert answer.content_type == "application/pdf"
    with pdfplumber.open(io.BytesIO(await answer.read())) as pdf:
        assert len(pdf.pages) == 1
        text = pdf.pages[0].extract_text()
    for part in ("咨询会话", "从咨询到受理", "几点来问", "少于3"):
        assert part in text


@pytest.fixture
def wrong(engine):
    """Two answers found wrong in this period and one in the period before."""
    answer = {
        "kind": "answer",
        "text": "20天",
        "citations": [
            {"document": "d", "title": "t", "quote": "q", "snapshot": "s", "passage": "d#1"}
        ],
    }
    now = utc_now()
    with writing(engine) as conn:
        for sender, at in (("p1", now), ("p2", now - timedelta(days=35))):
            said = record_exchange(conn, sender, "web", f"{sender}问", [answer], now=at)
            feedback.record(conn, said.replies[0].id, "down", now=at)
        record_exchange(conn, "p3", "web", "抽到的", [answer], now=now)
        found = samples.answered(conn, since=now - timedelta(days=1))
        samples.draw(conn, [(one, "", 1.0) for one in found], by="chen")
        drawn = next(one for one in samples.listing(conn) if one.question == "抽到的")
        samples.judge(conn, drawn.id, "wrong", "数错了天数", by="lin")


async def test_wrong_answers_stand_beside_the_refused_and_lead_to_their_list(enter, wrong):
    client = await enter(Role.TRAINER, center=None)
    screen = (await (await client.get("/desk/figures")).text()).split("全部数字")[0]
    names = re.findall(r'<span class="name">([^<]+)</span>', screen)
    assert names.index("被判答错") == names.index("未能回答") + 1
    tile = re.search(r'<a class="tile" href="([^"]+)"><span class="name">被判答错.*?</a>', screen)
    assert "<strong>2</strong>" in tile[0]
    assert "▲100%（上期1）" in tile[0]
    listed = await (await client.get(tile[1].replace("&amp;", "&"))).text()
    assert "共 2 条" in listed
    assert "抽查判错：数错了天数" in listed
    assert "评价没帮助：20天" in listed


async def test_wrong_answers_are_in_both_files(enter, wrong):
    client = await enter(Role.ADMIN, center=None)
    workbook = await (await client.get("/desk/report.xlsx")).read()
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    rows = [[cell.value for cell in row] for row in book["概览"].iter_rows()]
    assert ["被判答错", "2", "▲100%（上期1）"] in rows
    page = await (await client.get("/desk/report.pdf")).read()
    with pdfplumber.open(io.BytesIO(page)) as pdf:
        assert len(pdf.pages) == 1
        text = pdf.pages[0].extract_text()
    assert "被判答错" in text
    assert "上期1" in text
