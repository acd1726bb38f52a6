"""Putting a job into the queue in the transaction of what it is for: it exists if, and only if, that is committed."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from admin_app.reporting import rowlevel
from admin_app.reporting.actor import unscoped

PRIORITY = -10  # letters first
DEFER = text(
    "SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW('default', :task, :priority, :lock, NULL, CAST(:arguments AS jsonb), "
    "NULL)]::jobs.procrastinate_job_to_defer_v1[])"
)


def defer(session: Session, task: str, lock: str, **arguments: Any) -> None:
    """A job of this task (`jobs`), which waits for others with the same lock."""
    with unscoped("a job for the background"):
        rowlevel.bind(session)
        values = {"task": task, "priority": PRIORITY, "lock": lock, "arguments": json.dumps(arguments)}
        session.connection().execute(DEFER, values)
