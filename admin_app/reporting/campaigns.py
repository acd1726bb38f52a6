"""What a campaign must be for its reports to find their way."""

from flask_babel import gettext as _

from admin_app.reporting.refusal import Refused
from models import Campaign, Level

FROM_THE_TOP = [level.value for level in Level]


def judge(campaign: Campaign) -> None:
    """Raises Refused, naming the field, if the deadline or the levels make no sense together.

    Who files and has no reviewing level above is reviewed by the organization above (`reviewing.next_reviewer`).
    """
    if campaign.deadline < campaign.period.starts_on:
        raise Refused(_("The deadline is before the period begins."), "deadline")
    if Level.REGION in campaign.filing_levels:
        raise Refused(_("Nobody stands above the region to review its report."), "filing_levels")
    filing, reviewing = ranks(campaign.filing_levels), ranks(campaign.review_levels)
    if not all(any(above < rank for rank in filing) for above in reviewing):
        raise Refused(_("A level that reviews must stand above somebody who files."), "review_levels")


def ranks(levels: list[str]) -> list[int]:
    """The places of levels from the top of the tree, from 0."""
    return [FROM_THE_TOP.index(level) for level in levels]
