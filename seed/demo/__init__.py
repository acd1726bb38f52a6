"""The demo region: `make` is its table of contents. The same seed number makes the same region, but for today's date."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from random import Random

from sqlalchemy.orm import Session

from admin_app.reporting import dated, days, forms
from seed import forms as seed_forms
from seed import lists
from seed.demo import changes, people, reporting, talk, tree
from seed.demo.clock import Clock, told
from seed.demo.diary import Diary, Span, at
from seed.demo.filling import Filler
from seed.demo.seasons import founded

SEED = 2026


def make(session: Session, today: date, say: Callable[[str], object]) -> None:
    """Everything, in the session's transaction, acting as the system; ``say`` hears how far it is.

    It happened from the August of the year before last year's reports until this hour of ``today``.
    """
    luck = Random(SEED)  # noqa: S311  # a demo must be the same each time, not unguessable
    now = datetime.combine(today, days.local(days.now()).timetz())  # the hour where its people live, not the machine's
    clock = Clock(at(founded(today)))
    with seldom_collecting(), told(session.connection(), clock):
        lists.load(session)
        versions = {name: forms.load_form(session, seed_forms.document(name)) for name in ("oo1", "passport")}
        say("  forms and reference lists")
        with dated.correction():  # a registry that is being filled has no past yet
            grown = tree.grow(session, lists.codes(session), luck)
        say(f"  {len(grown.organizations) + len(grown.offices) + len(grown.branches) + 1} organizations")
        cast = people.gather(session, grown, luck, clock)
        say(f"  {len(cast.users) + 1} accounts")
        demo = reporting.Demo(session, grown, cast, Filler(luck), luck, Diary(clock))
        span = Span(founded(today), now)
        reporting.plan(demo, {version.form.code: version for version in versions.values()}, today, span, say)
        talk.plan(demo, span)
        changes.plan(demo, span)
        demo.diary.live()
        clock.now = span.moment(span.length)
        talk.read(demo)
        people.sign_ins(session, cast)
        session.flush()
    say("  this school year: reports in every state, requests and messages")


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Python's collector would look through the same hundred thousand living objects again and again: a fifth of the time."""
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
