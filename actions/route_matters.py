"""Bodies worth naming beside the primary one because of what the matter is about."""

from __future__ import annotations

from knowledge.region_table import Region

# country -> bodies with a presence there
ABROAD: dict[str, tuple[str, str, str | None]] = {
    # code: (center id, reason, province it serves or None)
    "US": ("gd-ccpit-offices", "在美国设有服务处（2022年报道），可问当地法律资讯", "广东"),
    "DE": ("gd-ccpit-offices", "在德国设有服务处（2022年报道），可问当地法律资讯", "广东"),
    "RU": ("gd-ccpit-offices", "在俄罗斯设有服务处（2022年报道），可问当地法律资讯", "广东"),
    "ZA": ("cn-ogc-za", "设在南非的海外分中心，可就地提供应对指导", None),
}

# city -> notary office that preserves evidence
NOTARIES = {"广州": "gz-kc-notary", "深圳": "sz-notary-ip"}
# city -> customs office of the region
CUSTOMS = {"广州": "gz-customs", "汕头": "st-customs"}
# district -> authority that takes applications for money
FUNDING = {"番禺区": "gz-panyu-amr", "黄埔区": "gz-gdd-ipo"}
FUNDING_CITY = {"广州": "gz-amr", "惠州": "hz-amr"}


def extra_bodies(
    procedure: str | None, role: str | None, country: str | None, region: Region | None
) -> dict[str, str]:
    """Center id to reason, in the order to show them."""
    return {
        **_abroad(country, region),
        **_for_procedure(procedure, role),
        **_for_place(procedure, region),
        **_for_role(procedure, role, country),
    }


def _abroad(country: str | None, region: Region | None) -> dict[str, str]:
    if country not in ABROAD:
        return {}
    center, reason, serves = ABROAD[country]
    here = region.province if region else None
    return {center: reason} if serves in (None, here) else {}


def _for_procedure(procedure: str | None, role: str | None) -> dict[str, str]:
    if procedure == "section-337":
        return {"cn-mofcom-trb": "贸易救济主管部门，可问337应对的部门联络；所列电话不是337专线"}
    if procedure in ("customs", "fair") and role == "owner":
        return {
            "cn-gacc-ip": "办理中国海关的知识产权备案，可在中国口岸拦截侵权货物；境外海关不归它管"
        }
    return {}


def _for_place(procedure: str | None, region: Region | None) -> dict[str, str]:
    city = (region.city if region else None) or ""
    district = (region.district if region else None) or ""
    named: dict[str, str] = {}
    if procedure == "customs" and city in CUSTOMS:
        named[CUSTOMS[city]] = "只管本关区进出口货物；境外扣货要找当地海关或律师"
    if procedure in ("evidence", "discovery") and city in NOTARIES:
        named[NOTARIES[city]] = "办理知识产权公证"
    if procedure == "funding":
        if city == "广州" and district in FUNDING:
            named[FUNDING[district]] = "受理本区知识产权资金的咨询和申报"
        if city in FUNDING_CITY:
            named[FUNDING_CITY[city]] = "解释市级知识产权资金政策，以当年通知为准"
    return named


def _for_role(procedure: str | None, role: str | None, country: str | None) -> dict[str, str]:
    named: dict[str, str] = {}
    if procedure in ("court", "warning-letter") or role == "owner":
        named["cn-wipo-sh"] = "愿意和解时，可用调解或仲裁一并处理几个国家的争议"
    if country == "CN":
        named["cn-12315"] = "国内侵权线索可以举报"
    return named
