"""What forms and addresses send is read without failing, whatever it is."""

from __future__ import annotations

import pytest
from aiohttp import FormData

from desk.permissions import Role
from office.forms import LARGEST, number_of, numbers_of
from tests.office.console.conftest import enter, visitor  # noqa: F401  fixtures

MANY = "9" * 5000


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("0007", 7), (MANY, LARGEST), ("0" * 5000 + "3", 3), ("", None), ("²", None),
     ("３", None), ("-1", None), ("1.5", None), (" 1", None), (None, None), (b"1", None)],
)  # fmt: skip
def test_a_number_is_written_in_plain_digits(text, number):
    assert number_of(text) == number


def test_what_is_no_number_is_left_out():
    assert numbers_of(["1", "²", "x", "2"]) == [1, 2]


@pytest.mark.parametrize("value", [pytest.param(MANY, id="many"), "²", "999999999999", "-1", "x"])
@pytest.mark.parametrize(
    "path", ["/desk/leads?page=", "/desk?within=", "/desk?page=", "/desk/audit?before="]
)
async def test_pages_of_the_desk_take_any_number(enter, path, value):  # noqa: F811
    client = await enter(Role.ADMIN, None)
    assert (await client.get(path + value)).status == 200


@pytest.mark.parametrize("step", ["take", "wanted"])
async def test_no_number_chooses_no_file(enter, step):  # noqa: F811
    client = await enter(Role.TRAINER, None)
    sent = FormData([("file", "²"), ("file", MANY)])
    answer = await client.post(f"/workbench/imports/unknown/{step}", data=sent)
    assert answer.status in {400, 404}


@pytest.mark.parametrize("number", [pytest.param(MANY[:2000], id="many"), "9" * 20, "999999999999"])
async def test_no_release_has_a_number_that_long(enter, number):  # noqa: F811
    client = await enter(Role.TRAINER, None)
    answer = await client.post(f"/workbench/publish/{number}/comment", data={"text": "好"})
    assert answer.status == 404
