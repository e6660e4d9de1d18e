"""A seller who names the platform is answered by what the platform itself has, not by what holds on any."""

from datetime import date

import pytest

from actions.lookup import look_up
from indexer.live import LiveIndex

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]
PLATFORMS = [
    "亚马逊", "Temu", "SHEIN", "TikTok Shop", "速卖通", "阿里国际站", "eBay", "Etsy", "沃尔玛", "美客多", "Shopee",
    "Lazada", "Coupang", "Allegro",
]  # fmt: skip
ASKED = ["店铺被投诉侵权，怎么申诉", "收到侵权投诉怎么回", "被投诉侵权怎么办", "链接被下架怎么办"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_who_names_a_platform_is_answered_of_that_platform(bot_settings, platform):
    index = LiveIndex(bot_settings).current()
    named = set(index.understand(platform).platforms)
    assert named
    for rest in ASKED:
        found = look_up(index, platform + rest, date(2026, 11, 28))
        assert found.band == "answer", rest
        first = found.hits[0].passage
        about = index.understanding.platforms(" ".join((first.title, *first.heading)))
        assert named & set(about), (rest, first.title, first.heading)
