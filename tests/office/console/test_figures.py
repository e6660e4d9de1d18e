from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from desk import feedback, handoffs, unanswered
from desk.engine import writing
from desk.leads import Stage
from desk.permissions import Role
from office.console.charts import Bar, Series, bars, lines
from tests.exchange import record_exchange
from tests.office.console.conftest import CENTER, OTHER_CENTER, Login
from tests.office.console.leads import PHONE, make_lead

SVG = "{http://www.w3.org/2000/svg}"
ANSWER = {
    "kind": "answer",
    "text": "20天",
    "citations": [{"document": "us-337", "title": "美国337调查", "quote": "q", "snapshot": "s"}],
}


def _parse(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(
        markup.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    )


@pytest.fixture
def filled(engine: Any) -> None:
    with writing(engine) as conn:
        said = record_exchange(conn, "a", "web", "几天答辩？", [ANSWER])
        feedback.record(conn, said.replies[0].id, "up")
        refusal = {"kind": "refusal", "text": "答不了"}
        record_exchange(conn, "b", "web", f"冰岛怎么办，打{PHONE}", [refusal])
        unanswered.record(conn, "b", f"冰岛怎么办，打{PHONE}", "refuse")
        handoffs.open_ticket(conn, "a", "想找人", center=CENTER)
        handoffs.open_ticket(conn, "b", "别的中心的事", center=OTHER_CENTER)
    make_lead(engine, sender="c")
    make_lead(engine, sender="d", stage=Stage.SCREENING, country="德国")
    make_lead(engine, OTHER_CENTER, sender="e", country="日本")


async def _follow(client: Any, path: str) -> dict[str, int]:
    """Open every number of the page; how many records each list says it has."""
    page = await (await client.get(path)).text()
    found = {}
    for address, body in re.findall(
        r'<a [^>]*href="(/desk/figures/[^"]+)"[^>]*>(.*?)</a>', page, re.S
    ):
        listed = await client.get(address.replace("&amp;", "&"))
        assert listed.status == 200, address
        text = await listed.text()
        total = re.search(r"共 (\d+) 条", text)
        assert total is not None
        rows = len(re.findall(r'<td data-label="时间"', text))
        assert rows == int(total[1]), address
        shown = re.search(r"<strong>(\d+)</strong>", body) or re.fullmatch(r"\s*(\d+)\s*", body)
        if shown is not None:
            assert int(shown[1]) == rows, address
        assert PHONE not in text
        found[address] = rows
    return found


@pytest.mark.parametrize("center", [None, CENTER])
async def test_every_number_opens_the_list_it_counts(
    enter: Login, engine: Any, filled: None, center: str | None
) -> None:
    client = await enter(Role.ADMIN, center=center)
    found = await _follow(client, "/desk/figures")
    measures = {address.split("/")[3].split("?")[0] for address in found}
    assert measures >= {
        "conversations", "answered", "rated-up", "refused", "handed-off", "abandoned",
        "first-response", "closed", "unanswered", "leads", "leads-stage", "leads-country",
        "leads-right", "leads-district", "question", "document",
    }  # fmt: skip
    total = next(rows for address, rows in found.items() if "/conversations?" in address)
    assert total == (2 if center is None else 1)


async def test_center_sees_its_own_figures_only(enter: Login, engine: Any, filled: None) -> None:
    client = await enter(Role.AGENT)
    page = await (await client.get(f"/desk/figures?center={OTHER_CENTER}")).text()
    assert "德国" in page
    assert "日本" not in page
    listed = await (await client.get("/desk/figures/handed-off")).text()
    assert "想找人" in listed
    assert "别的中心的事" not in listed
    leads = await (await client.get("/desk/figures/leads")).text()
    assert "/desk/leads/" not in leads  # an agent may not open a lead, so nothing leads there


async def test_lead_officer_opens_a_lead_from_its_number(
    enter: Login, engine: Any, filled: None
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    listed = await (await client.get("/desk/figures/leads-country?key=德国")).text()
    (path,) = set(re.findall(r'href="(/desk/leads/XS-[^"]+)"', listed))
    assert (await client.get(path)).status == 200
    assert "线索（按国家或地区）：德国" in listed


async def test_unknown_measure_and_period_are_refused(enter: Login) -> None:
    client = await enter(Role.AGENT)
    assert (await client.get("/desk/figures/salaries")).status == 400
    assert (await client.get("/desk/figures?since=2026-13-01")).status == 400
    assert (await client.get("/desk/figures/leads-stage?key=<script>")).status == 200


async def test_empty_period_is_a_page_without_numbers(enter: Login) -> None:
    client = await enter(Role.AGENT)
    page = await (await client.get("/desk/figures?since=2020-01-01&until=2020-01-31")).text()
    assert "没有线索" in page
    assert "没有提问" in page


async def test_long_period_is_drawn_by_weeks(enter: Login, engine: Any, filled: None) -> None:
    client = await enter(Role.AGENT)
    end = date.today()
    page = await (
        await client.get(f"/desk/figures?since={end - timedelta(days=364)}&until={end}")
    ).text()
    assert "每周的会话、转人工和线索" in page
    trend = re.search(r'<figure class="card trend">.*?</figure>', page, re.S)
    assert trend is not None
    assert trend[0].count('<th scope="row">') == 53


async def test_charts_can_be_read_without_seeing_them(
    enter: Login, engine: Any, filled: None
) -> None:
    client = await enter(Role.AGENT)
    page = await (await client.get("/desk/figures")).text()
    pictures = re.findall(r"<svg class=\"chart.*?</svg>", page, re.S)
    assert len(pictures) >= 5
    names = set()
    for picture in pictures:
        root = _parse(picture)
        title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert described is not None
        assert title.text
        assert described.text
        labelled = root.attrib["aria-labelledby"].split()
        assert labelled == [title.attrib["id"], described.attrib["id"]]
        names.add(labelled[0])
        assert "style=" not in picture
    assert len(names) == len(pictures)
    assert page.count('class="figure-table"') == len(pictures)


def test_bars_are_as_long_as_their_numbers_say() -> None:
    root = _parse(
        str(bars("x", "按国家", [Bar("美国", 8, "/a?b=1&c=2"), Bar("德国", 4), Bar("无", 0)]))
    )
    widths = [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect")]
    assert widths[1] == pytest.approx(widths[0] / 2)
    assert widths[2] == 0
    (link,) = root.iter(f"{SVG}a")
    assert (link.attrib["href"], link.attrib["aria-label"]) == ("/a?b=1&c=2", "美国：8")


def test_labels_are_escaped_and_cut_to_fit() -> None:
    hostile = '"><script>alert(1)</script>'
    picture = str(bars("x", hostile, [Bar(hostile, 1, hostile), Bar("一二三四五六七八九十", 1)]))
    assert "<script" not in picture
    texts = [item.text for item in _parse(picture).iter(f"{SVG}text")]
    assert "一二三四五六七八…" in texts


def test_nothing_to_draw_is_still_a_picture() -> None:
    described = _parse(str(bars("x", "空", []))).find(f"{SVG}desc")
    assert described is not None
    assert described.text == "没有数据"
    assert "points" in str(lines("y", "空", [], [Series("会话", "a", ())]))


def test_lines_stay_inside_and_rise_with_the_numbers() -> None:
    series = [Series("会话", "a", (0, 7, 13)), Series("线索", "b", (1, 1, 1))]
    root = _parse(str(lines("x", "每天", ["1", "2", "3"], series)))
    _x, _y, width, height = (float(value) for value in root.attrib["viewBox"].split())
    first, second = root.iter(f"{SVG}polyline")
    points = [tuple(map(float, point.split(","))) for point in first.attrib["points"].split()]
    assert [y for _px, y in points] == sorted((y for _px, y in points), reverse=True)
    for line in (first, second):
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height
    (single,) = _parse(str(lines("x", "一天", ["1"], [Series("会话", "a", (3,))]))).iter(
        f"{SVG}circle"
    )
    assert float(single.attrib["cx"]) > 0


def test_period_of_days_is_in_china_time() -> None:
    from office.console.reporting_period import Chosen

    period = Chosen(date(2026, 11, 1), date(2026, 11, 30), None).period
    assert period.since == datetime.fromisoformat("2026-11-01T00:00:00+08:00")
    assert period.until == datetime.fromisoformat("2026-12-01T00:00:00+08:00")
