"""The campaign that `flask open-campaign` names: of a form's newest edition for a period, made if it is not there."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import forms
from admin_app.reporting.refusal import Refused
from models import Campaign, Level, PeriodKind
from seed import lists
from seed.periods import period as period_of

KINDS = {kind.value: kind for kind in PeriodKind}


def campaign_of(session: Session, form: str, day: date, deadline: date, options: dict[str, Any]) -> Campaign:
    """The campaign; flushes. ``options``, the command's: ``kind`` (of the period), ``title``, ``who``, ``types``, ``reviewer``

    Raises Refused: no such form or type, or others would file or review than before.
    """
    version = forms.newest(session, form)
    if version is None:
        raise Refused(f"There is no published form “{form}”: load it with flask load-forms.")
    kind = KINDS.get(options["kind"], version.form.periodicity)
    period = period_of(session, kind, day)
    same = select(Campaign).where(Campaign.form_version_id == version.id, Campaign.period_id == period.id)
    campaign = session.scalar(same) or Campaign(form_version=version, period=period)
    campaign.deadline = deadline
    if options["title"] or not campaign.title:
        campaign.title = options["title"] or f"{form}, {period.title}"
    kinds = types_of(session, options["types"])
    if campaign.opened_at is not None:
        require_the_same(campaign, options, kinds)
        return campaign
    campaign.filing_levels = list(options["who"] or [Level.ORGANIZATION.value])
    campaign.review_levels = list(options["reviewer"] or [Level.MUNICIPALITY.value])
    campaign.type_ids = kinds
    session.add(campaign)
    session.flush()
    return campaign


def types_of(session: Session, types: Iterable[str]) -> list[int]:
    """The ids of these types of organizations, by their codes."""
    known = lists.codes(session).get("organization_type", {})
    if unknown := [code for code in types if code not in known]:
        raise Refused(f"There is no organization type “{unknown[0]}”; there are {', '.join(known)}.")
    return [known[code] for code in types]


def require_the_same(campaign: Campaign, options: dict[str, Any], kinds: list[int]) -> None:
    """Who files and who reviews doesn't change under reports on their way: what is said anew must be what was said before."""
    said: dict[str, list[Any]] = {"--who": [*options["who"]], "--reviewer": [*options["reviewer"]], "--type": kinds}
    kept: dict[str, list[Any]] = {
        "--who": campaign.filing_levels,
        "--reviewer": campaign.review_levels,
        "--type": campaign.type_ids,
    }
    if other := [name for name, values in said.items() if values and sorted(values) != sorted(kept[name])]:
        raise Refused(
            f"“{campaign.title}” is open already with another {' and '.join(other)}; that doesn't change while reports are on "
            "their way. Leave it out to admit new organizations or to move the deadline."
        )
