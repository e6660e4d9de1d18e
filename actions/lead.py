"""Registering a request for aid or funding: consent, slots, summary, one confirming turn."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.assent import assents
from actions.context import Event
from actions.dates import DateQuestion, DateRange, ExactDate, parse_date
from actions.forms import FAILURES, NOT_GIVEN, REQUESTED, SlotForm, declines, steers
from actions.lead_card import card_fields
from actions.lead_labels import labelled
from actions.matter import dispute_procedure, is_dispute, told
from actions.replies import Button, Reply
from actions.turn.asking import asks
from actions.vocabulary import Vocabulary
from desk import contacts

logger = logging.getLogger(__name__)

# Raise with every change of the consent sentence (utter_ask_lead_consent).
CONSENT_VERSION = "2026-11-23"
FIELDS: dict[str, str] = {
    "lead_company": "企业名称",
    "lead_credit_code": "统一社会信用代码",
    "lead_contact": "联系人",
    "lead_phone": "手机",
    "lead_region": "所在区",
    "lead_country": "争议国家",
    "lead_right": "权利类型",
    "lead_stage": "程序或阶段",
    "lead_served_on": "送达日期",
    "lead_cost": "已发生费用",
    "lead_brief": "简述",
}
YES = "yes"
_NAME_LEAD = re.compile(r"^(?:我叫|我是|联系人是?|我姓名是?|姓名是?|叫|找)")
_NAME = re.compile(r"^[一-龥·]{2,8}$|^[A-Za-z][A-Za-z .]{1,30}$")
_EDIT = re.compile(r"改|修改|编辑|更正|不对|有错")
# What stands beside a label that is left open.
_LEFT_OUT = re.compile(r"跳过|略|暂?无|暂?没有|不填|不清楚|[-—/]+")
# Said before the summary, as a whole: no more is to be asked.
_SUBMITS = re.compile(
    r"(?:好[的了]?|嗯+|行|可以|那|我|先|暂时|目前|[，,。 ])*"
    r"(?:(?:直接|现在|请|帮我|就|确认|确定)*提交(?:登记|线索)?"
    r"|没有?(?:什么|其他|其它|别的|更多|要|需要)+(?:要|可以)?(?:补充|说|填|写)?(?:内容|信息|事|情况)?的?"
    r"|没有?补充的?|就(?:先|是)?(?:这些|这样|这么多)|都?[说填写]完)"
    r"(?:了|吧|啦|呢|就行|谢谢|确认|确定|提交|[，,。！!])*"
)
# The words of what is agreed to, with the consent and with the summary.
_REGISTERED = "先?登记?|先?提交|填写?|上?报|交|弄|联系|留|保存|使用|转(?:给|交)?|交给|工作人员|人员|老师|回到|接着|中心|专家|顾问|资料|材料|信息|电话|联系方式|企业|公司|submit|register"
MAX_BRIEF = 500


class ValidateLeadForm(SlotForm):
    """Reads and checks each field of a lead."""

    form = "lead_form"
    free_text = frozenset(("lead_brief",))
    slots = ("lead_consent", *FIELDS, "lead_confirm")
    optional = frozenset(FIELDS) - {"lead_company", "lead_contact", "lead_phone"}

    def prefill(self, tracker: Tracker) -> dict[str, Any]:
        """What the conversation holds already."""
        said = {name: talk.slot(tracker, name) for name in ("region", "country", "right")}
        said["procedure"] = dispute_procedure(tracker)
        said["received_on"] = self._served_on(talk.slot(tracker, "date_text") or "")
        # The record holds what was told; slots also hold what was merely asked about.
        matter = told(self.services, tracker.sender_id)
        return lead_fields(self.services.vocabulary, {**said, **matter})

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """Fields that the last message names."""
        words = self.services.vocabulary
        code = talk.entity(tracker, "credit_code")
        number = talk.entity(tracker, "phone")
        found = {
            "lead_company": talk.entity(tracker, "company"),
            "lead_credit_code": contacts.credit_code(code) if code else None,
            "lead_phone": contacts.phone(number) if number else None,
            "lead_region": talk.entity(tracker, "region"),
            "lead_country": words.country(talk.entity(tracker, "country")),
            "lead_right": words.right(talk.entity(tracker, "right")),
            "lead_stage": words.procedure(_procedure_in(tracker)),
            "lead_cost": talk.entity(tracker, "money"),
        }
        # What was recognised goes before what merely stands beside a label.
        recognised = {name: value for name, value in found.items() if value}
        return {**self._labelled(talk.text(tracker)), **recognised}

    def _labelled(self, text: str) -> dict[str, Any]:
        """Fields written with their labels (联系人：周工，手机：…)."""
        given: dict[str, Any] = {}
        for name, value in labelled(text).items():
            read: str | None = value[:MAX_BRIEF]
            if name in self.optional and _LEFT_OUT.fullmatch(value):
                given[name] = NOT_GIVEN
                continue
            if name == "lead_phone":
                read = contacts.phone(value)
            elif name == "lead_credit_code":
                read = contacts.credit_code(value)
            elif name == "lead_contact" and not _NAME.match(value):
                read = None
            elif name == "lead_served_on":
                read = self._served_on(value)
            if read:
                given[name] = read
        return given

    def _extract(self, asked: str, tracker: Tracker) -> Any:
        """What a label names, in place of the whole message; a brief is the message as it is."""
        if asked not in self.free_text and asked in self._labelled(talk.text(tracker)):
            return self.others(tracker)[asked]
        return super()._extract(asked, tracker)

    def _accept(self, asked: str, value: Any) -> list[Event]:
        if asked == "lead_consent":
            if value == "no":
                return [
                    SlotSet("lead_consent", None), SlotSet("form_outcome", "refused"), SlotSet(REQUESTED, None),
                ]  # fmt: skip
            return [SlotSet("lead_consent", CONSENT_VERSION)]
        if asked == "lead_edit":
            return [SlotSet(value, None), SlotSet("lead_edit", None), SlotSet(REQUESTED, value)]
        if asked == "lead_confirm" and value != YES:
            if value in FIELDS:
                return [SlotSet(value, None), SlotSet(REQUESTED, value)]
            return [SlotSet(REQUESTED, "lead_edit")]
        return [SlotSet(asked, value)]

    def _answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, asked: str, *, is_stuck: bool
    ) -> list[Event]:
        """A card answers everything at once; whoever wants to submit leaves open what may be left open."""
        card = card_fields(tracker, self.services.today()) if asked == "lead_consent" else None
        if card is not None and self.extract_lead_consent(tracker) == YES:
            left = {name: NOT_GIVEN for name, value in card.items() if value is None and name in self.optional}  # fmt: skip
            filled = [SlotSet(name, value) for name, value in {**card, **left}.items()]
            return [*self._accept(asked, YES), *filled, SlotSet(FAILURES, 0.0)]
        if self.closes(tracker):
            open_slots = [n for n in FIELDS if n in self.optional and tracker.get_slot(n) is None]
            # What it cannot do without is asked again.
            still = [] if asked in open_slots else [SlotSet(REQUESTED, asked)]
            return [
                *(SlotSet(name, NOT_GIVEN) for name in open_slots),
                *still,
                SlotSet(FAILURES, 0.0),
            ]
        return super()._answer(dispatcher, tracker, asked, is_stuck=is_stuck)

    def reads(self, tracker: Tracker) -> bool:
        """Also the wish to submit what there is."""
        return self.closes(tracker) or super().reads(tracker)

    def closes(self, tracker: Tracker) -> bool:
        """Nothing more is to be asked but what the registration cannot do without."""
        is_asked = self.requested(tracker) in FIELDS
        return is_asked and _SUBMITS.fullmatch(talk.text(tracker)) is not None

    # --- what counts as an answer ---

    def extract_lead_consent(self, tracker: Tracker) -> str | None:
        """Yes or no, said plainly."""
        intent, text = talk.intent(tracker), talk.text(tracker)
        if intent == "deny" or text.startswith("不同意"):
            return "no"
        return YES if assents(tracker, _REGISTERED) else None

    def extract_lead_company(self, tracker: Tracker) -> str | None:
        """A company's full name, or a short name that is no other thing."""
        named = talk.entity(tracker, "company")
        if named is not None:
            return named
        text = talk.text(tracker)
        is_bare = 2 <= len(text) <= 30 and not re.search(r"[，,。]", text) and not asks(text)
        return text if is_bare and not steers(tracker) and not declines(tracker) else None

    def extract_lead_credit_code(self, tracker: Tracker) -> str | None:
        """Anything that looks like a code."""
        text = talk.entity(tracker, "credit_code") or talk.text(tracker)
        compact = re.sub(r"[\s\-]", "", text)
        return compact if re.fullmatch(r"[0-9A-Za-z]{8,20}", compact) else None

    def extract_lead_contact(self, tracker: Tracker) -> str | None:
        """A person's name."""
        text = _NAME_LEAD.sub("", talk.text(tracker)).split("，")[0].split(",")[0].strip()
        is_name = _NAME.match(text) is not None and not asks(text)
        return text if is_name and not steers(tracker) else None

    def extract_lead_phone(self, tracker: Tracker) -> str | None:
        """Anything with a few digits."""
        text = talk.entity(tracker, "phone") or talk.text(tracker)
        return text if len(re.findall(r"\d", text)) >= 4 else None

    def extract_lead_region(self, tracker: Tracker) -> str | None:
        """A place that is known, or a short one that is not."""
        return talk.entity(tracker, "region") or self._bare(tracker)

    def extract_lead_country(self, tracker: Tracker) -> str | None:
        """The country of the dispute."""
        code = talk.entity(tracker, "country")
        return self.services.vocabulary.country(code) if code else self._bare(tracker)

    def extract_lead_right(self, tracker: Tracker) -> str | None:
        """The kind of right."""
        code = talk.entity(tracker, "right")
        return self.services.vocabulary.right(code) if code else self._bare(tracker)

    def extract_lead_stage(self, tracker: Tracker) -> str | None:
        """The procedure, or how far it is, in the person's words."""
        code = _procedure_in(tracker)
        return self.services.vocabulary.procedure(code) if code else self._bare(tracker)

    def extract_lead_served_on(self, tracker: Tracker) -> str | None:
        """The message, when it holds a date."""
        text = talk.text(tracker)
        return text if parse_date(text, self.services.today()) is not None else None

    def extract_lead_cost(self, tracker: Tracker) -> str | None:
        """An amount of money, or a bare number."""
        text = talk.text(tracker)
        money = talk.entity(tracker, "money")
        return money or (text if re.fullmatch(r"[\d.,]+(?:万|千)?", text) else None)

    def extract_lead_brief(self, tracker: Tracker) -> str | None:
        """The person's own words."""
        return talk.text(tracker)

    def extract_lead_confirm(self, tracker: Tracker) -> str | None:
        """Yes, or a wish to change something, perhaps naming the field."""
        text = talk.text(tracker)
        field = _field_in(text)
        if field is not None and (_EDIT.search(text) or text == FIELDS[field]):
            return field
        if _EDIT.search(text) or talk.intent(tracker) == "deny":
            return "edit"
        submits = _SUBMITS.fullmatch(text) is not None and re.search("提交|确[认定]", text)
        return YES if submits or assents(tracker, _REGISTERED) else None

    def extract_lead_edit(self, tracker: Tracker) -> str | None:
        """The field to change."""
        return _field_in(talk.text(tracker))

    # --- what is accepted ---

    def validate_lead_credit_code(
        self, text: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> str | None:
        """A code whose check character fits (GB 32100)."""
        code = contacts.credit_code(text)
        if code is None:
            dispatcher.utter_message(response="utter_bad_credit_code")
        return code

    def validate_lead_phone(
        self, text: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> str | None:
        """A mainland mobile or landline."""
        number = contacts.phone(text)
        if number is None:
            dispatcher.utter_message(response="utter_bad_phone")
        return number

    def validate_lead_served_on(
        self, text: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> str | None:
        """A past day; of a range the first."""
        today = self.services.today()
        reading = parse_date(text, today)
        if isinstance(reading, DateQuestion):
            Reply(
                "utter_ask_which_date", kind="question", fields={"question": reading.question()},
                buttons=[Button.same(f"{d.year}年{d.month}月{d.day}日") for d in reading.candidates],
            ).send(dispatcher)  # fmt: skip
            return None
        day = reading.first if isinstance(reading, DateRange) else getattr(reading, "day", None)
        if day is not None and day > today:
            dispatcher.utter_message(
                response="utter_date_in_future", day=f"{day.year}年{day.month}月{day.day}日"
            )
            return None
        return day.isoformat() if day else None

    def validate_lead_brief(
        self, text: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> str:
        """The words, cut to what the record holds."""
        return text[:MAX_BRIEF]

    def _bare(self, tracker: Tracker) -> str | None:
        text = talk.text(tracker)
        is_free = not talk.has_entities(tracker) and not asks(text) and not steers(tracker)
        return text if is_free and 1 < len(text) <= 20 else None

    def _served_on(self, text: str) -> str | None:
        reading_ = parse_date(text, self.services.today()) if text else None
        if isinstance(reading_, ExactDate) and reading_.day <= self.services.today():
            return reading_.day.isoformat()
        return None


def lead_fields(words: Vocabulary, matter: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a lead that the facts of a matter fill, in words; None where nothing is known."""
    known = {
        "lead_company": matter.get("company"),
        "lead_region": matter.get("region"),
        "lead_country": words.country(matter.get("country")),
        "lead_right": words.right(matter.get("right")),
        "lead_stage": words.procedure(matter.get("procedure")),
        "lead_served_on": matter.get("received_on"),
        "lead_brief": str(matter.get("brief") or "")[:MAX_BRIEF],
    }
    return {name: value or None for name, value in known.items()}


def _procedure_in(tracker: Tracker) -> str | None:
    """The procedure that the last message gives the dispute."""
    named = talk.entity(tracker, "procedure")
    return named if is_dispute(named) else None


def _field_in(text: str) -> str | None:
    words = {**{label: name for name, label in FIELDS.items()}, **_FIELD_WORDS}
    return next((words[w] for w in sorted(words, key=lambda w: -len(w)) if w in text), None)


_FIELD_WORDS = {
    "公司": "lead_company", "企业": "lead_company", "信用代码": "lead_credit_code", "电话": "lead_phone",
    "号码": "lead_phone", "地区": "lead_region", "区域": "lead_region", "国家": "lead_country", "权利": "lead_right",
    "程序": "lead_stage", "阶段": "lead_stage", "日期": "lead_served_on", "时间": "lead_served_on", "费用": "lead_cost",
    "情况": "lead_brief", "描述": "lead_brief", "姓名": "lead_contact", "名字": "lead_contact",
}  # fmt: skip
