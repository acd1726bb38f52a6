"""“My tasks”: changes of many rows that are looked through and done in the background; one page for each."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from sqlalchemy.orm import defer
from werkzeug.wrappers import Response

from admin_app.crud import bulk_task, undo_task
from admin_app.crud.rights import Entrance
from admin_app.extensions import db
from admin_app.reporting import scope, undo
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks import verbs
from models import Event, RoleName, Task, TaskKind, TaskState

SEEN = 50  # tasks in the list
TEMPLATES = {TaskKind.BULK: "admin/task_bulk.html", TaskKind.UNDO: "admin/task_undo.html"}

Answer = str | Response


class TaskView(Entrance):
    """Tasks of the person who is here; nobody sees another's."""

    def __init__(self, category: Any) -> None:
        super().__init__(name=N_("My tasks"), category=category, endpoint="tasks", url="/admin/tasks")
        self.static_folder = None
        self._default_view = "index"
        verbs.DOERS[TaskKind.UNDO] = undo_task.UndoDoer()
        verbs.DOERS[TaskKind.BULK] = bulk_task.BulkDoer()

    def why_not(self) -> str:
        """Operators have tasks: those who may change rows of others."""
        acts = scope.current().roles - {RoleName.ORGANIZATION, RoleName.AUDITOR}
        return "" if acts else _("These screens are for operators. What you need is in your cabinet.")

    @expose("/")
    def index(self) -> Answer:
        """The person's tasks, newest first."""
        own = select(Task).where(Task.owner_id == scope.current().user_id).order_by(Task.id.desc()).limit(SEEN)
        found = db.session.scalars(own.options(defer(Task.asked), defer(Task.found)))
        return str(self.render("admin/tasks.html", tasks=list(found), busy=verbs.BUSY))

    @expose("/<int:id>/")
    def one(self, id: int) -> Answer:
        """How far it is; or what it would do, to decide upon; or what it has done."""
        task = self.task(id)
        log = self.log(task) if task.state is TaskState.DONE else ""
        facts = {"task": task, "told": task.found, "busy": task.state in verbs.BUSY, "log": log, "table": task.table_name}
        ways = {view.endpoint for view in self.screens()}
        return str(self.render(TEMPLATES[task.kind], sent=task.asked.get("sent", []), ways=ways, **facts))

    @expose("/<int:id>/do", methods=("POST",))
    def do(self, id: int) -> Response:
        """Do it, look again, give up."""
        task = self.task(id)
        asked = {"take": request.form.getlist("take")} if task.kind is TaskKind.UNDO else {}
        try:
            match request.form.get("what"):
                case "run":
                    verbs.decide(db.session, task, **asked)
                case "look":
                    verbs.look_again(db.session, task, **asked)
                case "cancel":
                    verbs.cancel(db.session, task)
                case _:
                    abort(400)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            flash(refused.sentence, "error")
        return redirect(self.get_url(".one", id=id))

    def task(self, task_id: int) -> Task:
        """The person's own task of that number. Raises 404."""
        own = select(Task).where(Task.id == task_id, Task.owner_id == scope.current().user_id)
        return db.session.scalar(own) or abort(404, _("There is no such task among yours."))

    def log(self, task: Task) -> str:
        """Where the log shows what was done; empty for those who don't read it there."""
        if not any(view.model is Event for view in self.screens()):
            return ""
        told = undo.read(db.session, select(Event.id).where(Event.batch == task.batch, undo.DONE).limit(1))
        return str(self.get_url("event.batch_view", batch=task.batch)) if told else ""
