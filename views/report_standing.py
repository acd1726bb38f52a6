"""Where a report stands, in a sentence over its table: who has it, since when, what is asked of the organization."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_app.reporting import guard, scope
from admin_app.reporting.guard import Permission
from models import Organization, Report, ReportState
from views import report_words

S = ReportState


@dataclass(frozen=True)
class Standing:
    """Where the report stands, if it can't simply be filled in: ``kind`` colours it, ``reason`` is the reviewer's."""

    sentence: str
    kind: str = ""
    reason: str = ""


def standing(session: Session, report: Report, typed: bool) -> Standing | None:
    """What the reader must know about the report's state; None while it is simply being filled in."""
    fills = bool(guard.may(scope.current(), Permission.REPORT_FILL, report))
    match report.state:
        case S.SUBMITTED:
            return Standing(submitted(session, report, fills))
        case S.ACCEPTED:
            return Standing(_("The report was accepted on %(day)s.", day=report_words.moment(report.accepted_at)), "ok")
        case S.REJECTED | S.RETURNED:
            return Standing(sent_back(report, fills), "warn", report.reason)
        case _ if not typed and report.campaign.closed_at:
            return Standing(_("The campaign is closed: its reports are no longer filled in."))
        case _:
            return None


def sent_back(report: Report, fills: bool) -> str:
    """What is asked for, of those who fill the report in; that it is asked for, to all others."""
    if not fills:
        return _("The report was sent back; the organization is putting it right.")
    if report.state is S.REJECTED:
        return _("The report was rejected: put right what is asked for, run the check and submit it again.")
    return _("The report was returned for editing: correct it, run the check and submit it again.")


def submitted(session: Session, report: Report, fills: bool) -> str:
    """Who has the report, since when; for those who fill it in, that it can't be changed meanwhile."""
    with scope.unscoped("who has the report"):  # an organization doesn't see the cards above it
        reviewer = session.get(Organization, report.reviewer_id)
    facts = {"day": report_words.moment(report.submitted_at), "name": reviewer.short_name if reviewer else ""}
    if not fills:
        return _("Submitted on %(day)s. Now under review by: %(name)s.", **facts)
    return _(
        "Submitted on %(day)s. Now under review by: %(name)s. It can be changed again only if the reviewer rejects it.", **facts
    )
