"""What becomes of a message's text before Rasa reads it."""

import pytest

from actions.lead_labels import labelled
from bot.contract import plain
from knowledge.text import normalise


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("/restart", "restart"),
        ("①日本 ②韩国", "(1)日本  (2)韩国"),
        (" ", "？"),
        (
            "案号：26-cv-1\n法院：芝加哥\n收到：11月2日",
            "案号：26-cv-1；法院：芝加哥；收到：11月2日",
        ),
        ("案号：26-cv-1，\r\n  法院：芝加哥", "案号：26-cv-1，\r\n  法院：芝加哥"),
        ("这封信说我们侵\n权，要赔钱", "这封信说我们侵\n权，要赔钱"),
    ],
)
def test_what_rasa_reads(text, read):
    assert plain(text) == read


def test_lines_with_labels_stay_apart_in_the_normal_form():
    text = "企业名称：佛山恒远灯具厂\n联系人：周工\n手机：13800138000\n所在区：顺德\n权利类型：外观\n简述：台灯被扣"
    assert labelled(normalise(plain(text))) == {
        "lead_company": "佛山恒远灯具厂", "lead_contact": "周工", "lead_phone": "13800138000",
        "lead_region": "顺德", "lead_right": "外观", "lead_brief": "台灯被扣",
    }  # fmt: skip
