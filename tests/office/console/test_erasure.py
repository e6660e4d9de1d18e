"""Staff erase a person who asks for it: with a reason, confirmed, and without a trace of the content."""

from __future__ import annotations

from typing import Any

import pytest

from desk import audit, handoffs, leads, transcripts
from desk.engine import reading
from desk.permissions import Role
from server import keys
from tests.office.console.conftest import OTHER_CENTER
from tests.office.console.leads import make_lead

FORM = {"reason": "本人来电要求删除", "confirm": "删除"}


async def post(client: Any, path: str, **form: str) -> Any:
    return await client.post(path, data={**FORM, **form}, allow_redirects=False)


def left(engine: Any, sender: str) -> tuple[int, int, bool]:
    with reading(engine) as conn:
        return (
            len(transcripts.history(conn, sender)),
            len(leads.listing(conn, sender=sender)),
            handoffs.current(conn, sender) is not None,
        )


async def test_admin_of_the_center_erases_the_person_of_a_ticket(enter, engine, ticket):
    make_lead(engine, sender="a")
    client = await enter(Role.CENTER_ADMIN)
    assert "应本人要求删除" in await (await client.get(f"/desk/tickets/{ticket}")).text()
    answer = await post(client, f"/desk/tickets/{ticket}/erase")
    assert answer.status == 303
    assert left(engine, "a") == (0, 0, False)
    with reading(engine) as conn:
        (entry,) = audit.search(conn, action="erase")
    assert (entry.actor, entry.subject) == ("staff:wang", audit.sender_subject("a"))
    assert entry.detail["reason"] == FORM["reason"]
    assert "337" not in str(entry.detail) + entry.subject


async def test_person_who_registered_a_lead_is_erased_from_its_page(enter, engine):
    reference = make_lead(engine, sender="b")
    client = await enter(Role.CENTER_ADMIN)
    assert "应本人要求删除" in await (await client.get(f"/desk/leads/{reference}")).text()
    assert (await post(client, f"/desk/leads/{reference}/erase")).status == 303
    assert left(engine, "b") == (0, 0, False)


@pytest.mark.parametrize(
    "form", [{"reason": ""}, {"reason": "  　"}, {"confirm": ""}, {"confirm": "好"}]
)
async def test_without_a_reason_or_the_confirming_word_nothing_is_erased(
    enter, engine, ticket, form
):
    client = await enter(Role.CENTER_ADMIN)
    before = left(engine, "a")
    await post(client, f"/desk/tickets/{ticket}/erase", **form)
    assert left(engine, "a") == before
    with reading(engine) as conn:
        assert audit.search(conn, action="erase") == ()


async def test_others_neither_see_the_form_nor_erase(enter, engine, ticket):
    client = await enter(Role.LEAD_OFFICER)
    assert "应本人要求删除" not in await (await client.get(f"/desk/tickets/{ticket}")).text()
    before = left(engine, "a")
    assert (await post(client, f"/desk/tickets/{ticket}/erase")).status == 403
    client = await enter(Role.CENTER_ADMIN, OTHER_CENTER, "zhao")
    assert (await post(client, f"/desk/tickets/{ticket}/erase")).status == 404
    assert left(engine, "a") == before


async def test_page_that_shows_the_conversation_is_told(enter, engine, app, ticket, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(app[keys.WATCHERS], "said", lambda sender, **_: told.append(sender))
    client = await enter(Role.ADMIN, None)
    await post(client, f"/desk/tickets/{ticket}/erase")
    assert told == ["a"]
