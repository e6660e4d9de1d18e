"""Point an enterprise to the body that helps with a dispute abroad: pure, total and deterministic.

Every region, industry, country, right and role gives one primary body and the national center as
fallback, with the rule that fired in words.  What is not recognised counts as not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from actions.route_matters import extra_bodies
from actions.routing import Hotline, Matter, Referral, Routing
from knowledge.alias_table import CodeTable, load_alias_rows
from knowledge.center_table import Center, CenterTable, load_center_table
from knowledge.region_table import Region, RegionTable, load_region_table
from settings import KnowledgeSettings

QUESTION_REGION = "公司在哪里？"
# Said where a body has no number that a source gives: the one that answers everywhere first.
ANSWERING = ("cn-12345", "cn-12330")
HOTLINES = {
    "cn-12345": "政务热线，可请其转接当地知识产权部门，号码请先核实",
    "cn-12335": "外经贸企业服务热线，可反映在境外受到的不公正待遇，号码请先核实",
}

# rule -> what it says; the order is the order of preference
RULES: dict[str, str] = {
    "domestic-rapid": "争议在国内，本地有受理本行业的快速维权中心",
    "district": "本区有面向出口企业、受理本行业的援助机构，就近优先",
    "city-branch": "本市有海外知识产权纠纷应对指导机构，由它受理",
    "city-aid": "没有查到本区确定能受理的机构，由市级知识产权保护或援助机构受理",
    "province": "没有查到更近的涉外应对指导机构，由省级机构受理",
    "national": "没有查到当地能受理的涉外应对指导机构，由国家中心受理",
    "unknown-region": "还不知道公司在哪里，先由国家中心受理，也可拨打热线",
}


class Router:
    """The routing function over one set of tables."""

    def __init__(self, tables_dir: Path) -> None:
        """Read the tables.

        :raises SourceError: a table cannot be used.
        """
        self.centers: CenterTable = load_center_table(tables_dir)
        self.regions: RegionTable = load_region_table(tables_dir)
        rows = load_alias_rows(tables_dir)
        self.industries = CodeTable(rows, "industry")
        self.countries = CodeTable(rows, "country")
        self.rights = CodeTable(rows, "right")
        self.roles = CodeTable(rows, "role")
        self.procedures = CodeTable(rows, "procedure")
        self._by_area: dict[tuple[str, str | None, str | None, str | None], list[Center]] = {}
        self._in_city: dict[tuple[str | None, str | None], list[Center]] = {}
        for center in self._ranked(self.centers.centers.values()):
            area = (center.level, center.province, center.city, center.district)
            self._by_area.setdefault(area, []).append(center)
            self._in_city.setdefault((center.province, center.city), []).append(center)

    def understand(
        self,
        region: str | None,
        industry: str | None,
        country: str | None,
        ip_type: str | None,
        role: str | None,
        matter: str | None,
    ) -> Matter:
        """Read free Chinese text or codes."""
        place = self.regions.find(region)
        hint = place.industry if place and not (industry or "").strip() else None
        return Matter(
            region=place,
            industry=self.industries.find(industry) or hint,
            industry_assumed=hint is not None,
            country=self.countries.find(country),
            right=self.rights.find(ip_type),
            role=self.roles.find(role),
            procedure=self.procedures.find(matter),
        )

    def route(
        self,
        region: str | None = None,
        industry: str | None = None,
        country: str | None = None,
        ip_type: str | None = None,
        role: str | None = None,
        matter: str | None = None,
    ) -> Routing:
        """Choose the primary body, the national fallback and others for a dispute; never fails for any text.

        :param region: where the company is, in Chinese (广州市花都区, 狮岭).
        :param industry: what it makes or sells, in Chinese or as a code.
        :param country: where the dispute is, in Chinese or as a code; CN means a dispute at home.
        :param ip_type: patent, design, trademark, copyright, trade-secret, domain or Chinese.
        :param role: respondent or owner, or Chinese.
        :param matter: a procedure code (337, tro, customs …) or Chinese.
        """
        asked = self.understand(region, industry, country, ip_type, role, matter)
        unread = []
        for label, text, found in (
            ("行业", industry, asked.industry),
            ("国家或地区", country, asked.country),
            ("权利类型", ip_type, asked.right),
            ("身份", role, asked.role),
            ("事项", matter, asked.procedure),
        ):
            if (text or "").strip() and found is None:
                unread.append(f"没有认出{label}“{(text or '').strip()[:20]}”，按未说明处理。")
        said = (region or "").strip()[:20]
        return self.decide(asked, unread, said if asked.region is None else "")

    def decide(self, asked: Matter, unread: Sequence[str] = (), unknown_place: str = "") -> Routing:
        """Choose the bodies for what was understood.

        :param unread: sentences about what was said but not recognised.
        :param unknown_place: the place as it was said, when it was not recognised.
        """
        rule, center = self._primary(asked)
        national = self.centers.national
        reason = f"{self._where(asked, unknown_place)}；{RULES[rule]}。"
        if center is national:
            beyond = "国家中心就是首选，联系前请先到官网核对受理渠道。"
        else:
            beyond = "地方机构办不了，或案情重大、需要专家和数据支持时，找国家中心。"
        return Routing(
            matter=asked,
            primary=Referral(center, reason),
            fallback=Referral(national, beyond),
            others=self._others(asked, center),
            rule=rule,
            reasons=(reason, *self._limits(asked, center), *unread),
            question=QUESTION_REGION if asked.region is None else None,
            hotlines=self.hotlines,
        )

    def body(self, code: str | None) -> Center | None:
        """A body by its id; None where there is none."""
        return None if code is None else self.centers.centers.get(code)

    @cached_property
    def hotlines(self) -> tuple[Hotline, ...]:
        """The numbers to call where a body has none."""
        return tuple(Hotline.of(self.centers.centers[code]) for code in ANSWERING)

    @cached_property
    def leading(self) -> dict[str, str]:
        """The names of the bodies that an enterprise may be sent to first, by id, those of the nation last."""
        able = [c for c in self.centers.centers.values() if c.primary_eligible]
        able.sort(key=lambda c: (c.level == "national", c.province or "", c.city or "", c.name))
        return {center.id: center.name for center in able}

    # -- the choice --------------------------------------------------------------------------------

    def _primary(self, asked: Matter) -> tuple[str, Center]:
        place = asked.region
        if place is None:
            return "unknown-region", self.centers.national
        if asked.is_domestic and (rapid := self._rapid(asked)):
            return "domestic-rapid", rapid[0]
        for level in ("district", "city", "province"):
            center = next((c for c in self._at(place, level) if self._may_lead(c, asked)), None)
            if center is not None:
                guides = "overseas-guidance" in center.duties
                return (
                    ("city-branch" if guides else "city-aid") if level == "city" else level
                ), center
        return "national", self.centers.national

    def _may_lead(self, center: Center, asked: Matter) -> bool:
        return center.primary_eligible and center.takes(asked.industry, asked.country, asked.right)

    def _rapid(self, asked: Matter) -> list[Center]:
        """Rapid-protection bodies in the city that take the industry and right."""
        place = asked.region
        if place is None or place.city is None:
            return []
        return [
            center
            for center in self._in_city.get((place.province, place.city), ())
            if "rapid-protection-domestic" in center.duties
            and center.takes(asked.industry, "CN", asked.right)
        ]

    def _at(self, place: Region, level: str) -> list[Center]:
        """Bodies of a level whose area is that of the place."""
        area = (
            level,
            place.province,
            place.city if level != "province" else None,
            place.district if level == "district" else None,
        )
        return self._by_area.get(area, [])

    @staticmethod
    def _ranked(centers: Iterable[Center]) -> list[Center]:
        """Overseas guidance before aid, named branches first, better sources first, then file order."""
        return sorted(
            centers,
            key=lambda c: (
                "overseas-guidance" not in c.duties,
                c.batch is None,
                c.verified != "source",
            ),
        )

    # -- what is said about it ---------------------------------------------------------------------

    def _where(self, asked: Matter, unknown_place: str) -> str:
        if asked.region is None:
            return f"没有认出“{unknown_place}”是国内哪里" if unknown_place else "没有说明公司所在地"
        parts = [f"公司在{asked.region.name}"]
        if asked.industry:
            name = self.industries.names.get(asked.industry, asked.industry)
            parts.append(f"当地以{name}为主" if asked.industry_assumed else f"行业为{name}")
        if asked.country:
            parts.append(f"争议在{self.countries.names.get(asked.country, asked.country)}")
        return "，".join(parts)

    def _limits(self, asked: Matter, center: Center) -> list[str]:
        notes = [center.note] if center.note else []
        if asked.region and asked.region.province in ("香港", "澳门", "台湾"):
            notes.append("公司在港澳台地区，内地没有对应的地方分中心。")
        return notes

    def _others(self, asked: Matter, primary: Center) -> tuple[Referral, ...]:
        named: dict[str, str] = {}
        if asked.region is not None:
            named.update(self._nearby(asked))
        named.update(extra_bodies(asked.procedure, asked.role, asked.country, asked.region))
        for hotline, use in HOTLINES.items():
            named.setdefault(hotline, use)
        return tuple(
            Referral(self.centers.centers[center_id], reason)
            for center_id, reason in named.items()
            if center_id not in (primary.id, self.centers.national.id)
        )

    def _nearby(self, asked: Matter) -> dict[str, str]:
        place = asked.region
        if place is None:
            return {}
        named: dict[str, str] = {}
        for center in self._at(place, "district"):
            reason = self._local_reason(center, asked)
            if reason:
                named[center.id] = reason
        for center in self._rapid(asked):
            named.setdefault(
                center.id, "只办国内的快速授权与维权：可用来固定国内权利和证据，境外案件不归它办"
            )
        for center in self._at(place, "city"):
            if center.primary_eligible:
                named.setdefault(center.id, "市级机构，面向全市受理")
            elif "information" in center.duties:
                named.setdefault(center.id, "线上平台，可在线申请海外维权援助")
        for center in self._at(place, "province"):
            if center.primary_eligible:
                named.setdefault(center.id, "省级机构，可提供进一步支持")
        return named

    def _local_reason(self, center: Center, asked: Matter) -> str | None:
        if center.primary_eligible and not center.takes(asked.industry, asked.country, asked.right):
            serves = "、".join(self.industries.names[i] for i in sorted(center.industries or ()))
            return f"本区工作站，重点服务{serves}；行业相符时可就近咨询" if serves else None
        if center.primary_eligible:
            return "本区机构，可就近咨询"
        if "aid" in center.duties and center.handles_overseas and center.status == "unverified":
            return "本区机构，现状没有核到，去之前请先核实"
        return None


@lru_cache(maxsize=2)
def router_of(tables_dir: Path) -> Router:
    """The router over a folder of tables, read once."""
    return Router(tables_dir)


def default_router() -> Router:
    """The router over the tables that ship with the project."""
    return router_of(KnowledgeSettings().tables_dir)
