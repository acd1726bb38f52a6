"""«Мои сообщения»: what the system told a person; read, unread, open, all read."""

from flask import Flask, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import Select, func, select, update

from admin_app.extensions import db
from models import Message
from views import paging
from views.base import LARGEST, Screen, expose

ICONS = {
    "campaign": "calendar",
    "deadline": "clock",
    "overdue": "clock",
    "report": "doc",
    "request": "key",
    "attached": "school",
    "detached": "school",
    "account": "user",
    "plan": "calendar",
}


class Messages(Screen):
    """The person's own messages, newest first. Nobody reads anybody else's, whatever their role."""

    title = _("My messages")
    address = "/messages"

    @expose("")
    def index(self) -> str:
        """The list; ?unread=1 leaves out what has been read."""
        unread_only = request.args.get("unread") == "1"
        statement = own().order_by(Message.at.desc(), Message.id.desc())
        if unread_only:
            statement = statement.where(Message.read_at.is_(None))
        found = paging.listing(statement, Message.id)
        facts = {"page": found, "unread_only": unread_only, "icon_of": icon_of, "to_page": paging.address}
        return str(self.render("messages/list.html", **facts))

    @expose("/<int:id>")
    def open(self, id: int) -> str:
        """One message; opening it is reading it."""
        message = db.session.scalar(own().where(Message.id == id)) or abort(404)
        if message.read_at is None:
            message.read_at = func.now()
            db.session.commit()
            g.desk.unread -= 1
        return str(self.render("messages/one.html", message=message, icon_of=icon_of))

    @expose("/read", methods=("POST",))
    def read_all(self) -> ResponseReturnValue:
        """Everything up to the newest one on the page is read; what came since stays new."""
        newest = min(request.form.get("newest", 0, type=int), LARGEST)
        done = db.session.execute(
            update(Message)
            .where(Message.recipient_id == current_user.id, Message.read_at.is_(None), Message.id <= newest)
            .values(read_at=func.now())
            .returning(Message.id)
        )
        count = len(done.all())
        db.session.commit()
        flash(ngettext("%(num)d message is marked as read.", "%(num)d messages are marked as read.", count))
        return redirect(url_for("messages.index"))


def own() -> Select[Message]:
    """The person's own messages."""
    return select(Message).where(Message.recipient_id == current_user.id)


def icon_of(message: Message) -> str:
    """The picture beside a message, by what it is about."""
    return ICONS.get(message.kind.partition("_")[0], "chat")


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Messages())
