"""Papers of a conversation at the desk: shown to who serves it, saved with a record of it, else unseen."""

from __future__ import annotations

from typing import Any

import pytest

from desk import audit, paper_files, papers
from desk.engine import reading, writing
from desk.papers import Paper, Sending
from desk.permissions import Role
from papers.persistence import reading_to_json
from settings import Settings
from tests.actions.test_paper import summons
from tests.desk.files import pdf
from tests.office.console.conftest import OTHER_CENTER, Login


@pytest.fixture
def paper(engine: Any, settings: Settings) -> Paper:
    folder = settings.desk.attachments_dir
    with paper_files.receiving(folder) as incoming:
        with incoming.file("传票.pdf") as arriving:
            arriving.write(pdf())
        with incoming.file("网页.html") as arriving:
            arriving.write(b"<script>alert(1)</script>")
        with writing(engine) as conn:
            kept, _ = papers.add(conn, folder, Sending("a", "web", "1"), incoming)
            papers.read(conn, kept.uid, reading_to_json(summons().reading))
            return papers.get(conn, kept.uid)


async def test_case_shows_what_the_paper_was_read_as(
    enter: Login, ticket: str, paper: Paper
) -> None:
    client = await enter(Role.AGENT)
    text = await (await client.get(f"/desk/tickets/{ticket}")).text()
    assert "美国联邦法院的传票" in text
    assert "传票.pdf" in text
    assert "最要紧的日子：" in text


async def test_material_of_a_request_is_shown_as_such(
    enter: Login, engine: Any, settings: Settings, ticket: str
) -> None:
    folder = settings.desk.attachments_dir
    with paper_files.receiving(folder) as incoming:
        with incoming.file("执照.pdf") as arriving:
            arriving.write(pdf())
        with writing(engine) as conn:
            papers.add(conn, folder, Sending("a", "web", "1", is_to_read=False), incoming)
    client = await enter(Role.AGENT)
    text = await (await client.get(f"/desk/tickets/{ticket}")).text()
    assert "执照.pdf" in text
    assert "登记时附上的材料" in text


async def test_file_is_given_only_to_be_saved_and_that_is_on_record(
    enter: Login, engine: Any, ticket: str, paper: Paper
) -> None:
    client = await enter(Role.AGENT)
    given = await client.get(f"/desk/tickets/{ticket}/papers/{paper.uid}/01.pdf")
    assert await given.read() == pdf()
    assert given.headers["Content-Disposition"].startswith("attachment; ")
    assert given.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    page = await client.get(f"/desk/tickets/{ticket}/papers/{paper.uid}/02.html")
    assert page.headers["Content-Type"] == "application/octet-stream"
    with reading(engine) as conn:
        entries = audit.search(conn, action="paper-file")
    assert [entry.detail["file"] for entry in entries] == ["02.html", "01.pdf"]
    assert {entry.actor for entry in entries} == {"staff:wang"}


@pytest.mark.parametrize("name", ["03.pdf", "..%2f01.pdf", "01.pdf%00"])
async def test_any_other_name_is_no_file(
    enter: Login, ticket: str, paper: Paper, name: str
) -> None:
    client = await enter(Role.AGENT)
    given = await client.get(f"/desk/tickets/{ticket}/papers/{paper.uid}/{name}")
    assert given.status == 404


async def test_paper_of_another_center_or_without_login_stays_unseen(
    enter: Login, visitor: Any, ticket: str, paper: Paper
) -> None:
    address = f"/desk/tickets/{ticket}/papers/{paper.uid}/01.pdf"
    answer = await visitor.get(address, allow_redirects=False)
    assert answer.status in (302, 303, 401)
    client = await enter(Role.AGENT, center=OTHER_CENTER)
    assert (await client.get(address)).status in (403, 404)
