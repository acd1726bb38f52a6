"""«Похожие организации»: groups that are likely one organization each, the merger with its preview, and the way back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload
from wtforms import Form

from admin_app.crud import merger_fields, mistakes, pickers, undo_task, undo_words
from admin_app.crud.fields import FieldSpec, field_of
from admin_app.crud.forming import NO_ROW
from admin_app.crud.past import Answer
from admin_app.crud.pickers import Picker
from admin_app.crud.rights import Entrance
from admin_app.extensions import db
from admin_app.reporting import duplicates, guard, memberships, scope, separating, undo, uniting, uniting_plan
from admin_app.reporting.guard import Permission
from admin_app.reporting.likeness import Sign
from admin_app.reporting.refusal import Refused
from admin_app.reporting.separating import Separation
from models import Membership, Organization, Report, ReportState, Succession, ToldApart

PAGE = 20
SHOWN = 100  # pairs told apart


class OtherForm(Form):
    """The other organization."""

    successor_id = Picker(N_("The other organization"), spec=field_of(Succession, "successor_id"))


@dataclass(frozen=True)
class Member:
    """An organization of a group, as the list shows it: `above` is its superior, `numbers` its INN and KPP."""

    id: int
    name: str
    level: str
    numbers: str
    address: str
    above: str
    people: int
    reports: int
    accepted: int


class DuplicatesView(Entrance):
    """Where organizations that are one are found, merged, told apart and separated."""

    def __init__(self, **options: Any) -> None:
        super().__init__(name=N_("Look-alikes"), endpoint="duplicates", url="/admin/duplicates", **options)

    def why_not(self) -> str:
        """For those who edit organizations."""
        return str(guard.may(scope.current(), Permission.ORGANIZATION_EDIT).reason)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the view. (Flask-Admin's own tries again after any TypeError, which hides our mistakes.)"""
        return fn(self, *args, **kwargs)

    # ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/")
    def index(self) -> Answer:
        """The groups, a page at a time, and the pairs that somebody has told apart."""
        found = duplicates.find(db.session)
        pages = max(-(-len(found) // PAGE), 1)
        number = min(max(pickers.number(request.args.get("page", "")) or 1, 1), pages)
        shown = found[(number - 1) * PAGE : number * PAGE]
        people = members({key for group in shown for key in group.ids})
        groups = [(group, [people[key] for key in group.ids if key in people]) for group in shown]
        facts = {"groups": groups, "count": len(found), "number": number, "pages": pages, "apart": apart(), "signs": list(Sign)}
        facts["more"] = len(found) >= duplicates.MOST
        return str(self.render("admin/duplicates.html", **facts))

    @expose("/decide", methods=("POST",))
    def decide(self) -> Answer:
        """What a person has decided about the organizations that they have ticked: to merge them, or that they are different."""
        ids = chosen(request.form.getlist("id"))
        if request.form.get("do") == "merge":
            if len(ids) > 1:
                return redirect(self.pair(ids, chosen(request.form.getlist("group"))))
            flash(_("Tick the organizations that are one: two at least."), "error")
            return redirect(self.back())
        try:
            count = duplicates.tell_apart(db.session, ids)
            db.session.commit()
        except mistakes.KINDS as error:
            db.session.rollback()
            flash(mistakes.sentence(error, Organization)[1], "error")
        else:
            flash(ngettext("%(num)s pair is not shown again.", "%(num)s pairs are not shown again.", count), "success")
        return redirect(self.back())

    @expose("/again", methods=("POST",))
    def again(self) -> Answer:
        """Take it back that two are different."""
        ids = chosen(request.form.getlist("id"))
        try:
            duplicates.compare_again(db.session, *(ids if len(ids) == 2 else (0, 0)))
            db.session.commit()
        except mistakes.KINDS as error:
            db.session.rollback()
            flash(mistakes.sentence(error, Organization)[1], "error")
        else:
            flash(_("The two are compared again."), "success")
        return redirect(self.back())

    def pair(self, ids: list[int], group: list[int]) -> str:
        """Where the first two are merged; the other ticked ones come after them, and what else is in the group at last."""
        also = [key for key in group if key not in ids]
        if len(ids) > 2:
            keep = uniting_plan.suggested(db.session, ids)
            ids = [keep, *(key for key in ids if key != keep)]
        return str(self.get_url(".merge", id=ids[:2], also=[*ids[2:], *also]))

    def back(self) -> str:
        """The page of the list from which the form came."""
        page = pickers.number(request.form.get("page", ""))
        return str(self.get_url(".index", **({"page": page} if page and page > 1 else {})))

    # ── The merger ───────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/merge/", methods=("GET", "POST"))
    def merge(self) -> Answer:
        """Of one: with which other? Of two: what merging does, by fields; and the merger. ?also=: the rest of their group."""
        ids = chosen(request.args.getlist("id"))
        if len(ids) == 1:
            return self.other(ids[0])
        if len(ids) != 2:
            abort(404, _("Choose the two organizations that are to be merged."))
        wanted = pickers.number(request.args.get("keep", ""))
        keep = wanted if wanted in ids else uniting_plan.suggested(db.session, ids)
        closed = next(key for key in ids if key != keep)
        also = [key for key in chosen(request.args.getlist("also")) if key not in ids]
        sentence = ""
        if request.method == "POST":
            try:
                return self.merged(keep, closed, also)
            except mistakes.KINDS as error:
                db.session.rollback()
                sentence = mistakes.sentence(error, Organization, ids)[1]
        return self.preview(keep, closed, also, sentence)

    def other(self, key: int) -> Answer:
        """Which other one? Those that look like it, and a search."""
        row = db.session.scalar(select(Organization).where(Organization.id == key)) or abort(404, NO_ROW)
        if not (answer := guard.may(scope.current(), Permission.ORGANIZATION_EDIT, row)):
            abort(403, str(answer.reason))
        form = OtherForm(request.args if "successor_id" in request.args else None)
        pickers.ready(form, db.session, url_for("organization.index_view") + "lookup/")
        if "successor_id" in request.args and form.validate():
            if form.successor_id.data is not None and form.successor_id.data != key:
                return redirect(self.get_url(".merge", id=[key, form.successor_id.data], keep=key))
            form.successor_id.errors = [_("Choose another organization than this one.")]
        signs = duplicates.like(db.session, row)
        alike = [(one, signs[one.id]) for one in members(signs).values()]
        return str(self.render("admin/duplicates_other.html", row=row, form=form, alike=alike))

    def merged(self, keep: int, closed: int, also: list[int]) -> Answer:
        """Merge; then the next one of the group, or the card of the one that stays. Raises what stands in the way."""
        kept, gone = uniting_plan.pair(db.session, keep, closed, lock=True)
        fields = merger_fields.taken(self.specs(), kept, gone, request.form)
        names = {"closed": gone.short_name}
        uniting.unite(db.session, keep, closed, fields, request.form.get("mark") or "-")
        db.session.commit()
        flash(_("“%(closed)s” is merged into this organization. It can be taken back.", **names), "success")
        if also := duplicates.left(db.session, keep, also):
            return redirect(self.after(keep, also))
        return redirect(url_for("organization.details_view", id=keep))

    def after(self, keep: int, also: list[int]) -> str:
        """Where the next one of the group is merged with the one that stays."""
        return str(self.get_url(".merge", id=[keep, also[0]], keep=keep, also=also[1:]))

    def preview(self, keep: int, closed: int, also: list[int], sentence: str) -> Answer:
        """What merging does."""
        try:
            kept, gone = uniting_plan.pair(db.session, keep, closed)
        except Refused as refused:
            abort(404, refused.sentence)
        made = uniting_plan.plan(db.session, kept, gone)
        lines = merger_fields.differences(db.session, self.specs(), kept, gone, request.form)
        code = uniting.frees_code(made, {"inn", "kpp"})
        people = members((keep, closed))
        facts = {"plan": made, "lines": lines, "kept": people[keep], "closed": people[closed], "frees_code": code}
        facts |= {"also": also, "after": self.after(keep, also) if also else ""}
        status = 200 if not sentence else 409
        return str(self.render("admin/duplicates_merge.html", sentence=sentence, **facts)), status

    def specs(self) -> tuple[FieldSpec, ...]:
        """The fields of an organization's form."""
        views = self.admin._views if self.admin else ()
        found = next(view for view in views if getattr(view, "model", None) is Organization)
        return tuple(found.typed())

    # ── The way back ─────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/separate/", methods=("GET", "POST"))
    def separate(self) -> Answer:
        """What separating two merged ones gives back; and the separation. ?id= is the duplicate."""
        key = pickers.number(request.args.get("id", "")) or abort(404)
        take, sentence = tuple(request.form.getlist("take")), ""
        if request.method == "POST" and request.form.get("do") == "undo":
            try:
                return self.separated(key, take)
            except mistakes.KINDS as error:
                db.session.rollback()
                sentence = mistakes.sentence(error, Organization)[1]
        try:
            made = separating.plan(db.session, key)
        except Refused as refused:
            abort(404, refused.sentence)
        return self.separation_page(made, take, sentence)

    def separated(self, key: int, take: tuple[str, ...]) -> Answer:
        """Separate, and show the card of the one that works again. Raises what stands in the way."""
        made = separating.plan(db.session, key)
        made = separating.rehearse(db.session, made, undo_task.say, take)
        refused = frozenset(step.place() for step in made.rows.steps if step.refused)
        separating.separate(db.session, key, take, refused)
        db.session.commit()
        flash(_("The two are separate again."), "success")
        return redirect(url_for("organization.details_view", id=key))

    def separation_page(self, made: Separation, take: tuple[str, ...], sentence: str) -> Answer:
        """What would go back, before it does."""
        reports = [(one.report.campaign.title, one.report.state, one.refused) for one in made.reports]
        names = [relation.short_name for relation in separating.merger(db.session, made.closed_id)[:2]]
        requests = len(made.requests)
        made = separating.rehearse(db.session, made, undo_task.say, take)
        steps = sorted(made.rows.steps, key=lambda step: (not step.refused, not step.parts_in_conflict))[: undo_task.SHOWN]
        ready, stopped = undo.ready_of(made.rows, take), [step for step in made.rows.steps if step.refused]
        told = {
            "of": len(made.rows.steps),
            "ready": len(ready),
            "left": len(made.rows.steps) - len(ready) - len(stopped),
            "refused": len(stopped),
            "hidden": made.rows.hidden,
            "rows": undo_words.shown(steps, take),
        }
        views = self.admin._views if self.admin else ()
        ways = {str(view.endpoint) for view in views if hasattr(view, "model") and view.is_accessible()}
        facts = {"told": told, "ways": ways, "reports": reports, "requests": requests, "names": names, "key": made.closed_id}
        db.session.rollback()
        return str(self.render("admin/duplicates_separate.html", sentence=sentence, **facts))


# ── What pages show ──────────────────────────────────────────────────────────────────────────────────────────────────


def chosen(sent: Iterable[str]) -> list[int]:
    """The ids that were sent, each once."""
    return list(dict.fromkeys(key for one in sent if (key := pickers.number(one)) is not None))


def members(ids: Iterable[int]) -> dict[int, Member]:
    """The organizations as groups show them, by id; four statements for all of them."""
    keys, above = sorted(ids), aliased(Organization)
    query = select(Organization, above.short_name).outerjoin(above, above.id == Organization.parent_id)
    rows = db.session.execute(query.where(Organization.id.in_(keys)).order_by(Organization.id)).all()
    people = uniting_plan.counted(db.session, Membership.organization_id, keys, memberships.lasting())
    begun = uniting_plan.counted(db.session, Report.organization_id, keys, Report.state != ReportState.EMPTY)
    accepted = uniting_plan.counted(db.session, Report.organization_id, keys, Report.state == ReportState.ACCEPTED)
    return {
        row.id: Member(
            row.id,
            row.short_name,
            str(row.level.title),
            " / ".join(one for one in (row.inn, row.kpp) if one),
            row.address or "",
            superior or "",
            people.get(row.id, 0),
            begun.get(row.id, 0),
            accepted.get(row.id, 0),
        )
        for row, superior in rows
    }


def apart() -> list[ToldApart]:
    """The latest pairs told apart, with their names and by whom."""
    query = select(ToldApart).order_by(ToldApart.at.desc(), ToldApart.first_id).limit(SHOWN)
    names = joinedload(ToldApart.first), joinedload(ToldApart.second), joinedload(ToldApart.by)
    return list(db.session.scalars(query.options(*names)))


def ways(row: Organization) -> list[tuple[str, str]]:
    """What the card of an organization that the actor edits leads to: words and address. Of a merged duplicate the way back."""
    if row.closed_on is not None and uniting_plan.succession(db.session, row.id) is not None:
        return [(_("Separate again…"), url_for("duplicates.separate", id=row.id))]
    return [(_("Merge with another…"), url_for("duplicates.merge", id=row.id))]
