"""E-mail by SMTP (RFC 5321), as plain text (RFC 5322): whatever server the installation names."""

import smtplib
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import ClassVar, Final

from django.utils.translation import ngettext, override

from privyseal.notification.channels import Gap, NeverTaken, NotTaken, PerhapsTaken, Text
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

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> None:
        mail = self._mail(address, texts, language)
        is_begun = is_taken = False
        try:
            with self._server() as server:
                is_begun = True
                server.send_message(mail, self.sender, [address])
                is_taken = True
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _answered(error) from error
        except (smtplib.SMTPException, OSError) as error:
            if not is_taken:  # a server that went away after it had answered has taken it
                raise (PerhapsTaken if is_begun else NotTaken)(channel=self.channel.value) from error

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        del kinds, languages  # a letter says anything
        return []

    def _mail(self, address: str, texts: Sequence[Text], language: str) -> EmailMessage:
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

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        secure = ssl.create_default_context()
        if self.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=secure)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        with server:
            if self.tls == "starttls":
                server.starttls(context=secure)
            if self.user:
                server.login(self.user, self.password)
            yield server


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
