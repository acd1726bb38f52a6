"""What people say to each other about a report or one of its cells."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, days, entries, findings, forms, guard, tidings
from admin_app.reporting.actor import current
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Comment, Report


def of_report(session: Session, report: Report, cell: str | None = None) -> list[Comment]:
    """The comments of a report, oldest first; with ``cell`` only those on that cell."""
    query = select(Comment).where(Comment.report_id == report.id).order_by(Comment.id)
    return list(session.scalars(query if cell is None else query.where(Comment.cell == cell)))


def add(session: Session, report: Report, text: str, cell: str | None = None) -> Comment:
    """Say something about the report, or about a cell of it; the other side is told. Raises Refused.

    In any state: the filers and the reviewers talk before, during and after the review.
    """
    guard.require(Permission.REPORT_COMMENT, report)
    text = entries.words(text)
    if not text:
        raise Refused(_("Write something first: the comment is empty."))
    author = current()
    comment = Comment(report_id=report.id, text=text, author_id=author.user_id, author_name=author.name)
    comment.cell, comment.revision = address(report, cell), report.revision
    session.add(comment)
    session.flush()
    audit.record(session, "report.commented", report, {"cell": comment.cell, "text": text})
    tidings.of_comment(session, report, text, findings.place(comment.cell) if comment.cell else "")
    return comment


def address(report: Report, cell: str | None) -> str | None:
    """The cell's address as the form writes it. Raises Refused if the form has no such cell."""
    if not cell:
        return None
    found = forms.program(report.campaign.form_version).resolve(cell)
    if found is None:
        raise Refused(_("There is no cell %(address)s in this form.", address=cell[:60]))
    return found.address


def resolve(session: Session, comment: Comment, resolved: bool = True) -> None:
    """Mark a comment as settled, or open it again. Both sides may."""
    report = session.get_one(Report, comment.report_id)
    guard.require(Permission.REPORT_COMMENT, report)
    if (comment.resolved_at is not None) == resolved:
        return
    comment.resolved_at = days.now() if resolved else None
    session.flush()
    audit.record(session, "report.comment_resolved" if resolved else "report.comment_reopened", report, {"comment": comment.id})
