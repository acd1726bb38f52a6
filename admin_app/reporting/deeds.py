"""What a person may do with a row, and why not: the guard's and the workflow's own answers, asked as that person.

The sentences are those that the person would read on their own screen.
"""

from dataclasses import dataclass

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from admin_app.reporting import guard, workflow
from admin_app.reporting.actor import acting, actor_of, quietly
from admin_app.reporting.guard import Permission as P
from models import (
    Attribute,
    Base,
    Campaign,
    Classifier,
    ClassifierItem,
    Event,
    Form,
    FormVersion,
    Membership,
    Organization,
    Period,
    Report,
    Request,
    User,
)

DEEDS: dict[type[Base], tuple[P, ...]] = {
    Attribute: (P.CLASSIFIER_EDIT,),
    Campaign: (P.CAMPAIGN_EDIT, P.CAMPAIGN_OPEN, P.CAMPAIGN_CLOSE),
    Classifier: (P.CLASSIFIER_EDIT,),
    ClassifierItem: (P.CLASSIFIER_EDIT,),
    Event: (P.EVENT_READ,),
    Form: (P.FORM_EDIT,),
    FormVersion: (P.FORM_READ, P.FORM_EDIT, P.FORM_PUBLISH),
    Membership: (P.USER_READ, P.USER_ATTACH),
    Organization: (P.ORGANIZATION_READ, P.ORGANIZATION_EDIT, P.USER_ATTACH, P.PROGRESS_READ),
    Period: (P.CAMPAIGN_EDIT,),
    Report: (P.REPORT_READ, P.REPORT_EXPORT, P.REPORT_COMMENT, P.REPORT_ATTACH),
    Request: (P.REQUEST_READ, P.REQUEST_DECIDE),
    User: (P.USER_READ, P.USER_EDIT),
}


@dataclass(frozen=True)
class Deed:
    """One thing to do, whether the person may, and if not, the sentence that says why."""

    what: str
    allowed: bool
    reason: str = ""


def deeds(session: Session, person_id: int, row: Base) -> list[Deed]:
    """What the person may do with the row; nothing if the person doesn't see it.

    The session's objects are then as that person sees them: whoever goes on with it as somebody else expunges them.
    """
    model, key = type(row), inspect(row).identity
    with quietly("whose rights are explained"):
        actor = actor_of(person_id, session)
    session.expunge_all()
    with acting(actor):
        seen = session.get(model, key)
        if seen is None:
            return []
        made = [Deed(str(one.title), *said(guard.may(actor, one, seen))) for one in DEEDS.get(model, ())]
        if isinstance(seen, Report):
            made += [Deed(str(move.title), *said(answer)) for move, answer in workflow.moves(session, seen, actor)]
        return made


def said(answer: guard.Answer) -> tuple[bool, str]:
    """The answer in plain words, made while its person acts."""
    return bool(answer), str(answer.reason)
