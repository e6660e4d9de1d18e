"""Staff make a campaign, print it and read its figures."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from desk import campaigns, staff
from desk.engine import reading, writing
from desk.logins import log_in
from desk.permissions import Role
from server import keys
from tests.channels.campaign.test_play import round_of
from tests.program import remembering

PASSWORD = "correct-horse-9"
FORM = {
    "name": "2026年世界知识产权日进校园", "occasion": "ip-day", "starts_on": "2026-04-20", "ends_on": "2026-04-26",
    "closes_on": "2026-04-30", "theme": "知识产权和体育", "theme_source": "https://www.wipo.int", "greeting": "欢迎",
    "program": "答题\r\n小游戏", "prizes": "笔记本", "draw": "drawn", "teams": "三年级2班\r\n五年级1班",
}  # fmt: skip
PLACES = [("北京路展台", "stand"), ("一中", "school"), ("地铁口", "metro")]


@pytest.fixture
async def desk(aiohttp_client, app, engine):
    client = await aiohttp_client(
        app, headers={"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    )
    assert await app[keys.READINESS].wait(5)
    with writing(engine) as conn:
        staff.add(conn, "wang", "王芳", Role.CENTER_ADMIN, "gz-aid", "test")
        secret = staff.invite(conn, "wang")
    staff.accept_invitation(engine, secret, PASSWORD)
    client.session.cookie_jar.update_cookies(
        {"huhang_staff": log_in(engine, "wang", PASSWORD)}, client.make_url("/")
    )
    return remembering(client)


def fields(form=FORM, places=PLACES, codes=()):
    pairs = list(form.items())
    for number, (name, kind) in enumerate([*places, ("", "stand")]):
        code = codes[number] if number < len(codes) else ""
        pairs += [("place_name", name), ("place_kind", kind), ("place_code", code)]
    return pairs


async def send(desk, path, pairs):
    from urllib.parse import urlencode

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await desk.post(path, data=urlencode(pairs), headers=headers, allow_redirects=False)


async def made(desk, engine):
    response = await send(desk, "/desk/campaigns/new", fields())
    assert response.status == 303
    code = response.headers["Location"].rpartition("/")[2]
    with reading(engine) as conn:
        return campaigns.by_code(conn, code)


async def test_a_campaign_is_made_with_places_teams_and_their_codes(desk, engine):
    kept = await made(desk, engine)
    assert [(place.name, place.kind.value) for place in kept.places] == PLACES
    assert (kept.center, kept.program, [team.name for team in kept.teams]) == (
        "gz-aid",
        "答题\n小游戏",
        ["三年级2班", "五年级1班"],
    )
    page = await (await desk.get(f"/desk/campaigns/{kept.code}")).text()
    for place in kept.places:
        assert f"/c/{kept.code}?p={place.code}" in page
    assert kept.teams[0].code in page
    assert "本机地址" in page  # a code that leads to this machine is of no use on a poster


async def test_changing_it_keeps_the_codes_on_paper(desk, engine):
    kept = await made(desk, engine)
    places, codes = [("地铁一号线", "metro"), ("新地点", "park")], ("3", "77")
    response = await send(
        desk, f"/desk/campaigns/{kept.code}/edit", fields(places=places, codes=codes)
    )
    assert response.status == 303
    with reading(engine) as conn:
        later = campaigns.by_code(conn, kept.code)
    assert [(place.name, place.code) for place in later.places] == [
        ("地铁一号线", "3"),
        ("新地点", "1"),
    ]
    assert [team.code for team in later.teams] == [team.code for team in kept.teams]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "起个名字"),
        ({"theme_source": ""}, "出处"),
        ({"draw": "chosen"}, "至少勾一道题"),
        ({"ends_on": "2026-04-01"}, "结束日期"),
    ],
)
async def test_what_is_missing_is_said_and_what_was_written_comes_back(desk, engine, change, words):
    with reading(engine) as conn:
        before = len(campaigns.listing(conn))
    response = await send(desk, "/desk/campaigns/new", fields({**FORM, **change}))
    page = await response.text()
    assert response.status == 400
    assert words in page
    for written in ("北京路展台", "地铁口", "五年级1班", "笔记本"):
        assert written in page
    with reading(engine) as conn:
        assert len(campaigns.listing(conn)) == before


@pytest.mark.parametrize("change", [{"starts_on": ""}, {"starts_on": "四月"}])
async def test_a_day_that_is_none_is_said(desk, engine, change):
    response = await send(desk, "/desk/campaigns/new", fields({**FORM, **change}))
    assert response.status in (303, 400)
    with reading(engine) as conn:
        assert all(item.name != FORM["name"] for item in campaigns.listing(conn))


async def test_last_years_campaign_is_copied_without_its_theme(desk, engine):
    kept = await made(desk, engine)
    page = await (await desk.get(f"/desk/campaigns/new?copy={kept.code}")).text()
    assert 'value="2027年世界知识产权日进校园"' in page
    assert 'value="2027-04-20"' in page
    assert "知识产权和体育" not in page
    assert 'value="北京路展台"' in page


async def test_this_years_campaigns_are_there_from_the_start(desk):
    page = await (await desk.get("/desk/campaigns")).text()
    assert "2026年世界知识产权日" in page
    assert "2026年中国专利周" in page


async def test_questions_can_be_chosen(desk, engine):
    pairs = [*fields({**FORM, "draw": "chosen"}), ("question", "q01"), ("question", "q06")]
    code = (await send(desk, "/desk/campaigns/new", pairs)).headers["Location"].rpartition("/")[2]
    with reading(engine) as conn:
        assert campaigns.by_code(conn, code).questions == ("q01", "q06")
    page = await (await desk.get(f"/desk/campaigns/{code}/edit")).text()
    assert re.search(r'value="q01" checked', page)


@pytest.mark.slow  # draws every poster
async def test_what_is_printed_comes_as_files(desk, engine):
    kept = await made(desk, engine)
    for name, pages in (
        ("kit.pdf", 12),
        ("kit.pdf?p=2", 4),
        ("handouts.pdf", 2),
        ("script.pdf", 1),
    ):
        response = await desk.get(f"/desk/campaigns/{kept.code}/{name}")
        assert response.status == 200, name
        assert len(pypdfium2.PdfDocument(await response.read())) >= pages
    slides = await desk.get(f"/desk/campaigns/{kept.code}/slides.pptx")
    assert (await slides.read())[:2] == b"PK"
    assert (await desk.get(f"/desk/campaigns/{kept.code}/kit.pdf?p=9")).status == 404


async def test_figures_stand_on_the_page_in_the_workbook_and_in_the_report(desk, engine, campaign):
    for _ in range(3):
        await desk.get("/c/ip26?p=1")
        await round_of(desk, right=4, place="1")
    page = await (await desk.get("/desk/campaigns/ip26/figures")).text()
    assert re.search(r"扫码打开</span><strong>3</strong>", page)
    assert re.search(r"答完</span><strong>3</strong>", page)
    assert "<svg" in page
    assert (await (await desk.get("/desk/campaigns/ip26/figures.xlsx")).read())[:2] == b"PK"
    digest = await (await desk.get("/desk/digest?since=2026-04-01&until=2026-04-30")).text()
    assert "/desk/campaigns/ip26/report.pdf" in digest
    report = pypdfium2.PdfDocument(await (await desk.get("/desk/campaigns/ip26/report.pdf")).read())
    assert "北京路展台" in report[0].get_textpage().get_text_bounded()
