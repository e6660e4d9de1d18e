"""The sections of the staff: an application each, with the same login, frame and error pages."""

from __future__ import annotations

from aiohttp import web

from office.console import (
    audit_page,
    by_hand,
    campaign_figures,
    campaign_kit,
    campaigns,
    canned_page,
    case_papers,
    conversation,
    desk_socket,
    dispatching,
    due_page,
    erasure,
    figures,
    figures_report,
    inbox,
    knowledge,
    lead_drafts,
    lead_export,
    lead_files,
    lead_forms,
    leads,
    login,
    own_account,
    people,
    search_page,
    sent_files,
    settings_page,
    ticket_forms,
    widget_page,
)
from office.section import create_section


def create_console() -> web.Application:
    """The console, mounted under ``/desk``."""
    return create_section(
        [
            login.routes,
            inbox.routes,
            by_hand.routes,  # before tickets and leads, whose addresses would take its place
            search_page.routes,
            dispatching.routes,
            due_page.routes,
            conversation.routes,
            case_papers.routes,
            sent_files.routes,
            ticket_forms.routes,
            knowledge.routes,
            canned_page.routes,
            desk_socket.routes,
            people.routes,
            own_account.routes,
            settings_page.routes,
            audit_page.routes,
            lead_drafts.routes,
            lead_export.routes,  # before the leads, whose address would take its place
            leads.routes,
            lead_forms.routes,
            lead_files.routes,
            erasure.routes,
            figures_report.routes,
            figures.routes,
            widget_page.routes,
            campaigns.routes,
            campaign_kit.routes,
            campaign_figures.routes,
        ]
    )
