"""Below which office an application form's organization belongs: what its address says, where that is sure."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import scope
from admin_app.reporting.exchange import columns
from models import Level, Organization

STEM = 6  # letters that the name of a place keeps through its endings
COMMON = frozenset({"управ", "образ", "админ", "муниц", "район", "город", "отдел", "комит", "депар", "округ"})
REGION = r"\w+\s+обл\w*"  # “Иркутская обл.” speaks of no town
STREET = r"\b(?:ул|улица|пер|переулок|пр|пр-т|проспект|б-р|бульвар|мкр|микрорайон|проезд|пл|площадь|тракт|шоссе|наб)\b[^,]*"
Words = dict[str, set[bool]]  # the stems of places, each with whether it stood there as a district's (“Братский”) or a town's


def superior(session: Session, address: str) -> tuple[int | None, list[str]]:
    """The municipal office that the address speaks of, or the only one in sight, or the operator's own; None if none is sure.

    And the names of those that fit, where several do.
    """
    offices = select(Organization.id, Organization.short_name).where(Organization.level == Level.MUNICIPALITY)
    known = [(key, name, stems(name)) for key, name in session.execute(offices.where(Organization.closed_on.is_(None)))]
    if len(known) == 1:
        return known[0][0], []
    said = stems(re.sub(f"{REGION}|{STREET}", " ", address, flags=re.IGNORECASE))
    fits = nearest(said, {key: words for key, _name, words in known})
    if len(fits) == 1:
        return fits[0], []
    if fits:
        return None, sorted(name for key, name, _words in known if key in fits)
    own = scope.current().organization_ids
    return (next(iter(own)) if len(own) == 1 and not any(reach.is_whole for reach in scope.current().reaches) else None), []


def nearest(said: Words, known: dict[int, Words]) -> list[int]:
    """The offices that share most places with the address; of a town and its district that of which the address speaks."""
    shared = {key: said.keys() & words.keys() for key, words in known.items()}
    most = max(map(len, shared.values()), default=0)
    fits = [key for key, stems in shared.items() if most and len(stems) == most]
    exact = [key for key in fits if all(known[key][stem] <= said[stem] for stem in shared[key])]
    return exact or fits


def stems(text: str) -> Words:
    """The beginnings of the words by which places differ."""
    found: Words = {}
    for word in columns.key(text).split():
        if len(word) >= 4 and word[:5] not in COMMON:
            stem = re.sub("[аеиоуыьюя]+$", "", word[:STEM])
            found.setdefault(stem, set()).add(re.search("ск(ий|ого|ом|ому|им)$", word) is not None)
    return found
