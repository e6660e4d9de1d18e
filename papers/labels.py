"""What the codes of a reading are called in words, wherever a person sees them."""

from __future__ import annotations

from knowledge.printed_dates import Meaning
from papers.types import Amount

MEANINGS = {
    Meaning.ISSUED: "发出",
    Meaning.FILED: "提交",
    Meaning.SERVED: "送达",
    Meaning.RECEIVED: "收到",
    Meaning.PUBLISHED: "公告",
    Meaning.HEARING: "开庭或听证",
    Meaning.DUE: "截止",
    Meaning.EXPIRES: "失效",
    Meaning.OTHER: "提到的日期",
}
AMOUNTS = {
    "settlement": "和解金额", "licence": "许可费", "bond": "担保", "penalty": "罚款或违约金", "damages": "赔偿", "costs": "费用",
    "value": "价值", "deposit": "押金或预付", "restrained": "冻结的款项", "other": "提到的金额",
}  # fmt: skip
NUMBERS = {
    "us-patent": "美国专利号", "patent": "专利号", "ep-patent": "欧洲专利号", "us-serial": "美国申请号", "registration": "注册号",
    "eu-trademark": "欧盟商标号", "eu-design": "欧盟外观设计号", "international-registration": "国际注册号", "design": "外观设计号",
    "trademark": "商标号", "application": "申请号", "cn-patent": "中国专利号", "asin": "亚马逊商品编号（ASIN）", "uk-trademark": "英国商标号",
    "entry": "报关或提单号", "domain": "域名",
}  # fmt: skip
ROLES = {
    "plaintiff": "原告", "complainant": "申请人或投诉人", "applicant": "申请人", "opponent": "异议人", "petitioner": "请求人",
    "sender": "发信人", "counsel": "律师", "owner": "权利人", "defendant": "被告", "respondent": "被申请人", "holder": "注册人或持有人",
    "importer": "进口人或收货人", "consignor": "发货人", "recipient": "收件人", "addressee": "收信人",
}  # fmt: skip


def amount_name(amount: Amount) -> str:
    """What a sum is for."""
    return AMOUNTS.get(amount.meaning, amount.meaning)


def sum_of(amount: Amount) -> str:
    """A sum with its currency."""
    return f"{amount.value:,.2f} {amount.currency}"
