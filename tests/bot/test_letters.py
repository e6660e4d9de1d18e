"""A letter that sets its own last day is answered with it, pasted, quoted in a question or told in Chinese."""

import pytest

from tests.bot.last_said import REFUSED, assert_said, replies_to

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]
TODAY = "2026-11-29"

# What is said, what one of the last messages says, and what none of them says.
CASES = [
    (
        ["Abmahnung wegen Verletzung der Unionsmarke VALDORA. Sehr geehrte Damen und Herren, wir fordern Sie auf, die beigefügte strafbewehrte Unterlassungserklärung bis zum 5. Dezember 2026 unterzeichnet zurückzusenden."],
        r"Abmahnung）?，上面写的截止日：2026年12月5日（星期六）", r"没认出|哪一天送达",
    ),
    (
        ["收到律师信：We represent Thornlea Bedding Limited. You must cease and desist from all use of the mark and provide signed undertakings by December 5, 2026, failing which we will issue proceedings. 这个什么时候之前要回"],
        r"2026年12月5日（星期六），还有6天", r"没有收录",
    ),
    (
        ["巴西律师发来的：Notificação extrajudicial. Notificamos V.Sas. para que, em 10 dias úteis a contar do recebimento desta, cessem o uso da marca BRISAMAR. 期限是几天，怎么回", "我们是2026年11月20日收到的，最晚哪天"],
        r"最后一天是2026年12月4日（星期五）[\s\S]*10个工作日[\s\S]*em 10 dias úteis", r"15天|15个|2031",
    ),
    (
        ["巴西律师发来的：Notificação extrajudicial. Notificamos V.Sas. para que, em 10 dias úteis a contar do recebimento desta, cessem o uso da marca BRISAMAR. 期限是几天，怎么回"],
        r"10个工作日内，从收到起算[\s\S]*哪天收到", r"15天|15个",
    ),
    (["我收到一份德国的Abmahnung，上面写着 bis zum 5. Dezember 2026，我最晚什么时候要回"], r"截止日是2026年12月5日（星期六）", r"没有收录"),
    (["Nous vous mettons en demeure de cesser toute commercialisation avant le 7 décembre 2026. À défaut, notre cliente saisira le tribunal. 这信什么意思，几号前要回"], r"截止日是2026年12月7日", r"CCB|美国"),
    (
        ["Please take notice that our client, Corvane Inc., demands that you cease all sales and respond within seven (7) days of the date of this letter. Dated November 25, 2026. 我要几号前回"],
        r"最后一天是2026年12月2日（星期三），还有3天", r"没认出",
    ),
    (["警告書 貴社に対し、直ちに販売を中止し、令和8年12月7日までに書面にてご回答ください。意匠権侵害。 这个要几号前回复"], r"2026年12月7日（星期一），还有8天", r"没认出"),
    (["La invitiamo a far pervenire entro e non oltre il 10 dicembre 2026 dichiarazione scritta. 意大利律师的信，什么时候前回"], r"截止日是2026年12月10日", rf"TRO|{REFUSED}"),
    (["Abmahnung: Frist zur Abgabe der Unterlassungserklärung: 05.12.2026, 12 Uhr. 是什么意思"], r"2026年12月5日（星期六）12:00", r"没认出"),
    (["律师函说请贵司于2026年12月8日前停止销售并书面回复，最晚哪天"], r"截止日是2026年12月8日（星期二）", r"337|Section 8"),
    (["律师函要求我们7天内书面回复，11月25日收到的，最晚哪天回"], r"最后一天是2026年12月2日", r"Section 8|哪一份"),
    (["收到德国律师函，限10个工作日内签，最晚哪天", "11月20日收到的"], r"最后一天是2026年12月4日", r"没有收录"),
    # What is asked in general, or of a rule, stays what it was.
    (["德国Abmahnung一般要几天内回复"], r"警告函|Abmahnung", r"截止日是"),
    (["收到337立案通知书，2026年11月16日送达的，最晚哪天答辩"], r"337调查答辩：截止日是2026年12月7日", r"这封信"),
    (["律师函里要求赔钱，2026年12月8日前要不要先停售"], r"", r"截止日是2026年12月8日"),
]  # fmt: skip


last_replies = replies_to(TODAY, [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_the_letters_own_day_is_given(last_replies, number):
    assert_said(last_replies[number], *CASES[number][1:])
