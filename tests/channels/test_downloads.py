"""What a person takes along: calendar files and quiz cards."""

from __future__ import annotations

import pytest
from aiohttp import web
from icalendar import Calendar


async def test_deadline_opens_in_a_calendar(client):
    response = await client.get(
        "/deadline.ics", params={"rule": "itc-337-response-20-days", "from": "2026-11-24"}
    )
    assert response.status == 200
    assert response.content_type == "text/calendar"
    assert "attachment" in response.headers["Content-Disposition"]
    events = Calendar.from_ical(await response.text()).walk("VEVENT")
    assert [str(event["dtstart"].dt) for event in events] == ["2026-12-14"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"rule": "itc-337-response-20-days", "from": "10月8日"}, 400),
        ({"rule": "itc-337-response-20-days"}, 400),
        ({"rule": "no-such-rule", "from": "2026-11-24"}, 404),
        ({"rule": "../../etc/passwd", "from": "2026-11-24"}, 404),
        ({"rule": "itc-337-response-20-days", "from": "9999-12-31"}, 400),
    ],
)
async def test_calendar_of_bad_input_is_refused_in_chinese(client, query, status):
    response = await client.get(
        "/deadline.ics", params=query, headers={"Accept": "application/json"}
    )
    assert response.status == status
    assert (await response.json())["error"]["message"]


async def test_card_shows_the_score_and_nothing_of_the_person(client):
    page = await client.get("/quiz/card", params={"score": "8", "total": "10"})
    text = await page.text()
    assert page.status == 200
    assert "10题答对8题" in text
    image = await client.get("/quiz/card.svg", params={"score": "8", "total": "10"})
    assert image.content_type == "image/svg+xml"
    assert "<script" not in await image.text()


@pytest.mark.parametrize("score", ["11", "-1", "8'\"><script>", "", "８", "1e9"])
async def test_card_of_no_real_score_is_refused(client, score):
    response = await client.get(
        "/quiz/card.svg",
        params={"score": score, "total": "10"},
        headers={"Accept": "application/json"},
    )
    assert response.status == web.HTTPBadRequest.status_code
