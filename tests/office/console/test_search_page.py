"""The one search stands on every page of whoever could find something."""

from __future__ import annotations

import pytest

from desk.permissions import Role

FORM = 'id="find-anywhere"'


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (Role.AGENT, ("/desk", "/desk/due", "/desk/figures", "/desk/me", "/desk/campaigns")),
        (Role.ADMIN, ("/desk/audit", "/workbench", "/workbench/drafts", "/workbench/dictionary")),
    ],
)
async def test_every_page_of_whoever_serves_has_the_search(enter, role, paths):
    client = await enter(role, center=None)
    for path in (*paths, "/desk/not-there"):
        assert FORM in await (await client.get(path)).text(), path


async def test_who_would_find_nothing_is_offered_no_search(enter):
    client = await enter(Role.TRAINER, center=None)
    for path in ("/workbench", "/desk/figures", "/desk/me"):
        text = await (await client.get(path)).text()
        assert FORM not in text, path
        assert "find.js" not in text, path
    assert FORM not in await (await client.get("/desk/login")).text()
