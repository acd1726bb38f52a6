"""The bare extension objects; `wsgi.create_app` sets them up."""

from flask import g
from flask_babel import Babel
from flask_security import Security
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session


class Database(SQLAlchemy):
    """Two sessions a request: ``default``, which the scope engine restricts, and ``auth``, plain, for signing in only.

    They never share objects, so nothing loaded unscoped is found in the scoped identity map.
    """

    scoped_class: type[Session] | None = None

    def get_session(self, name: str = "default") -> Session:
        """The session of that name in this app context. Raises RuntimeError while no scope engine is attached."""
        sessions: dict[str, Session] = g.setdefault("_sqlalchemy_sessions", {})
        if name not in sessions:
            if name == "auth":
                sessions[name] = Session(self.engine, expire_on_commit=False)
            elif self.scoped_class is None:
                raise RuntimeError("The scope engine is not attached: set db.scoped_class first.")
            else:
                sessions[name] = self.scoped_class(self.engine)
        return sessions[name]


db = Database(engine_options={"pool_pre_ping": True, "hide_parameters": True})
security = Security()
babel = Babel()
csrf = CSRFProtect()
