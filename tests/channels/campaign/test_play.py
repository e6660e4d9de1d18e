"""The quiz of a campaign over HTTP: its key stays on the server, its score cannot be made up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa

from channels.campaign.access import SEALS
from channels.campaign.seals import Result
from desk.campaign_figures import figures
from desk.campaign_plays import board
from desk.campaign_tables import campaign_plays
from desk.engine import reading
from knowledge.errors import SnapshotError
from knowledge.quiz_table import AUDIENCES, load_quiz
from server import keys, limits
from server.allowances import OwnAllowances
from server.limits import RateLimits

BANK = load_quiz(Path(__file__).resolve().parents[3] / "knowledge" / "tables")
BY_TEXT = {item.question: item for item in BANK}
JSON = {"Accept": "application/json"}


def right_of(question):
    """Which option as shown is right; only a test may know."""
    item = BY_TEXT[question["text"]]
    return question["options"].index(item.options[item.answer])


async def begin(client, audience="adult", status=200, **more):
    response = await client.post("/c/ip26/plays", json={"audience": audience, **more}, headers=JSON)
    value = await response.json()
    assert response.status == status, value
    return value


async def give(client, play, number, choice, status=200):
    response = await client.post(
        f"/c/ip26/plays/{play}", json={"number": number, "choice": choice}, headers=JSON
    )
    value = await response.json()
    assert response.status == status, value
    return value


async def round_of(client, right=5, **more):
    """Play a whole round with so many right answers; its result."""
    begun = await begin(client, **more)
    question = begun["question"]
    for number in range(1, begun["total"] + 1):
        answer = right_of(question)
        choice = answer if number <= right else (answer + 1) % len(question["options"])
        told = await give(client, begun["play"], number, choice)
        question = told["next"]
    return told["result"]


async def in_pieces(body):
    """A body as a slow network brings it."""
    middle = len(body) // 2
    yield body[:middle]
    await asyncio.sleep(0.1)
    yield body[middle:]


async def test_a_body_that_comes_in_pieces_is_read_whole(client, campaign):
    sent = in_pieces(json.dumps({"audience": "adult"}).encode())
    headers = {**JSON, "Content-Type": "application/json"}
    response = await client.post("/c/ip26/plays", data=sent, headers=headers)
    assert response.status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "empty_body"),
        (b"[" * 1999, 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b'{"place": "' + b"x" * 2000 + b'"}', 413, "body_too_large"),
    ],
)
async def test_a_body_that_is_no_small_object_is_refused(client, campaign, body, status, code):
    headers = {**JSON, "Content-Type": "application/json"}
    for path in ("plays", "game"):
        response = await client.post(f"/c/ip26/{path}", data=body, headers=headers)
        error = (await response.json())["error"]
        assert (response.status, error["code"]) == (status, code)
        assert "sender" not in error["message"]


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_nothing_before_an_answer_tells_which_is_right(client, campaign, audience):
    page = await (await client.get("/c/ip26?p=1")).text()
    begun = await begin(client, audience=audience)
    assert set(begun) == {"play", "total", "question"}
    assert set(begun["question"]) == {"number", "text", "options"}
    said = page + json.dumps(begun, ensure_ascii=False)
    told = await give(client, begun["play"], 1, right_of(begun["question"]))
    for text in (said, json.dumps(told["next"], ensure_ascii=False)):
        assert "explanation" not in text
        for item in BANK:
            assert item.explanation not in text
    assert set(told["next"]) == {"number", "text", "options"}


async def test_the_place_of_the_right_option_differs_from_round_to_round(client, campaign):
    places = {right_of((await begin(client))["question"]) for _ in range(30)}
    assert len(places) > 1


async def test_each_answer_is_explained_at_once_with_its_source(client, campaign):
    begun = await begin(client)
    question, streak = begun["question"], 0
    for number in range(1, 6):
        is_right = number != 3
        answer = right_of(question)
        told = await give(client, begun["play"], number, answer if is_right else (answer + 1) % 4)
        streak = streak + 1 if is_right else 0
        item = BY_TEXT[question["text"]]
        assert (told["right"], told["answer"], told["streak"]) == (is_right, answer, streak)
        assert told["explanation"].startswith(item.explanation)
        assert told["source"]["quote"]
        question = told["next"]
    assert question is None
    assert (told["result"]["score"], told["result"]["total"], told["result"]["best"]) == (4, 5, 2)


async def test_an_answer_stands_and_a_lost_reply_is_told_again(client, campaign):
    begun = await begin(client)
    answer = right_of(begun["question"])
    wrong = (answer + 1) % 4
    first = await give(client, begun["play"], 1, wrong)
    again = await give(client, begun["play"], 1, answer)  # now the right one is known
    assert again == first
    assert (again["right"], again["score"], again["choice"]) == (False, 0, wrong)
    await give(client, begun["play"], 3, 0, status=409)
    await give(client, begun["play"], 0, 0, status=409)
    await give(client, begun["play"], 2, 9, status=400)
    await give(client, "x" * 24, 1, 0, status=404)


async def test_before_anything_is_published_people_are_told_to_come_later(
    app, client, campaign, monkeypatch
):
    begun = await begin(client)

    def current():
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()  # it reads files: never on the loop
        raise SnapshotError("没有已发布的快照")

    monkeypatch.setattr(app[keys.INDEX], "current", current)
    for answer in (
        await client.post("/c/ip26/plays", json={"audience": "adult"}, headers=JSON),
        await client.post(
            f"/c/ip26/plays/{begun['play']}", json={"number": 1, "choice": 0}, headers=JSON
        ),
        await client.get("/c/ip26/rights.json", headers=JSON),
    ):
        assert answer.status == 503
        assert "过一会儿" in (await answer.json())["error"]["message"]


async def test_answers_sent_at_once_count_once(client, engine, campaign):
    import asyncio

    begun = await begin(client)
    path = f"/c/ip26/plays/{begun['play']}"
    sent = [client.post(path, json={"number": 1, "choice": n % 4}, headers=JSON) for n in range(8)]
    statuses = [response.status for response in await asyncio.gather(*sent)]
    assert set(statuses) <= {200, 409}
    with reading(engine) as conn:
        row = conn.execute(sa.select(campaign_plays)).one()
        found = figures(conn, campaign, smallest=0)
    assert (row.given, len(row.choices)) == (1, 1)
    assert sum(item.times for item in found.questions) == 1


async def test_a_card_needs_the_seal_of_its_own_score(client, campaign):
    result = await round_of(client, right=2)
    card = result["card"]
    assert (await client.get(card)).status == 200
    query = {
        key: values[0]
        for key, values in parse_qs(urlsplit(card).query, keep_blank_values=True).items()
    }
    for change in ({"s": "5"}, {"t": "2"}, {"b": "5"}, {"g": "enterprise"}, {"c": campaign.teams[0].code}, {"k": "0" * 20}, {"k": ""}, {"k": "钥"}):  # fmt: skip
        for path in ("card", "card.png", "certificate.pdf"):
            response = await client.get(f"/c/ip26/{path}", params={**query, **change}, headers=JSON)
            assert response.status == 403, (path, change)
    for bad in ("-1", "五", "", "1e3"):
        response = await client.get("/c/ip26/card.png", params={**query, "s": bad}, headers=JSON)
        assert response.status == 400


async def test_no_score_enters_the_board_but_by_answers(client, engine, campaign):
    team = campaign.teams[0].code
    for path in ("board", f"board?team={team}&score=5", "plays"):
        response = await client.post(
            f"/c/ip26/{path}", json={"team": team, "score": 5, "audience": "x"}, headers=JSON
        )
        assert response.status in (400, 404, 405)
    for _ in range(3):
        begun = await begin(client, team=team, score=5, given=5)
        await give(client, begun["play"], 1, (right_of(begun["question"]) + 1) % 4)
    with reading(engine) as conn:
        assert board(conn, campaign.id) == ()  # nobody has finished
    for right in (5, 5, 2):
        await round_of(client, right=right, team=team)
    await round_of(client, right=5, team=campaign.teams[1].code)
    with reading(engine) as conn:
        (first,) = board(conn, campaign.id)
    assert (first.name, first.rounds, first.share) == ("三年级2班", 3, 0.8)
    text = await (await client.get("/c/ip26/board")).text()
    assert "三年级2班" in text
    assert "80%" in text
    assert "五年级1班" not in text  # one round is one person


async def test_who_plays_is_checked(client, campaign):
    await begin(client, audience="", status=400)
    await begin(client, audience="everybody", status=400)
    await begin(client, team="zzzz", status=400)
    begun = await begin(client, team=f" {campaign.teams[0].code.upper()} ", place="9")
    assert begun["total"] == 5
    for body in (b"[]", b"{", b"x" * 3000):
        response = await client.post("/c/ip26/plays", data=body, headers=JSON)
        assert response.status in (400, 413)


async def test_closed_means_closed_and_before_means_trying(client, engine, make):
    from datetime import date

    make(
        code="old",
        starts_on=date(2025, 4, 20),
        ends_on=date(2025, 4, 26),
        closes_on=date(2025, 4, 26),
    )
    soon = make(code="soon", starts_on=date(2026, 4, 23))
    response = await client.post("/c/old/plays", json={"audience": "adult"}, headers=JSON)
    assert response.status == 409
    assert "截止" in (await response.json())["error"]["message"]
    assert "data-audience" not in await (await client.get("/c/old")).text()
    await client.get("/c/soon?p=1")
    response = await client.post("/c/soon/plays", json={"audience": "adult"}, headers=JSON)
    assert response.status == 200
    with reading(engine) as conn:
        assert figures(conn, soon, smallest=0).totals["start"] == 0
        assert figures(conn, soon, smallest=0).totals["scan"] == 0


async def test_chosen_questions_are_those_asked(client, make):
    make(questions=("q01", "q06", "q24", "q61", "q64"))
    begun = await begin(client, audience="enterprise")
    assert BY_TEXT[begun["question"]["text"]].id in {"q01", "q06", "q24", "q61", "q64"}


async def test_the_figures_move_with_what_people_do(client, engine, campaign):
    for place in ("1", "1", "1", "2", "2", "2", "9"):
        await client.get(f"/c/ip26?p={place}")
    await client.get("/c/ip26?p=1&kiosk=1")
    await client.get("/c/ip26?p=1", headers={"Purpose": "prefetch"})
    for place in ("1", "1", "1", "1"):
        result = await round_of(client, right=4, place=place)
        await client.get(result["card"].replace("/card?", "/card.png?"))
    with reading(engine) as conn:
        found = figures(conn, campaign)
    assert (
        found.totals["scan"],
        found.totals["start"],
        found.totals["finish"],
        found.totals["card"],
    ) == (6, 4, 4, 4)
    assert (found.places["1"]["scan"], found.places["1"]["finish"], found.places["2"]["start"]) == (
        3,
        4,
        0,
    )
    assert len(found.days) == 1
    assert sum(item.times or 0 for item in found.questions) <= 20


async def test_a_conversation_that_began_at_a_place_is_counted_with_what_became_of_it(
    client, engine, campaign
):
    assert "/?c=ip26&amp;p=2" in await (await client.get("/c/ip26?p=2")).text()
    assert (await client.get("/?c=ip26&p=2")).status == 200
    assert (await client.get("/?c=nothing")).status == 200
    with reading(engine) as conn:
        found = figures(conn, campaign, smallest=0)
    assert (found.places["2"]["arrivals"], found.totals["questions"]) == (1, 0)


@pytest.fixture
async def behind(aiohttp_client, app, settings):
    """Asks as an address behind a proxy: ``await behind(path)`` gives the status."""
    channels = replace(settings.channels, trusted_proxies=1)
    app[keys.SETTINGS] = replace(settings, channels=channels)
    app[keys.LIMITS] = RateLimits(30, OwnAllowances(lambda: 0.0))
    client = await aiohttp_client(app)

    async def ask(path, address="203.0.113.5"):
        async with client.get(path, headers={"X-Forwarded-For": address}) as answer:
            return answer.status

    return ask


async def test_what_an_address_does_too_often_is_shown_and_not_counted(
    behind, engine, campaign, monkeypatch
):
    monkeypatch.setattr(limits, "VISITS_PER_MINUTE", 4)
    statuses = [await behind("/c/ip26?p=1") for _ in range(3)]
    statuses += [await behind("/?c=ip26&p=1") for _ in range(3)]
    statuses.append(await behind("/c/ip26?p=1", "203.0.113.6"))
    assert set(statuses) == {200}
    with reading(engine) as conn:
        found = figures(conn, campaign, smallest=0)
    assert (found.totals["scan"], found.places["1"]["arrivals"]) == (4, 1)


async def test_an_address_has_only_so_much_drawn(behind, app, campaign, monkeypatch):
    monkeypatch.setattr(limits, "DRAWINGS_PER_MINUTE", 2)
    result = Result("ip26", 5, 5, 5, "adult", "")
    query = urlencode(dict(app[SEALS].query(result)))
    paths = [f"/c/ip26/{name}?{query}" for name in ("card.png", "certificate.pdf", "card.png")]
    assert [await behind(path) for path in paths] == [200, 200, 429]
    assert await behind(paths[0], "203.0.113.6") == 200


async def test_the_game_cites_the_shelf_for_every_verdict(client, campaign):
    things = (await (await client.get("/c/ip26/rights.json")).json())["things"]
    assert len(things) >= 6
    for thing in things:
        for right in thing["rights"]:
            assert right["source"]["quote"], (thing["name"], right["name"])


async def test_a_stand_can_be_put_on_a_screen_with_its_place(client, campaign):
    manifest = await (await client.get("/c/ip26/manifest.webmanifest?p=2")).json(content_type=None)
    assert manifest["start_url"] == "/c/ip26?kiosk=1&p=2"
    worker = await client.get("/c/-/worker.js")
    assert worker.headers["Service-Worker-Allowed"] == "/c/"
    page = await (await client.get(manifest["start_url"])).text()
    assert 'class="kiosk"' in page
    assert 'id="ask"' not in page
    assert (await client.get("/c/ip26/qr.svg?p=2")).content_type == "image/svg+xml"


async def test_an_unknown_campaign_is_said_to_be_none(client):
    for path in (
        "/c/nothing",
        "/c/nothing/card.png",
        "/c/nothing/board",
        "/c/nothing/rights.json",
        "/c/nothing/qr.svg",
    ):
        response = await client.get(path, headers=JSON)
        assert response.status == 404, path
