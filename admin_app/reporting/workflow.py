"""The one table of a report's states and moves, and the only writer of a report's state.

Every move is made with the report's row locked: check → change → snapshot (submission, acceptance) → record → tell. Two people
who press the same button at once make one move; the second reads why nothing happened. A passed deadline is a flag, not a state.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import audit, days, entries, guard, reviewing, storage, tidings, tree
from admin_app.reporting.actor import Actor, current, unscoped
from admin_app.reporting.guard import Answer, Permission
from admin_app.reporting.refusal import Refused
from models import Campaign, Comment, FormVersion, Organization, Report, ReportSnapshot, ReportState, Titled

S = ReportState
EDITABLE = frozenset({S.EMPTY, S.DRAFT, S.REJECTED, S.RETURNED})


class Move(Titled):
    """What can be done to a report as a whole."""

    FILL = "fill", N_("Fill in")
    SUBMIT = "submit", N_("Submit the report")
    ACCEPT = "accept", N_("Accept")
    REJECT = "reject", N_("Reject")
    RETURN = "return", N_("Return for editing")


@dataclass(frozen=True)
class Case:
    """What a condition judges: this report, this actor, and whether a granted request stands behind the move."""

    session: Session
    report: Report
    actor: Actor
    granted: bool = False


Condition = Callable[[Case], str]


@dataclass(frozen=True)
class Rule:
    """One line of the table: from a state by a move to a state, who may, and what else must hold.

    A condition answers with the sentence that says what is in the way, or with "".
    """

    state: ReportState
    move: Move
    to: ReportState
    permission: Permission
    conditions: tuple[Condition, ...] = ()
    reason: bool = False


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def open_campaign(case: Case) -> str:
    """A closed campaign takes no new reports; one that was sent back may still be put right."""
    return _("The campaign is closed: its reports are no longer filled in.") if case.report.campaign.closed_at else ""


def filled_in(case: Case) -> str:
    """There is something in it."""
    return "" if case.report.revision else _("Nothing has been filled in yet.")


def adds_up(case: Case) -> str:
    """No errors, every query explained (as of the last check; `reports.submit` checks anew)."""
    report = case.report
    if report.errors or report.queries:
        return _(
            "The report does not add up yet: errors: %(errors)s, queries without an explanation: %(queries)s.",
            errors=report.errors,
            queries=report.queries,
        )
    return ""


def has_a_reviewer(case: Case) -> str:
    """Somebody above the organization can review it."""
    return "" if reviewing.next_reviewer(case.session, case.report) else _("No superior organization reviews this report.")


def at_the_reviewer(case: Case) -> str:
    """The actor acts for the organization that has the report now, or for one above it."""
    reviewer = case.report.reviewer_id
    with unscoped("who reviews the report now"):
        organization = case.session.get(Organization, reviewer)
    if organization is None or reviewing.holds(case.actor, organization):
        return ""
    return _("The report is now under review by: %(name)s.", name=organization.short_name)


def accepted_it(case: Case) -> str:
    """Only the one who accepted the report returns it, unless a request for it was granted."""
    if case.granted or (case.actor.user_id is not None and case.actor.user_id == case.report.accepted_by_id):
        return ""
    return _("An accepted report is returned by the operator who accepted it or by a granted request.")


TABLE = (
    Rule(S.EMPTY, Move.FILL, S.DRAFT, Permission.REPORT_FILL, (open_campaign,)),
    Rule(S.DRAFT, Move.FILL, S.DRAFT, Permission.REPORT_FILL, (open_campaign,)),
    Rule(S.REJECTED, Move.FILL, S.REJECTED, Permission.REPORT_FILL),
    Rule(S.RETURNED, Move.FILL, S.RETURNED, Permission.REPORT_FILL),
    Rule(S.DRAFT, Move.SUBMIT, S.SUBMITTED, Permission.REPORT_SUBMIT, (open_campaign, filled_in, adds_up, has_a_reviewer)),
    Rule(S.REJECTED, Move.SUBMIT, S.SUBMITTED, Permission.REPORT_SUBMIT, (adds_up, has_a_reviewer)),
    Rule(S.RETURNED, Move.SUBMIT, S.SUBMITTED, Permission.REPORT_SUBMIT, (adds_up, has_a_reviewer)),
    Rule(S.SUBMITTED, Move.ACCEPT, S.ACCEPTED, Permission.REPORT_REVIEW, (at_the_reviewer,)),
    Rule(S.SUBMITTED, Move.REJECT, S.REJECTED, Permission.REPORT_REVIEW, (at_the_reviewer,), reason=True),
    Rule(S.ACCEPTED, Move.RETURN, S.RETURNED, Permission.REPORT_RETURN, (accepted_it,), reason=True),
)
RULES = {(rule.state, rule.move): rule for rule in TABLE}


# ── Judging ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def judge(case: Case, move: Move) -> Answer:
    """Whether the move can be made now, and what is in the way."""
    rule = RULES.get((case.report.state, move))
    if rule is None:
        return Answer(False, wrong_state(case, move))
    allowed = guard.may(case.actor, rule.permission, case.report)
    if not allowed:
        return allowed
    sentence = next((sentence for condition in rule.conditions if (sentence := condition(case))), "")
    return Answer(not sentence, sentence)


def moves(session: Session, report: Report, actor: Actor | None = None) -> Iterator[tuple[Move, Answer]]:
    """Every move with its answer, so that a screen can show what is possible and why the rest isn't."""
    case = Case(session, report, actor or current())
    return ((move, judge(case, move)) for move in Move)


def require(session: Session, report: Report, move: Move, granted: bool = False) -> Rule:
    """The line of the table by which the current actor makes this move. Raises Refused."""
    answer = judge(Case(session, report, current(), granted), move)
    if not answer:
        raise Refused(str(answer.reason))
    return RULES[report.state, move]


def wrong_state(case: Case, move: Move) -> str:
    """Why a move isn't in the table for this state."""
    report = case.report
    if move in (Move.ACCEPT, Move.REJECT) and report.state in (S.ACCEPTED, S.REJECTED):
        return _("Somebody has decided on this report already: its state is “%(state)s”.", state=report.state.title)
    match report.state:
        case S.EMPTY:
            return _("Nothing has been filled in yet.")
        case S.SUBMITTED:
            return _("The report is under review and cannot be changed: ask the reviewer to reject it if something is wrong.")
        case S.ACCEPTED:
            return _("The report is accepted and cannot be changed: file a request to have it returned for editing.")
        case _:
            return _("The report is not under review: its state is “%(state)s”.", state=report.state.title)


# ── Moving ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def lock(session: Session, report_id: int) -> Report:
    """The report as it is now, its row held until the transaction ends. Raises Refused if the actor doesn't see it."""
    version = joinedload(Report.campaign).joinedload(Campaign.form_version)
    query = (
        select(Report)
        .where(Report.id == report_id)
        .options(joinedload(Report.organization), joinedload(Report.campaign).joinedload(Campaign.period))
        .options(version.joinedload(FormVersion.form))
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    )
    report = session.scalar(query)
    if report is None:
        raise Unseen
    return report


class Unseen(Refused):
    """The same words for a report that isn't there and for one that the actor doesn't see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such report, or it belongs to somebody else."))


def fill(session: Session, report: Report) -> None:
    """Count one more revision; the first one makes a draft. The caller has asked `require` and holds the lock."""
    first = report.state is S.EMPTY
    report.revision += 1
    report.state = RULES[report.state, Move.FILL].to
    if first:
        audit.record(session, "report.started", report)


def move(session: Session, report_id: int, what: Move, reason: str = "", granted: bool = False) -> Report:
    """Make a move (any but filling): state, snapshot, record, messages. Raises Refused; nothing has changed then."""
    report = lock(session, report_id)
    rule = require(session, report, what, granted)
    reason = entries.words(reason)
    if rule.reason and not reason:
        raise Refused(_("Say the reason: the organization reads it."))
    before = report.state
    {Move.SUBMIT: submit, Move.ACCEPT: accept, Move.REJECT: send_back, Move.RETURN: send_back}[what](session, report, rule)
    if rule.reason:
        report.reason = reason
        author = current()
        session.add(
            Comment(report_id=report.id, text=reason, author_id=author.user_id, author_name=author.name, revision=report.revision)
        )
    session.flush()
    audit.record(session, f"report.{what}", report, {"from": before, "to": report.state, "reason": reason})
    tidings.of_move(session, report, what, reason)
    return report


def submit(session: Session, report: Report, rule: Rule) -> None:
    """To the first reviewer."""
    reviewer = reviewing.next_reviewer(session, report)
    report.state, report.reviewer_id = rule.to, reviewer.id if reviewer else None
    report.reason = ""
    report.submitted_at, report.submitted_by_id = days.now(), current().user_id
    snapshot(session, report)


def accept(session: Session, report: Report, rule: Rule) -> None:
    """To the next reviewer or, if this was the last one, to the end."""
    reviewer = reviewing.next_reviewer(session, report)
    report.reviewer_id = reviewer.id if reviewer else None
    if reviewer is None:
        report.state = rule.to
        report.accepted_at, report.accepted_by_id = days.now(), current().user_id
    snapshot(session, report)


def send_back(_session: Session, report: Report, rule: Rule) -> None:
    """Back to the organization."""
    report.state, report.reviewer_id = rule.to, None
    report.accepted_at = report.accepted_by_id = None


def snapshot(session: Session, report: Report) -> None:
    """Keep the whole report as it is at this moment."""
    session.flush()
    data = storage.freeze(storage.read(session, report.id))
    session.add(ReportSnapshot(report_id=report.id, revision=report.revision, state=report.state, sections=data))


def rehome(session: Session, organization: Organization) -> int:
    """After an organization was moved in the tree: reports under review at and below it go to the new reviewer of the same level.

    To be called by whoever changes ``parent_id``, after the flush; how many reports changed hands. Both sides are told.
    """
    moved = 0
    with unscoped("reports under review follow their organization"):
        below = select(Report).join(Report.organization).where(tree.below(organization.path))
        for report in session.scalars(below.where(Report.state == S.SUBMITTED).with_for_update(of=Report)).all():
            chain = reviewing.reviewers(session, report)
            level = report.reviewer.level if report.reviewer else None
            heir = next((row for row in chain if row.level is level), chain[0] if chain else None)
            if heir is not None and heir.id != report.reviewer_id:
                before = report.reviewer.short_name if report.reviewer else ""
                report.reviewer_id = heir.id
                session.flush()
                audit.record(session, "report.handed_over", report, {"from": before, "to": heir.short_name})
                tidings.of_new_reviewer(session, report, heir)
                moved += 1
    return moved
