"""The first page, and who may open it."""

from curation import publishing
from desk.permissions import Role


async def test_trainer_sees_that_nothing_is_published_yet(trainer):
    page = await trainer.get("/workbench")
    text = await page.text()
    assert page.status == 200
    assert "还没有发布过知识库" in text
    assert "有改动未发布" in text


async def test_what_is_built_but_not_live_is_not_said_to_be_published(trainer, settings):
    async def shown():
        return await (await trainer.get("/workbench")).text()

    publishing.build(settings, by="chen")
    publishing.publish(settings, by="wang", golden=False)
    assert "与已发布的一致" in await shown()
    guide = settings.knowledge.sources_dir / "us-sample.md"
    guide.write_text(guide.read_text("utf-8").replace("尽快联系", "马上联系"), "utf-8")
    assert "有改动未发布" in await shown()
    publishing.build(settings, by="chen")
    assert "已构建，不在线上" in await shown()
    publishing.publish(settings, by="wang", golden=False)
    assert "与已发布的一致" in await shown()
    publishing.rollback(settings, None, by="wang")
    assert "已构建，不在线上" in await shown()


async def test_person_without_the_permission_is_refused(enter):
    client = await enter(Role.AGENT)
    assert (await client.get("/workbench")).status == 403


async def test_without_a_session_the_page_leads_to_the_login(visitor):
    answer = await visitor.get("/workbench", allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/desk/login?next=/workbench")
