"""The demo region: `make` is its table of contents. The same seed number makes the same region, but for today's date."""

from collections.abc import Callable
from datetime import date
from random import Random

from sqlalchemy.orm import Session

from admin_app.reporting import forms
from seed import forms as seed_forms
from seed import lists
from seed.demo import people, reporting, talk, tree

SEED = 2026


def make(session: Session, today: date, say: Callable[[str], object]) -> None:
    """Everything, in the session's transaction, acting as the system; ``say`` hears how far it is."""
    luck = Random(SEED)  # noqa: S311  # a demo must be the same each time, not unguessable
    lists.load(session)
    versions = [forms.load_form(session, seed_forms.document(name)) for name in ("oo1", "passport")]
    say("  forms and reference lists")
    grown = tree.grow(session, lists.codes(session), luck)
    say(f"  {len(grown.organizations) + len(grown.offices) + len(grown.branches) + 1} organizations")
    cast = people.gather(session, grown, luck)
    say(f"  {len(cast.users)} accounts")
    reporting.fill(session, grown, cast, versions, today, luck, say)
    talk.talk(session, grown, cast)
    say("  requests and messages")
