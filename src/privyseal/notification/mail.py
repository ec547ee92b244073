"""E-mail by SMTP (RFC 5321), as plain text (RFC 5322): whatever server the installation names."""

import smtplib
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import cache
from typing import ClassVar, Final

from django.utils.translation import ngettext, override

from privyseal.notification.channels import Gap, NeverTaken, NotTaken, PerhapsTaken, Send, Text
from privyseal.notification.rules import Channel

_SECONDS: Final = 20
_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server. ``tls`` is ``implicit``, ``starttls`` or ``none``; an empty user signs in nowhere."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: str
    channel: ClassVar[Channel] = Channel.EMAIL
    most_at_once: ClassVar[int] = 50

    @contextmanager
    def connected(self) -> Iterator[Send]:
        line = _Line(self)
        try:
            yield line.send
        finally:
            line.hang_up()

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        del kinds, languages  # a letter says anything
        return []

    def letter(self, address: str, texts: Sequence[Text], language: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, address
        subject = texts[0].line if len(texts) == 1 else _several(len(texts), language)
        mail["Subject"] = " ".join(subject.split())  # a reason may hold line breaks, a header may not
        mail["Date"], mail["Message-ID"] = formatdate(usegmt=True), make_msgid(domain=self.sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            "\n\n".join("\n".join(filter(None, (text.line, text.body, text.url))) for text in texts) + "\n"
        )
        return mail

    def server(self) -> smtplib.SMTP:
        """Connect and sign in, or raise what the network and the server say."""
        if self.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=_secure())
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        if self.tls == "starttls":
            server.starttls(context=_secure())
        if self.user:
            server.login(self.user, self.password)
        return server


@cache
def _secure() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads every root of the machine: once


class _Line:
    """A connection to the server, opened for the first letter and again after it was lost; not tried in vain twice."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._is_down = False
        self._server: smtplib.SMTP | None = None

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        address = _on_the_wire(address)
        letter, server = self._mail.letter(address, texts, language), self._connect()
        try:
            server.send_message(letter, self._mail.sender, [address])
        except smtplib.SMTPNotSupportedError as error:  # the address needs SMTPUTF8 (RFC 6531), which it does not speak
            raise NeverTaken(answer="no SMTPUTF8") from error
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _answered(error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            raise PerhapsTaken(channel=Channel.EMAIL.value) from error
        return ()

    def hang_up(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):  # what was answered is answered
                self._server.quit()
            self._server.close()
        self._server = None

    def _connect(self) -> smtplib.SMTP:
        if self._is_down:
            raise NotTaken(channel=Channel.EMAIL.value)
        if self._server is None:
            try:
                self._server = self._mail.server()
            except (smtplib.SMTPException, OSError) as error:
                self._is_down = True
                raise NotTaken(channel=Channel.EMAIL.value) from error
        return self._server


def _on_the_wire(address: str) -> str:
    """Return the address with its domain in the letters that every server takes (RFC 5891)."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise NeverTaken(answer="domain") from error


def _several(count: int, language: str) -> str:
    with override(language):
        return ngettext("Privyseal: %(count)s message", "Privyseal: %(count)s messages", count) % {"count": count}


def _answered(error: smtplib.SMTPException) -> Exception:
    """Return what the server's answer means: below 500 it may be tried again (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = min(status for status, _ in error.recipients.values())
    else:
        code = int(getattr(error, "smtp_code", 0))
    return NeverTaken(status=code) if code >= _PERMANENT else NotTaken(status=code)
