"""What a paper says, from its lines alone."""

from datetime import date

import pytest

from actions.paper_due import IS_IT_A_NOTICE, with_due
from papers.card import card
from papers.contents import Contents
from papers.kinds import CODES
from papers.persistence import reading_from_json, reading_to_json
from papers.types import CERTAIN, Line
from papers.understanding import understand
from tests.papers.notices import NOTICES

TODAY = date(2026, 11, 28)


def understood(text, *, confidence=1.0, ocr=False):
    lines = tuple(Line(line, 1, confidence) for line in text.split("\n") if line.strip())
    reading = understand(Contents(lines, (), 1, ocr), TODAY)
    return with_due(reading, TODAY)


def certain(reading):
    return {
        (item.meaning.value, item.date.isoformat()) for item in reading.dates if item.is_certain
    }


@pytest.mark.parametrize(
    ("kind", "text", "days"), NOTICES, ids=[f"{kind}-{n}" for n, (kind, *_) in enumerate(NOTICES)]
)
def test_a_notice_is_known_by_its_evidence_with_its_days(kind, text, days):
    reading = understood(text)
    assert reading.kind == kind
    assert set(days) <= certain(reading)
    assert reading.kind in CODES
    assert reading_from_json(reading_to_json(reading)) == reading


# What is said, in which country's order: what is printed for certain.
DAYS = [
    ("Response due 03/04/2027. U.S. District Court, United States", [("due", "2027-03-04")]),
    ("Letter before claim from Smith Solicitors, London. Reply by 03/04/2027.", [("due", "2027-04-03")]),
    ("Please reply by 03/04/2027.", []),
    ("Alicante. Your evidence must be received by the Office at the latest on 14/01/2027. EUIPO", [("due", "2027-01-14")]),
    ("事務所は2026年12月29日から2027年1月5日まで休業いたします。", [("other", "2026-12-29"), ("other", "2027-01-05")]),
    # Where the year comes first, a day written with the year last is copied from a foreign paper.
    ("请于 03/04/2027 之前答复。", []),
    ("03/04/2027までに書面にてご回答ください", []),
    ("Wir erwarten Ihre Erklärung bis Freitag, den 3. Dezember 2026.", []),  # a Thursday
    ("Wir erwarten Ihre Erklärung bis Donnerstag, den 3. Dezember 2026.", [("due", "2026-12-03")]),
    ("Regulation (EU) No 608/2013 of 12 June 2013. Deadline: 14 December 2026", [("other", "2013-06-12"), ("due", "2026-12-14")]),
    ("Order entered November 3, 2026 shall remain in effect\nuntil December 1, 2026.", [("issued", "2026-11-03"), ("expires", "2026-12-01")]),
    ("Дата: 10 ноября 2026 г. Ответ направить не позднее 24 ноября 2026 г.", [("issued", "2026-11-10"), ("due", "2026-11-24")]),
    ("Hà Nội, ngày 10 tháng 11 năm 2026\nĐề nghị trả lời trước ngày 24/11/2026 của và các không cho", [("issued", "2026-11-10"), ("due", "2026-11-24")]),
    ("中華民國115年11月10日\n請於115年11月24日前答覆", [("issued", "2026-11-10")]),
    ("二〇二六年十一月十日", [("issued", "2026-11-10")]),
    ("작성일: 2026년 11월 10일\n2026년 11월 24일까지 답변하여 주시기 바랍니다", [("issued", "2026-11-10"), ("due", "2026-11-24")]),
    ("erlässt das Landgericht München I am 12. November 2026 folgenden\nBeschluss", [("issued", "2026-11-12")]),
    ("IN WITNESS WHEREOF the undersigned has set her hand this day, November 12, 2026.", [("issued", "2026-11-12")]),
    # The date of a letter in the right column of its head, beside an address.
    ("Guangzhou Lamp Co., Ltd.  München, den 17. November 2026\nBaiyun District  Unser Zeichen: 1187/26", [("issued", "2026-11-17")]),
    ("610 S. Canal Street, Chicago, IL 60607  November 10, 2026\nDear Sir", [("issued", "2026-11-10")]),
    ("Số: 1147/QĐ-HQHP  Hải Phòng, ngày 20 tháng 11 năm 2026\nQUYẾT ĐỊNH của và các không cho", [("issued", "2026-11-20")]),
    ("VII. Date of the  15 November 2026\nnotification\nThe holder may respond", [("issued", "2026-11-15")]),
    # A last day that stands alone in its line, with an hour before it, or parted by a wrapped line.
    ("Ihrer Stellungnahme sehen wir bis zum\n11.12.2026\nentgegen. Sehr geehrte Damen und Herren, wir sind", [("due", "2026-12-11")]),
    ("Unless we receive the undertakings by 4.00 pm on Friday 11 December\n2026, we are instructed to issue proceedings. UK solicitors", [("due", "2026-12-11")]),
    ("在庫を廃棄するとともに、令\n和8年12月7日までに書面にてご回答ください", [("due", "2026-12-07")]),
    ("如您未侵权，请在2026-12-0323:59前提交申诉", [("due", "2026-12-03")]),
    ("hat die Kammer am 12. November 2026 durch den Richter Dr. Voß wegen\nDringlichkeit ohne Verhandlung beschlossen", [("issued", "2026-11-12")]),
    ("Warszawa, dnia 12 listopada 2026\nWzywamy do złożenia oświadczenia w terminie do dnia 20 listopada 2026", [("issued", "2026-11-12"), ("due", "2026-11-20")]),
    ("Warszawa, dnia 12 pazdziernika 2026\nw terminie do dnia 30 pazdziernika 2026", [("issued", "2026-10-12"), ("due", "2026-10-30")]),
    ("V Praze dne 12. listopadu 2026\nVážení,", [("issued", "2026-11-12")]),
    ("En Madrid, a 12 de noviembre de 2026\nMuy señores nuestros:", [("issued", "2026-11-12")]),
    ("Defendants shall appear on December 15, 2026 at 1:30 p.m. by video to show cause.", [("hearing", "2026-12-15")]),
    ("Fristsache!\nMünchen, den 12.11.2026\nwir und die der das nicht", [("issued", "2026-11-12")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "days"), DAYS)
def test_days_are_read_in_the_order_and_language_of_the_paper(text, days):
    assert certain(understood(text)) == set(days)


def test_two_readings_of_a_day_are_asked_not_chosen():
    reading = understood("Please reply by 03/04/2027.")
    assert any("3月4日，还是4月3日" in question for question in reading.questions)
    assert reading.due is None


def test_a_day_from_a_line_that_was_hardly_legible_is_asked():
    reading = understood("Response due: December 4, 2026", confidence=0.6, ocr=True)
    (day,) = reading.dates
    assert day.confidence < CERTAIN
    assert reading.due is None
    assert any("没有把握" in question for question in reading.questions)


SERVICE = """UNITED STATES DISTRICT COURT Central District of California
SUMMONS IN A CIVIL ACTION  Civil Action No. 2:26-cv-01234
A lawsuit has been filed against you. Within 21 days after service of this summons on you you must serve an answer.
Date: November 3, 2026"""


def test_a_period_after_service_is_asked_for_and_not_counted():
    reading = understood(SERVICE)
    assert reading.due is None
    assert any("送达" in question for question in reading.questions)


def test_a_period_from_the_day_on_its_face_is_counted_by_the_rule():
    due = understood(next(text for kind, text, _ in NOTICES if kind == "uspto-office-action")).due
    assert due is not None
    assert (due["rule"], due["due_date"]) == ("uspto-office-action-3-months", "2027-02-17")


def test_a_rule_of_one_country_is_not_taken_where_the_country_is_open():
    reading = understood(next(text for kind, text, _ in NOTICES if kind == "wipo-notification"))
    assert (reading.country, reading.due) == (None, None)


def test_parties_money_numbers_and_the_side_are_read():
    reading = understood(next(text for kind, text, _ in NOTICES if kind == "de-injunction"))
    assert [(party.role, party.name) for party in reading.parties] == [
        ("applicant", "Nordmeer Audio GmbH"),
        ("respondent", "Guangzhou Soundwave Electronics Co., Ltd."),
    ]
    assert (reading.side, reading.docket) == ("respondent", "327 O 214/26")
    assert [(a.value, a.currency, a.meaning) for a in reading.amounts] == [
        (100000.0, "EUR", "value")
    ]


def test_an_exporter_who_sues_is_on_the_other_side():
    text = SERVICE + "\nGuangzhou Lumina Co., Ltd., Plaintiff, v. Northlake Optics LLC, Defendant."
    assert understood(text).side == "owner"


FRAUD = """URGENT LEGAL NOTICE
Law Firm of Baxter & Stone  Contact: baxter.legal@gmail.com
We represent Orbit Brands Inc. Your store infringes our client's trademark.
Cease and desist immediately. Pay USD 3,000 within 24 hours in Bitcoin or by gift card to avoid arrest."""


def test_what_speaks_of_a_fraud_is_named_as_something_to_check():
    signs = " ".join(understood(FRAUD).signs)
    for word in ("免费邮箱", "加密货币", "礼品卡", "催得很急"):
        assert word in signs
    assert not understood(next(text for kind, text, _ in NOTICES if kind == "demand-letter")).signs


def test_the_card_is_calm_and_chinese():
    reading = understood(next(text for kind, text, _ in NOTICES if kind == "de-abmahnung"))
    told = "\n".join(card(reading, TODAY))
    for words in (
        "这是什么：德国律师的警告函",
        "2026年12月4日前答复，还有6天",
        "现在先做",
        "不构成法律意见",
    ):
        assert words in told


def test_a_scan_in_a_script_the_models_lack_says_so():
    reading = understood("의견제출통지서 출원번호 발송일자 이 출원에 대한 심사결과", ocr=True)
    assert any("韩文" in question for question in reading.questions)


def test_a_rows_value_is_no_letterhead_and_a_beginning_no_last_day():
    reading = understood("Date merchandise presented  November 12, 2026\n许可期限自2026年12月1日起")
    meanings = {item.date.isoformat(): item.meaning.value for item in reading.dates}
    assert meanings == {"2026-11-12": "other", "2026-12-01": "other"}


def test_a_contract_has_no_last_day_to_answer():
    text = "商标许可合同\n许可协议\n甲方：甲公司 乙方：乙公司\n鉴于双方同意\n许可期限至2029年11月30日止\n违约责任"
    reading = understood(text)
    assert (reading.kind, reading.due) == ("contract", None)


def test_the_box_of_a_subpoena_says_when_to_comply():
    text = (
        "UNITED STATES DISTRICT COURT\nSUBPOENA TO PRODUCE DOCUMENTS\nYOU ARE COMMANDED to produce\n"
        "Place: 1201 Third Ave, Seattle, WA  Date and Time:\n98101  12/17/2026 10:00 am\nDate: 11/19/2026"
    )
    assert {("due", "2026-12-17"), ("issued", "2026-11-19")} <= certain(understood(text))


# Papers without a code of their own still say what they are, and from whom.
OTHERS = [
    ("АРБИТРАЖНЫЙ СУД ГОРОДА МОСКВЫ\nОПРЕДЕЛЕНИЕ\nДело № А40-288114/2026\nСудья, рассмотрев исковое заявление\nНазначить судебное заседание", "俄罗斯法院", "RU"),
    ("TRIBUNALE ORDINARIO DI TORINO\nN. R.G. 18221/2026\nDECRETO DI FISSAZIONE DELL'UDIENZA\nletto il ricorso\nparte resistente", "意大利法院", "IT"),
    ("JUZGADO DE LO MERCANTIL Nº 5 DE BARCELONA\nCÉDULA DE EMPLAZAMIENTO\nse emplaza a la demandada para que conteste a la demanda", "西班牙法院", "ES"),
    ("OFICINA ESPAÑOLA DE PATENTES Y MARCAS\nCOMUNICACIÓN DE SUSPENSO\nSolicitante: SHENZHEN AOKE CO., LTD.\nBOPI", "西班牙专利商标局", "ES"),
    ("CỤC HẢI QUAN TP. HẢI PHÒNG\nQUYẾT ĐỊNH\nVề việc tạm dừng làm thủ tục hải quan\nsở hữu trí tuệ", "越南海关", "VN"),
    ("지 식 재 산 처\n의 견 제 출 통 지 서\n제출기일 : 2027.01.13.\n거절이유", "意见提出通知书", "KR"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title", "country"), OTHERS)
def test_a_paper_without_a_code_of_its_own_is_named(text, title, country):
    reading = understood(text)
    assert (reading.kind, reading.country) == ("other", country)
    assert title in reading.title


def test_a_restraining_order_is_no_list_of_defendants():
    text = (
        'HALVERSON TOYS A/S, Plaintiff, v. THE PARTNERSHIPS IDENTIFIED ON SCHEDULE "A", Defendants.\n'
        "SEALED TEMPORARY RESTRAINING ORDER\nthe e-commerce stores operating under the seller aliases identified in Schedule A.\n"
        "this Court GRANTS the Motion. NORTHERN DISTRICT OF ILLINOIS"
    )
    assert understood(text).kind == "us-tro"


@pytest.mark.parametrize(
    "text",
    [
        "계약서\n내용증명 상표권 침해 행위 중지 요청\n2026. 12. 9.",  # Korean, as far as anything of it is read
        "口土大 일 三\n丨己 匚上\n工人口 己入 曰",  # what comes of it where the models know no such letter
        "30.11.2026\n718845\n1 500 000",
    ],
)
def test_a_picture_in_letters_that_cannot_be_read_asks_for_a_file_or_typed_lines(text):
    said = "".join(understood(text, confidence=0.6, ocr=True).questions)
    assert "PDF" in said
    assert "打字发来" in said
    assert not any(item.is_certain for item in understood(text, confidence=0.6, ocr=True).dates)


def test_a_hardly_legible_paper_of_a_known_kind_is_to_be_taken_again():
    text = "UNITED STATES DISTRICT COURT\nSUMMONS IN A CIVIL ACTION\nA lawsuit has been filed against you"
    said = "".join(understood(text, confidence=0.6, ocr=True).questions)
    assert "重拍" in said
    assert "打字" not in said


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("请求判令被告赔偿经济损失￥500000元", [(500_000, "CNY")]),
        ("赔偿人民币￥50万元", [(500_000, "CNY")]),
        ("本案标的额为¥120,000", [(120_000, "CNY")]),
        ("損害賠償として¥500,000を支払ってください", [(500_000, "JPY")]),
        ("Pay RMB ¥80,000 in damages.", [(80_000, "CNY")]),
        ("Pay ¥80,000 in damages.", []),  # yen or yuan
    ],
)
def test_the_sign_of_yen_and_yuan_is_told_by_what_stands_beside_it(text, sums):
    assert [(a.value, a.currency) for a in understood(text).amounts] == sums


def test_of_two_last_days_the_card_names_the_one_that_is_next_when_it_is_shown():
    reading = understood("Response due: December 1, 2026.\nEvidence due: December 20, 2026.")
    assert "2026年12月1日前答复" in "".join(card(reading, TODAY))
    assert "2026年12月20日前答复" in "".join(card(reading, date(2026, 12, 3)))
    assert "已过1天" in "".join(card(reading, date(2026, 12, 21)))


def test_what_is_too_long_to_be_understood_is_said(monkeypatch):
    monkeypatch.setattr("papers.words.MAX_CHARS", 200)
    text = "The parties agree on every word of this page and on the next."
    lines = (*(Line(text, page) for page in range(1, 6)), Line("Answer due December 1, 2026", 6))
    reading = understand(Contents(lines, (), 6, ocr=False), TODAY)
    (gap,) = reading.gaps
    assert "这份文书太长，从第5页“The parties agree on”起没有再找" in gap
    assert gap in reading.questions


def test_a_gap_leaves_the_question_for_the_day_open():
    lines = (Line("Dear Sir, see the attached order of the court."),)
    contents = Contents(lines, (), 1, ocr=False, attached=("order.docx",))
    questions = with_due(understand(contents, TODAY), TODAY).questions
    assert "附件 order.docx 没有读" in questions[0]
    assert "哪天收到的" in questions[1]


def test_a_reading_kept_before_gaps_were_noted_is_still_read():
    found = reading_to_json(understood("Please reply by December 1, 2026"))
    del found["gaps"]
    assert reading_from_json(found).gaps == ()


CHAT = (
    "Mike 14:32\nHi, did you see the new lamps at the fair?\nYes, they look nice, see you tomorrow"
)
QUOTE = (
    "QUOTATION\nDesk lamp 200 pcs unit price 12.50 USD\nTotal 2,500.00 USD\nDate: November 12, 2026"
)


@pytest.mark.parametrize("text", [CHAT, QUOTE])
def test_what_says_nothing_of_a_dispute_is_asked_what_it_is_first(text):
    reading = understood(text)
    assert reading.is_open
    assert reading.questions[0] == IS_IT_A_NOTICE
    assert not any("哪天收到" in question for question in reading.questions)
    first = card(reading, TODAY)[0]
    assert first.startswith("这是什么：没有认出是哪种文书，读到的第一行是“")
    assert "看着像" not in first


@pytest.mark.parametrize(
    "text", [f"{CHAT}\nPlease reply by December 1, 2026.", f"{CHAT}\nCase No. 1:26-cv-01234", f"{CHAT}\nYou must answer within 21 days after service."]
)  # fmt: skip
def test_one_word_of_a_dispute_is_enough_to_ask_for_its_day(text):
    reading = understood(text)
    assert not reading.is_open
    assert IS_IT_A_NOTICE not in reading.questions


def test_a_second_last_day_is_said_beside_the_first():
    text = "Please answer by December 1, 2026.\nEvidence must be filed by December 20, 2026.\nDate: November 12, 2026"
    reading = understood(text)
    assert "还有一个截止日：2026年12月20日" in card(reading, TODAY)
    assert not [row for row in card(reading, date(2026, 12, 3)) if row.startswith("还有一个截止日")]
    (row,) = [row for row in card(reading, date(2026, 12, 3)) if row.startswith("最要紧的日子")]
    assert "2026年12月20日" in row
