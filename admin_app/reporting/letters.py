"""Letters: how one is written (text and HTML, in the recipient's language) and how it leaves.

A letter is a row written in the transaction that caused it; the database gives each waiting row a job (migration 0002), and
`jobs` calls `send` after the commit. Without a mail server a letter becomes a file in ``MODO_DATA_DIR/outbox``.
"""

import logging
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import cache
from pathlib import Path
from typing import TypeAlias

from flask_babel import LazyString, force_locale, gettext, ngettext
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.reporting import scope
from models import Letter, LetterState

SENDER = "ЦОПМКиМКО"
TEMPLATES = Path(__file__).parents[2] / "views" / "templates" / "letters"
PATIENCE = 20  # seconds that a mail server may take to answer
# In a file a person looks for a letter with their eyes or grep, so the file keeps Russian as it is; on the wire it is encoded.
READABLE = EmailPolicy(utf8=True, cte_type="8bit", max_line_length=998)
WIRE = SMTP.clone(cte_type="7bit")
HOME: ContextVar[str] = ContextVar("home", default="http://127.0.0.1:8000")
SILENT: ContextVar[bool] = ContextVar("silent", default=False)
log = logging.getLogger(__name__)

Text: TypeAlias = str | LazyString


@dataclass(frozen=True)
class Words:
    """What a letter says: its subject, paragraphs, perhaps one thing to do (``link``, ``action``), and what follows it."""

    subject: Text
    paragraphs: tuple[Text, ...]
    greeting: Text = ""
    link: str = ""
    action: Text = ""
    after: tuple[Text, ...] = ()


def absolute(link: str) -> str:
    """The whole address of a page of ours, as the reader of a letter needs it."""
    return HOME.get() + link if link.startswith("/") else link


@contextmanager
def silence() -> Iterator[None]:
    """Inside, nothing is mailed (messages are still written): for making demo data through the verbs."""
    before = SILENT.set(True)
    try:
        yield
    finally:
        SILENT.reset(before)


def write(session: Session, recipient: str, locale: str, words: Words) -> None:
    """Put a letter into the outbox, in the recipient's language; it leaves after the commit."""
    if SILENT.get():
        return
    with force_locale(locale), scope.unscoped("letters"):
        subject = " ".join(str(words.subject).split())[:250]
        text, html = (render(f"letter.{kind}", words, locale) for kind in ("txt", "html"))
        session.add(Letter(recipient=recipient, subject=subject, text=text, html=html))
        session.flush()


def rehearse(session: Session, words: Words) -> None:
    """Do the work of writing a letter and keep nothing: so that time doesn't tell a stranger whether anybody got one."""
    with session.begin_nested() as attempt:
        write(session, "nobody@localhost", "ru", words)
        attempt.rollback()


def render(template: str, words: Words, locale: str) -> str:
    """One shape of a letter."""
    return pages().get_template(template).render(words=words, locale=locale, sender=SENDER, link=absolute(words.link))


@cache
def pages() -> Environment:
    """Where the shapes of letters are. HTML is escaped, plain text is not."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    return environment


def send(session: Session, letter_id: int, settings: Settings) -> bool:
    """Let one letter leave and commit that it did. False if there is nothing to do: gone already, or another worker has it.

    Raises what the mail server or the disk raised, after noting it in the letter; the caller tries again later.
    """
    with scope.unscoped("letters"):
        waiting = select(Letter).where(Letter.id == letter_id, Letter.state == LetterState.WAITING)
        letter = session.scalar(waiting.with_for_update(skip_locked=True))
        if letter is None:
            session.rollback()
            return False
        letter.attempts += 1
        try:
            deliver(letter, settings)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: an address that no letter can carry
            letter.error = f"{type(error).__name__}: {error}"
            session.commit()
            raise
        letter.state, letter.error, letter.sent_at = LetterState.SENT, "", func.now()
        session.commit()
        return True


def give_up(session: Session, letter_id: int) -> None:
    """After the last attempt: the letter is marked, and an administrator sees why. Making it wait again sends it again."""
    with scope.unscoped("letters"):
        letter = session.get(Letter, letter_id)
        if letter is not None and letter.state == LetterState.WAITING:
            letter.state = LetterState.FAILED
        session.commit()


def deliver(letter: Letter, settings: Settings) -> None:
    """To the mail server, or into a file where none is set."""
    if settings.mail_server:
        with smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=PATIENCE) as server:
            if settings.mail_tls:
                server.starttls()
            if settings.mail_username:
                server.login(settings.mail_username, settings.mail_password or "")
            server.send_message(message(letter, settings, WIRE))
        log.info("A letter to %s was handed to the mail server: %s", letter.recipient, letter.subject)
    else:
        path = keep(message(letter, settings, READABLE), file_name(letter), settings.outbox)
        log.info("A letter to %s lies in %s: %s", letter.recipient, path, letter.subject)


def message(letter: Letter, settings: Settings, policy: "EmailPolicy[EmailMessage]") -> EmailMessage:
    """The letter as mail programs read it. Its id is the row's key, so that a letter sent twice shows once."""
    mail = EmailMessage(policy=policy)
    mail["From"] = Address(SENDER, addr_spec=settings.mail_from)
    mail["To"] = Address(addr_spec=ascii_address(letter.recipient))
    mail["Subject"] = letter.subject
    mail["Date"] = letter.created_at
    mail["Message-ID"] = f"<{letter.key}@{settings.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
    return mail


def ascii_address(address: str) -> str:
    """The address with its domain as mail servers know it: школа.рф is xn--80atdl2c.xn--p1ai. Raises ValueError if it is none."""
    mailbox, at, domain = address.rpartition("@")
    return f"{mailbox}{at}{domain.encode('idna').decode('ascii')}"


def keep(mail: EmailMessage, name: str, outbox: Path) -> Path:
    """Write a letter's file whole or not at all; the same letter again replaces it."""
    outbox.mkdir(parents=True, exist_ok=True)
    path = outbox / name
    half = path.with_suffix(".part")
    half.write_bytes(mail.as_bytes())
    half.replace(path)
    return path


def file_name(letter: Letter) -> str:
    """Sorts by time and says to whom."""
    recipient = re.sub(r"[^\w.@+-]", "_", letter.recipient)[:80]
    return f"{letter.created_at:%Y%m%dT%H%M%S.%f}-{recipient}-{letter.key.hex[:8]}.eml"
