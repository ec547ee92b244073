"""Standing permits in random histories: asked for, used, reviewed, stopped, whatever else happens meanwhile."""

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.identity import actions as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.rules.standing import DocumentClass
from tests.standing import head_over_all, terms
from tests.stateful.lives import Lives
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.promise import HELD
from tests.stateful.world import attempted

_STANDING: Final = (
    "SELECT encode(p.uid, 'hex') FROM permit p JOIN seal s ON s.id = p.seal_id WHERE p.purpose = 'standing'"
    " ORDER BY p.revoked_at NULLS FIRST, s.state = 'active' DESC, p.used = p.impressions, p.id DESC"
)
# Papers that the permit has not sealed yet first, and of them invoices.
_PAPERS: Final = (
    "SELECT encode(d.sha256, 'hex') FROM document d WHERE d.company_id = (SELECT min(id) FROM company) ORDER BY EXISTS"
    " (SELECT FROM permit_line l JOIN permit p ON p.id = l.permit_id WHERE p.uid = '\\x{permit}'"
    " AND l.document_sha256 = d.sha256), d.id DESC"
)
_UNREVIEWED: Final = (
    "SELECT u.number FROM standing_use u JOIN permit p ON p.id = u.permit_id WHERE p.uid = '\\x{permit}'"
    " ORDER BY u.is_sample IS NOT TRUE, u.reviewed_at NULLS FIRST, u.number DESC"
)
_FIRST: Final = "SELECT min(id) FROM company"
_UNITS: Final = st.sampled_from(("", "", "营销中心", "北方区"))
_BELONG: Final = (
    f"WITH RECURSIVE {HELD} SELECT h.login FROM permit p JOIN line ON line.above = p.unit_id"
    " JOIN membership m ON m.unit_id = line.unit AND m.left_on IS NULL JOIN person h ON h.id = m.person_id"
    " WHERE p.uid = '\\x{permit}' AND h.is_active AND NOT EXISTS (SELECT FROM permit_part q"
    "   WHERE q.permit_id = p.id AND q.person_id = h.id) ORDER BY m.id"
)
_KEPT_OUT: Final = (
    "SELECT id FROM ledger_fact WHERE kind = 'document.seal-standing.refused'"
    " AND ledger_text(body)::jsonb #>> '{data,code}' IN ('outside-the-unit', 'duties-not-separate')"
)
_ROUTINE: Final = st.sampled_from((DocumentClass.INVOICE, DocumentClass.INVOICE, *DocumentClass))


class Standing(Lives):
    @rule(
        who=WHO,
        rightly=RIGHTLY,
        which=WHICH,
        reviewer=WHO,
        routine=_ROUTINE,
        days=st.sampled_from((1, 30, 92, 93)),
        unit=_UNITS,
    )
    def apply_for_standing(
        self, *, who: str, rightly: bool, which: int, reviewer: str, routine: DocumentClass, days: int, unit: str = ""
    ) -> None:
        """Ask for one, by name or for a unit, and have it approved where somebody may."""
        seal, at = self.usable(who, which) if rightly else self.seal(which), self.world.now
        actor = self.hand(who, Power.USE, rightly=rightly, near=company_of("seal", seal))
        person = self._reviewer(reviewer, actor) if rightly else self.world.people[reviewer]
        asked = {"a_day": 2, "in_all": 3, "sample_every": 1, "document_class": routine}
        department = self.pick(f"SELECT uid FROM unit WHERE name = '{unit}'", 0) or ""
        named = () if department else (actor.pseudonym,)
        self.one(
            lambda: approvals.apply_for_standing(
                actor,
                at,
                seal_uid=seal,
                reason="每日开具发票",
                starts_at=at,
                expires_at=at + timedelta(days=days),
                for_whom=approvals.ForWhom(
                    operator_pseudonyms=named, unit_uid=department, reviewer_pseudonym=person.pseudonym
                ),
                terms=terms(**asked),
            )
        )
        self.every_promise_holds()
        self._agreed(who)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, document=st.sampled_from((0, 0, 1, 3)))
    def use_standing(self, *, who: str, rightly: bool, which: int, document: int) -> None:
        permit, at = self.pick(_STANDING, which) or "", self.world.now
        is_of_unit = self.pick(f"SELECT 1 FROM permit WHERE uid = '\\x{permit}' AND unit_id IS NOT NULL", 0) is not None
        holder = self._of_the_unit(permit, who) if is_of_unit else self._has_part(permit, "holder")
        actor = self.world.people[holder if rightly else who]
        paper = self.pick(_PAPERS.format(permit=permit), document) or ""
        self.reach(
            "use-of-a-unit" if is_of_unit else "standing-use",
            lambda: sealing.intend_under_standing(actor, at, permit_uid=permit, document_sha256=paper),
        )

    @rule(who=WHO, rightly=RIGHTLY, to=WHO, unit=st.sampled_from(("营销中心", "北方区", "法务部")))
    def move_within(self, *, who: str, rightly: bool, to: str, unit: str) -> None:
        """Put somebody into a unit of the first company, be it their first."""
        actor, at = self.hand(who, Power.SECURITY, rightly=rightly), self.world.now
        person, company = self.world.people[to], self.world.companies[0].uid
        said = {"person_pseudonym": person.pseudonym, "company_uid": company}
        department = self.pick(f"SELECT uid FROM unit WHERE name = '{unit}'", 0) or ""
        belongs = (
            f"SELECT 1 FROM membership WHERE person_id = {person.pk} AND left_on IS NULL AND company_id = ({_FIRST})"
        )
        if self.pick(belongs, 0) is None:
            day = at.date()
            self.reach("join", lambda: identity.join_company(actor, at, **said, joined_on=day, unit_uid=department))
        else:
            self.reach("move", lambda: identity.move_within_company(actor, at, **said, unit_uid=department))

    @rule(who=WHO, ending=st.sampled_from(("below", "left", "reviewer")))
    def stand_for_a_unit_in_good_order(self, *, who: str, ending: str) -> None:
        """Have one for a unit, used by whoever belongs below it, and not by who left it or reviews it."""
        self.move_within(who=who, rightly=True, to="wang", unit="北方区")
        said = {"who": who, "rightly": True, "which": 0}
        self.apply_for_standing(**said, reviewer="gu", routine=DocumentClass.INVOICE, days=30, unit="营销中心")
        if ending == "left":
            self.move_within(who=who, rightly=True, to="wang", unit="法务部")
        user = "wang"
        if ending == "reviewer":
            user = self._has_part(self.pick(_STANDING, 0) or "", "witness")
            self.move_within(who=who, rightly=True, to=user, unit="北方区")
        refused = len(self.world.newest(_KEPT_OUT))
        self.use_standing(who=user, rightly=ending == "below", which=0, document=0)
        type(self).reached["kept-out-of-a-unit"] += len(self.world.newest(_KEPT_OUT)) - refused

    @rule()
    def draw(self) -> None:
        """Have the log signed, and every use drawn that it covers."""
        head_over_all()
        self.reach("draw", lambda: sealing.draw_samples(self.world.now))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_fit=st.booleans())
    def review(self, *, who: str, rightly: bool, which: int, is_fit: bool) -> None:
        permit, at = self.pick(_STANDING, which) or "", self.world.now
        actor = self.world.people[self._has_part(permit, "witness") if rightly else who]
        number = int(self.pick(_UNREVIEWED.format(permit=permit), 0) or 1)
        self.reach("review", lambda: sealing.review_sample(actor, at, permit_uid=permit, number=number, is_fit=is_fit))

    @rule(which=WHICH)
    def overrun(self, *, which: int) -> None:
        """Seal one more through the real signer; where it is too many, the permit ends by it."""
        permit, at = self.pick(_STANDING, which) or "", self.world.now
        actor = self.world.people[self._has_part(permit, "holder")]
        paper = self.pick(_PAPERS.format(permit=permit), 0) or ""
        signer, said = self.world.signer, {"permit_uid": permit, "document_sha256": paper}
        result = attempted(lambda: sealing.seal_under_standing(actor, at, **said, signer=signer))
        self.every_promise_holds()
        if isinstance(result, Refused) and result.code == "standing-overrun":
            assert self.pick(f"SELECT revoked_at FROM permit WHERE uid = '\\x{permit}'", 0) is not None

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def end_early(self, *, who: str, rightly: bool, which: int) -> None:
        permit, at = self.pick(_STANDING, which) or "", self.world.now
        actor = self.world.people[self._has_part(permit, "holder") if rightly else who]
        self.reach("end-early", lambda: seals.end_permit(actor, at, permit_uid=permit, reason="不再需要"))

    @rule(who=WHO, end=st.sampled_from(("reviewed", "unfit", "overrun", "early")))
    def stand_in_good_order(self, *, who: str, end: str) -> None:
        """Have a standing permit, use it, and bring it to one of its ends."""
        self.apply_for_standing(who=who, rightly=True, which=0, reviewer="gu", routine=DocumentClass.INVOICE, days=30)
        self.use_standing(who=who, rightly=True, which=0, document=0)
        if end in {"reviewed", "unfit"}:
            self.draw()
            self.review(who=who, rightly=True, which=0, is_fit=end == "reviewed")
        if end == "overrun":
            self.use_standing(who=who, rightly=True, which=0, document=0)
            self.overrun(which=0)
        if end == "early":
            self.end_early(who=who, rightly=True, which=0)

    def _of_the_unit(self, permit: str, who: str) -> str:
        """Return one who belongs there and may use the seal, if there is one."""
        able = [one.login for one in self.world.entitled(Power.USE, _FIRST)]
        there = self.world.newest(_BELONG.format(permit=permit))
        return next((login for login in there if login in able), who)

    def _reviewer(self, login: str, actor: Person) -> Person:
        """Return somebody who neither seals nor approves there, the one asked for where they are such a one."""
        busy = {actor, *self.world.entitled(Power.APPROVE), *self.world.entitled(Power.AUDIT)}
        able = [self.world.people[login], *(self.world.people[one] for one in ("gu", "ke", "wang", "ma"))]
        return next((one for one in able if one not in busy and one.is_active), able[0])

    def _has_part(self, permit: str, part: str) -> str:
        held = self.pick(
            "SELECT h.login FROM permit p JOIN permit_part q ON q.permit_id = p.id JOIN person h ON h.id = q.person_id"
            f" WHERE q.part = '{part}' AND p.uid = '\\x{permit}'",
            0,
        )
        return held or "wang"
