"""What a person takes along: calendar files and quiz cards."""

from __future__ import annotations

from datetime import date

import pytest
from icalendar import Calendar

from actions.deadline_rules import compute, default_table
from desk import recording
from desk.engine import writing

TRIGGER = date(2026, 11, 2)


async def test_deadline_opens_in_a_calendar(client):
    response = await client.get(
        "/deadline.ics", params={"rule": "itc-337-response-20-days", "from": "2026-11-24"}
    )
    assert response.status == 200
    assert response.content_type == "text/calendar"
    assert "attachment" in response.headers["Content-Disposition"]
    events = Calendar.from_ical(await response.text()).walk("VEVENT")
    assert [str(event["dtstart"].dt) for event in events] == ["2026-12-14"]


async def test_last_day_that_a_paper_names_opens_in_a_calendar(client):
    response = await client.get("/deadline.ics", params={"on": "2026-12-15"})
    assert response.status == 200
    (event,) = Calendar.from_ical(await response.text()).walk("VEVENT")
    assert str(event["dtstart"].dt) == "2026-12-15"
    assert "文书" in event["summary"]
    assert event.walk("VALARM")


async def test_calendar_says_which_matter_a_day_belongs_to(client):
    query = {"on": "2026-12-15", "case": f"1:26-cv-01234\r\nBEGIN:VALARM{'x' * 99}"}
    text = await (await client.get("/deadline.ics", params=query)).text()
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert "（1:26-cv-01234BEGIN:VALARM" in event["summary"]
    assert len(event.walk("VALARM")) == 3
    assert len(event["summary"]) < 90
    (other,) = Calendar.from_ical(
        await (await client.get("/deadline.ics", params={**query, "case": "1:26-cv-09999"})).text()
    ).walk("VEVENT")
    assert other["uid"] != event["uid"]


def counted_otherwise():
    """Every rule with each of its alternatives, and one whose closing days are a country's."""
    rules = default_table().rules.values()
    options = [(rule.id, item.key, None) for rule in rules for item in rule.alternatives]
    return [*options, ("eu-customs-detention-10-days", "perishable", "DE")]


@pytest.mark.parametrize(("rule", "alternative", "country"), counted_otherwise())
async def test_calendar_holds_the_day_of_the_card(client, rule, alternative, country):
    result = compute(rule, TRIGGER, TRIGGER, alternative=alternative, country=country)
    card = result.to_json()
    names = {
        "rule": "rule",
        "from": "trigger_date",
        "alternative": "alternative",
        "country": "country",
    }
    query = {name: card[key] for name, key in names.items() if card[key]}
    response = await client.get("/deadline.ics", params=query)
    events = Calendar.from_ical(await response.text()).walk("VEVENT")
    assert str(events[0]["dtstart"].dt) == (card["due_date"] or card["estimate"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"on": "12月15日"}, 400),
        ({"rule": "gb-defence-28", "from": "2026-11-02", "alternative": "no-such"}, 400),
        ({"on": ""}, 400),
        ({"rule": "itc-337-response-20-days", "from": "10月8日"}, 400),
        ({"rule": "itc-337-response-20-days"}, 400),
        ({"rule": "no-such-rule", "from": "2026-11-24"}, 404),
        ({"rule": "../../etc/passwd", "from": "2026-11-24"}, 404),
        ({"rule": "itc-337-response-20-days", "from": "9999-12-31"}, 400),
        ({"on": "9999-12-31"}, 400),
        ({"on": "0001-01-01"}, 400),
        ({"rule": "itc-337-response-20-days", "from": "0001-01-01"}, 400),
    ],
)
async def test_calendar_of_bad_input_is_refused_in_chinese(client, query, status):
    response = await client.get(
        "/deadline.ics", params=query, headers={"Accept": "application/json"}
    )
    assert response.status == status
    assert (await response.json())["error"]["message"]


def told(engine, kind="quiz", **data):
    """A message of a conversation; its id."""
    with writing(engine) as conn:
        recording.receive(conn, "a", "web", "A")
        reply = {"kind": kind, "text": "答完了。", "data": data}
        (message,) = recording.record_replies(conn, "a", [reply])
    return message.id


async def test_card_shows_the_score_of_the_record_and_nothing_of_the_person(client, engine):
    message = told(engine, score=4, total=5, finished=True)
    page = await client.get("/quiz/card", params={"m": message, "score": "5"})
    text = await page.text()
    assert page.status == 200
    assert "5题答对4题" in text
    assert f"/quiz/card.svg?m={message}" in text
    image = await client.get("/quiz/card.svg", params={"m": message})
    assert image.content_type == "image/svg+xml"
    assert "<script" not in await image.text()


async def test_no_score_is_taken_from_the_address(client, engine):
    unfinished, other = (
        told(engine, id="q01", right=True),
        told(engine, "text", score=5, total=5, finished=True),
    )
    for message in ("", "x" * 500, unfinished, other):
        response = await client.get(
            "/quiz/card.svg",
            params={"m": message, "score": "5", "total": "5"},
            headers={"Accept": "application/json"},
        )
        assert response.status == 404
