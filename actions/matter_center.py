"""The center of a matter as it is shown: the one that the person chose, else the one that was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.route_rules import Router
from actions.routing import CHOSEN, Referral, contact_card
from desk.center_contacts import Contact
from desk.matters import Matter

# What the record of a matter keeps of a center's card.
KEPT = ("id", "name", "reason", "phone", "url", "contact_note", "find", "hotlines")


@dataclass(frozen=True)
class Centers:
    """The centers there are, and what each of them entered of itself."""

    router: Router
    entered: Mapping[str, Contact]

    @property
    def names(self) -> dict[str, str]:
        """What can be chosen between, by id."""
        return self.router.leading

    def of(self, matter: Matter) -> dict[str, Any] | None:
        """The card with the ways to reach it as of now; None while no center is known.

        ``is_given`` is one that the person chose, ``found`` then the name of the one that was found.
        """
        found = dict(matter.facts.get("center") or {})
        chosen = matter.text("center_given")
        card = self._card(chosen, f"{CHOSEN}。")
        if card is not None:
            return {**card, "is_given": True, "found": found.get("name")}
        if not found:
            return None
        now = self._card(found.get("id"), found.get("reason") or "")
        return {**(now or found), "is_given": False, "found": None}

    def found(self, matter: Matter) -> dict[str, Any]:
        """The card of the center that the facts of a matter lead to, as the record keeps it."""
        routing = self.router.route(
            region=matter.text("region"),
            industry=matter.text("industry"),
            country=matter.text("country"),
            ip_type=matter.text("right"),
            role=matter.text("party"),
            matter=matter.text("procedure"),
        )
        return kept(routing.with_contacts(self.entered).card())

    def _card(self, code: str | None, reason: str) -> dict[str, Any] | None:
        center = self.router.body(code)
        if center is None:
            return None
        referral = Referral(center, reason, self.entered.get(center.id))
        return contact_card(referral, self.router.hotlines)


def kept(card: Mapping[str, Any]) -> dict[str, Any]:
    """What the record keeps of a card."""
    return {name: card[name] for name in KEPT if card.get(name)}
