"""What a key ceremony leaves: a transcript by ids and digests, which the ledger names, and the same for paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from privyseal.config.beginning import NOT_FOR_PRODUCTION, Begun, Member
from privyseal.kernel.canonical import Json, canonical, sha256, utc_text
from privyseal.signer.answers import Public
from privyseal.signer.passkeys import Credential
from privyseal.signer.proving import digests


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    at: datetime
    public_url: str
    public: Public
    begun: Begun
    members: Sequence[Member]
    is_software: bool

    def to_bytes(self) -> bytes:
        """Return it as the ledger's fact names it: no names, nothing but ids and digests."""
        begin = self.begun.begin
        passkeys: list[Json] = [
            {"person": one.person, "roster": roster, "key_sha256": sha256(one.key), "is_bound": one.is_bound}
            for roster, one in self._passkeys()
        ]
        return canonical(
            {
                "at": utc_text(self.at),
                "public_url": self.public_url,
                "log_key": self.public.log_key,
                "authority_sha256": sha256(self.public.ca),
                "web_key_sha256": sha256(begin.web_key),
                "page": begin.page,
                "charter": begin.charter.to_json(),
                "passkeys": passkeys,
                "yes_sha256": list(digests([self.begun.said])),
                "is_software": self.is_software,
            }
        )

    def on_paper(self) -> str:
        """Return it with names and lines to sign on."""
        begin, names = self.begun.begin, {who.pseudonym: f"{who.name} ({who.login})" for who in self.members}
        charter = begin.charter
        bound = ", that cannot leave their device" if charter.is_bound else ""
        lines = [
            "Key ceremony",
            *([NOT_FOR_PRODUCTION] if self.is_software else []),
            "",
            f"Held                {utc_text(self.at)}",
            f"Installation        {self.public_url}",
            f"Log key             {self.public.log_key}",
            f"Authority SHA-256   {sha256(self.public.ca)}",
            f"Web key SHA-256     {sha256(begin.web_key)}",
            f"Approval page       {begin.page}",
            f"Charter             {charter.approvals} of {charter.roster}, at least by {charter.assurance}{bound}",
            f"Transcript SHA-256  {sha256(self.to_bytes())}",
            "",
        ]
        for roster, one in self._passkeys():
            lines += [f"{names[one.person]}, {roster or 'witness'}", f"  passkey {sha256(one.key)}", f"  {'_' * 40}"]
        return "\n".join(lines) + "\n"

    def lay_out(self, data: Path) -> Path:
        """Write both beside each other where the installation's data is, for those who keep it; return the folder."""
        folder = data / "ceremony"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "transcript.json").write_bytes(self.to_bytes())
        (folder / "transcript.txt").write_text(self.on_paper(), encoding="utf-8")
        return folder

    def _passkeys(self) -> list[tuple[str, Credential]]:
        begin = self.begun.begin
        return [*((one.roster, one.credential) for one in begin.entries), ("", begin.witness)]
