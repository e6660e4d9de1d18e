"""The first page, and who may open it."""

from desk.permissions import Role


async def test_trainer_sees_that_nothing_is_published_yet(trainer):
    page = await trainer.get("/workbench")
    text = await page.text()
    assert page.status == 200
    assert "还没有发布过知识库" in text
    assert "有改动未发布" in text


async def test_person_without_the_permission_is_refused(enter):
    client = await enter(Role.AGENT)
    assert (await client.get("/workbench")).status == 403


async def test_without_a_session_the_page_leads_to_the_login(visitor):
    answer = await visitor.get("/workbench", allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/desk/login?next=/workbench")
