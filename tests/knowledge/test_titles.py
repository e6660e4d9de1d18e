"""What reads like the title of an official document, and what a file is called elsewhere."""

import pytest

from knowledge.loaders.titles import is_title, label_title


@pytest.mark.parametrize(
    ("line", "is_one"),
    [("样例法", True), ("样例市海外维权资助办法（试行）", True), ("关于印发《样例办法》的通知", True), ("样例规则（2026年修订）", True),
     ("样例市知识产权局", False), ("第一章 总则", False), ("异议要交什么材料", False), ("为规范样例，制定本办法。", False), ("附件1 申请表", False)],
)  # fmt: skip
def test_a_title_is_told_from_other_lines(line, is_one):
    assert is_title(line) is is_one


@pytest.mark.parametrize(
    ("label", "title"),
    [("样例市资助办法_政策文件_样例市知识产权局门户网站", "样例市资助办法"), ("Microsoft Word - 样例管理办法.docx", "样例管理办法"),
     ("样例市知识产权局", None), (None, None)],
)  # fmt: skip
def test_what_a_file_is_called_elsewhere_is_freed_of_sites_and_programs(label, title):
    assert label_title(label) == title
