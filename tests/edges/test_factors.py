"""Second factors at the pages: app and recovery codes, the second step, proof before dangerous acts."""

from datetime import datetime, timedelta
from statistics import median
from time import process_time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client as Browser
from django.utils.timezone import localdate, now
from pytest_django import Settings

from privyseal.identity import actions
from privyseal.identity.actions import FactorNotOurs, WrongCode
from privyseal.identity.models import Installation, Person, Session
from privyseal.identity.rules import Means
from privyseal.ledger.actors import Service
from privyseal.ledger.models import FactRow
from privyseal.seals.models import Seal
from tests.conftest import Use, permit_of, recorded
from tests.edges.conftest import Enter, alert, command, sign_in

PASSWORD = "a long enough password"


def code_at(secret: str, at: datetime, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30 + steps)))


@pytest.fixture
def wang_knows(wang: Person) -> Person:
    wang.set_password(PASSWORD)
    wang.save(update_fields=["password"])
    return wang


@pytest.fixture
def secret(wang_knows: Person, noon: datetime) -> str:
    """Give wang an authenticator app; return what it holds. Its last code is one of long ago."""
    sealed = actions.new_totp_secret_of(wang_knows)
    held = actions.opened_totp_secret_of(wang_knows, sealed)
    long_ago = noon - timedelta(hours=1)
    actions.enrol_totp(wang_knows, long_ago, sealed_secret=sealed, code=code_at(held, long_ago))
    return held


@pytest.fixture
def codes(secret: str, wang_knows: Person, noon: datetime) -> list[str]:
    actions.renew_recovery_codes(wang_knows, noon)
    return actions.recovery_codes_of(wang_knows)


def password(browser: Browser, **more: str) -> str:
    return str(browser.post("/sign-in/", {"login": "wang", "password": PASSWORD, **more}).headers["Location"])


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/mine/").status_code == 200


def test_an_authenticator_app_is_enrolled_by_a_code_it_shows(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    page = browser.get("/mine/security/app/").content.decode()
    held = actions.opened_totp_secret_of(wang, browser.session["totp_pending"])
    assert " ".join(held[at : at + 4] for at in range(0, len(held), 4)) in page
    assert browser.get("/mine/security/app/picture.svg").content.startswith(b"<?xml")

    answer = browser.post("/mine/security/app/", command(code=code_at(held, now())))

    assert answer.headers["Location"] == "/mine/security/"
    assert "身份验证器" in browser.get("/mine/security/").content.decode()
    assert recorded() == ["factor.enrolled"]
    assert "totp_pending" not in browser.session


def test_a_wrong_code_enrols_nothing(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    browser.get("/mine/security/app/")

    answer = browser.post("/mine/security/app/", command(code="000000"))

    assert (answer.status_code, recorded()) == (403, ["factor.enrol-totp.refused"])
    assert not Authenticator.objects.exists()


def test_there_is_one_app_at_a_time(secret: str, wang_knows: Person, enter: Enter) -> None:
    browser = enter(wang_knows)
    browser.get("/mine/security/app/")
    held = actions.opened_totp_secret_of(wang_knows, browser.session["totp_pending"])

    answer = browser.post("/mine/security/app/", command(code=code_at(held, now())))

    assert answer.status_code == 409
    assert "已经绑定过" in alert(answer)
    assert Authenticator.objects.count() == 1


def test_whoever_reads_the_database_can_make_no_code(
    secret: str, codes: list[str], wang_knows: Person, enter: Enter
) -> None:
    browser = enter(wang_knows)
    browser.get("/mine/security/app/")
    pending = actions.opened_totp_secret_of(wang_knows, browser.session["totp_pending"])

    rows = [str(row) for row in Authenticator.objects.values_list("data", flat=True)]
    rows += Session.objects.values_list("session_data", flat=True)
    rows += [bytes(body).decode() for body in FactRow.objects.values_list("body", flat=True)]

    assert [word for word in (secret, pending, *codes) for row in rows if word in row] == []


def test_a_secret_moved_to_another_persons_row_opens_nothing(
    secret: str, wang_knows: Person, li: Person, noon: datetime
) -> None:
    stolen = Authenticator.objects.get(user=wang_knows)
    Authenticator.objects.create(user=li, type="totp", data={**stolen.data, "counter": 0})

    with pytest.raises(FactorNotOurs):
        actions.use_code(li, noon, code=code_at(secret, noon))


def test_recovery_codes_moved_to_another_persons_row_open_nothing(
    codes: list[str], wang_knows: Person, li: Person, noon: datetime
) -> None:
    stolen = Authenticator.objects.get(user=wang_knows, type="recovery_codes")
    Authenticator.objects.create(user=li, type="recovery_codes", data=stolen.data)

    with pytest.raises(FactorNotOurs):
        actions.use_code(li, noon, code=codes[0])

    assert recorded()[-1] == "factor.use-code.refused"
    assert not Authenticator.objects.get(user=li).data["used_mask"]


def test_the_key_of_factors_is_changed_without_enrolling_anew(
    secret: str, codes: list[str], wang_knows: Person, li: Person, noon: datetime, settings: Settings
) -> None:
    (old,) = settings.FACTOR_KEYS
    settings.FACTOR_KEYS = ("the new key", old)
    stolen = Authenticator.objects.get(user=wang_knows, type="totp")
    Authenticator.objects.create(user=li, type="totp", data=stolen.data)

    assert actions.renew_marks(Service("factors"), noon, is_adopting=False) == [2, 1]

    settings.FACTOR_KEYS = ("the new key",)
    assert actions.use_code(wang_knows, noon, code=code_at(secret, noon)) == Means.TOTP
    assert actions.use_code(wang_knows, noon, code=codes[0]) == Means.RECOVERY_CODE
    with pytest.raises(FactorNotOurs):
        actions.use_code(li, noon, code=code_at(secret, noon))


def test_factors_from_before_the_marks_are_adopted_by_whoever_runs_the_installation(
    secret: str, wang_knows: Person, noon: datetime
) -> None:
    row = Authenticator.objects.get(user=wang_knows)
    del row.data["mark"]
    row.save(update_fields=["data"])
    Authenticator.objects.create(user=wang_knows, type="recovery_codes", data={"seed": "not ours", "used_mask": 0})
    with pytest.raises(FactorNotOurs):
        actions.use_code(wang_knows, noon, code=code_at(secret, noon))

    assert actions.renew_marks(Service("factors"), noon, is_adopting=True) == [1, 1]

    assert recorded()[-1] == "factor.marks-renewed"
    assert actions.use_code(wang_knows, noon, code=code_at(secret, noon)) == Means.TOTP


def test_the_password_alone_is_half_of_it(secret: str, outside: Browser) -> None:
    assert password(outside, next="/seals/") == "/sign-in/second/"
    assert not is_signed_in(outside)

    answer = outside.post("/sign-in/second/", {"proof_code": code_at(secret, now())})

    assert answer.headers["Location"] == "/seals/"
    assert is_signed_in(outside)
    assert recorded()[-2:] == ["factor.used", "person.signed-in"]


def test_a_code_opens_once(secret: str, outside: Browser) -> None:
    code = code_at(secret, now())
    password(outside)
    outside.post("/sign-in/second/", {"proof_code": code})
    second = Browser()
    password(second)

    answer = second.post("/sign-in/second/", {"proof_code": code})

    assert answer.status_code == 403
    assert "已使用过" in alert(answer)
    assert not is_signed_in(second)
    assert recorded()[-1] == "factor.use-code.refused"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_one_code_off(steps: int, secret: str, wang_knows: Person, noon: datetime) -> None:
    assert actions.use_code(wang_knows, noon, code=code_at(secret, noon, steps=steps)) == Means.TOTP


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_clock_may_not_be_two_codes_off(steps: int, secret: str, wang_knows: Person, noon: datetime) -> None:
    with pytest.raises(WrongCode):
        actions.use_code(wang_knows, noon, code=code_at(secret, noon, steps=steps))


def test_an_earlier_code_than_the_last_is_refused(secret: str, wang_knows: Person, noon: datetime) -> None:
    actions.use_code(wang_knows, noon, code=code_at(secret, noon, steps=1))

    with pytest.raises(WrongCode):
        actions.use_code(wang_knows, noon, code=code_at(secret, noon))


def test_a_recovery_code_opens_once_and_is_told_from_an_app(codes: list[str], outside: Browser) -> None:
    grouped = f"{codes[0][:4]} {codes[0][4:8]}-{codes[0][8:]}"
    password(outside)
    outside.post("/sign-in/second/", {"proof_code": grouped})
    assert is_signed_in(outside)
    assert recorded()[-2:] == ["factor.recovery-code-used", "person.signed-in"]

    again = Browser()
    password(again)

    assert again.post("/sign-in/second/", {"proof_code": codes[0]}).status_code == 403


def test_new_recovery_codes_void_the_old_ones_and_are_shown_once(
    codes: list[str], wang_knows: Person, enter: Enter, noon: datetime
) -> None:
    page = enter(wang_knows).post("/mine/security/codes/", command()).content.decode()

    fresh = actions.recovery_codes_of(wang_knows)
    assert len(fresh) == 10
    assert all(f"{code[:4]} {code[4:8]} {code[8:]}" in page for code in fresh)
    with pytest.raises(WrongCode):
        actions.use_code(wang_knows, noon, code=codes[0])


def test_a_second_step_without_a_first_one_leads_back(secret: str, outside: Browser) -> None:
    answer = outside.post("/sign-in/second/", {"proof_code": code_at(secret, now())})

    assert answer.headers["Location"] == "/sign-in/"
    assert outside.post("/sign-in/second/options/").status_code == 403


def test_the_first_step_is_good_for_minutes(secret: str, outside: Browser) -> None:
    password(outside)
    session = outside.session
    who, at, to = session["half_entered"]
    session["half_entered"] = [who, at - 301, to]
    session.save()

    assert outside.get("/sign-in/second/").headers["Location"] == "/sign-in/"


def test_each_step_gives_the_browser_a_new_key(secret: str, outside: Browser) -> None:
    keys = [outside.session.session_key]
    password(outside)
    keys.append(outside.session.session_key)
    outside.post("/sign-in/second/", {"proof_code": code_at(secret, now())})
    keys.append(outside.session.session_key)

    assert len(set(keys)) == 3


def test_guessing_codes_shuts_the_account_and_is_recorded(
    secret: str, wang_knows: Person, outside: Browser, settings: Settings
) -> None:
    settings.SIGN_INS_PER_MINUTE, settings.SIGN_INS_BEFORE_LOCK_OUT = 100, 3
    password(outside)
    for _ in range(3):
        outside.post("/sign-in/second/", {"proof_code": "000000"})

    answer = outside.post("/sign-in/second/", {"proof_code": code_at(secret, now())}, REMOTE_ADDR="192.0.2.9")

    assert answer.status_code == 429
    assert "十五分钟" in alert(answer)
    assert recorded().count("person.locked-out") == 1
    fact = FactRow.objects.get(kind="person.locked-out")
    assert (fact.actor, wang_knows.pseudonym in bytes(fact.body).decode()) == ("service:door", True)


def test_guessing_for_a_login_that_nobody_has_is_answered_alike(
    wang_knows: Person, outside: Browser, settings: Settings
) -> None:
    settings.SIGN_INS_PER_MINUTE, settings.SIGN_INS_BEFORE_LOCK_OUT = 100, 3
    answers = {
        login: [outside.post("/sign-in/", {"login": login, "password": "wrong"}).status_code for _ in range(4)]
        for login in ("wang", "nobody")
    }

    assert answers["wang"] == answers["nobody"] == [403, 403, 403, 429]


@pytest.fixture
def stale(zhao: Person) -> Browser:
    """A browser in which zhao proved himself half an hour ago."""
    browser = Browser()
    sign_in(browser, zhao, ago=timedelta(minutes=30))
    return browser


@pytest.fixture
def zhaos_secret(zhao: Person, noon: datetime) -> str:
    sealed = actions.new_totp_secret_of(zhao)
    held = actions.opened_totp_secret_of(zhao, sealed)
    long_ago = noon - timedelta(hours=1)
    actions.enrol_totp(zhao, long_ago, sealed_secret=sealed, code=code_at(held, long_ago))
    return held


@pytest.fixture
def making(official: Seal, zhao: Person, li: Person, noon: datetime) -> tuple[Seal, str]:
    from privyseal.approvals import actions as approvals  # noqa: PLC0415  Django is set up only now
    from privyseal.seals.rules import SealType  # noqa: PLC0415  as above
    from tests.conftest import FACE, say_yes  # noqa: PLC0415  as above

    application = approvals.apply_for_seal(
        zhao, noon, company_uid=official.company.uid, reason="需要", name="财务专用章", type=SealType.FINANCE, face=FACE
    )
    say_yes(li, noon, application)
    permit = permit_of(application)
    return permit.seal, f"/seals/{permit.seal.uid}/carry-out/{permit.uid}/"


def test_one_address_that_tries_many_logins_is_shut_out_too(
    wang_knows: Person, outside: Browser, settings: Settings
) -> None:
    settings.SIGN_INS_PER_MINUTE, settings.SIGN_INS_BEFORE_LOCK_OUT = 100, 1
    for number in range(10):
        outside.post("/sign-in/", {"login": f"somebody-{number}", "password": "wrong"})

    said = {"login": "wang", "password": PASSWORD}
    assert outside.post("/sign-in/", said).status_code == 429
    assert outside.post("/sign-in/", said, REMOTE_ADDR="192.0.2.9").status_code == 302
    assert "person.locked-out" not in recorded()


def test_a_dangerous_act_asks_first_and_goes_on_by_itself(
    making: tuple[Seal, str], zhaos_secret: str, stale: Browser
) -> None:
    seal, address = making

    asked = stale.post(address, {"kept": "one"})
    seal.refresh_from_db()
    assert (asked.status_code, seal.state) == (403, "draft")
    page = asked.content.decode()
    assert f'name="proof_next" value="{address}"' in page
    assert '<input type="hidden" name="kept" value="one">' in page
    before = stale.session.session_key

    proved = stale.post("/confirm/", {"proof_next": address, "kept": "one", "proof_code": code_at(zhaos_secret, now())})

    assert (proved.status_code, proved.headers["Location"]) == (307, address)
    assert stale.session.session_key != before
    assert stale.post(address, {"kept": "one"}).status_code == 302
    seal.refresh_from_db()
    assert seal.state != "draft"


def test_a_wrong_proof_keeps_what_waits(making: tuple[Seal, str], zhaos_secret: str, stale: Browser) -> None:
    answer = stale.post("/confirm/", {"proof_next": making[1], "kept": "one", "proof_code": "000000"})

    assert answer.status_code == 403
    assert '<input type="hidden" name="kept" value="one">' in answer.content.decode()
    assert stale.post(making[1]).status_code == 403


def test_a_proof_leads_nowhere_else(zhaos_secret: str, stale: Browser) -> None:
    said = {"proof_next": "https://example.org/", "proof_code": code_at(zhaos_secret, now())}

    assert stale.post("/confirm/", said).headers["Location"] == "/"


def test_a_password_proves_nothing_where_there_is_a_second_factor(
    making: tuple[Seal, str], zhaos_secret: str, zhao: Person, stale: Browser
) -> None:
    zhao.set_password(PASSWORD)
    zhao.save(update_fields=["password"])
    sign_in(stale, zhao, ago=timedelta(minutes=30))

    answer = stale.post("/confirm/", {"proof_next": making[1], "proof_password": PASSWORD})

    assert answer.status_code == 403
    assert stale.post(making[1]).status_code == 403


@pytest.mark.parametrize("means", [Means.PASSWORD, Means.RECOVERY_CODE, Means.PROVIDER, Means.DEMO])
def test_a_weak_sign_in_is_no_proof_where_there_is_a_second_factor(
    means: Means, making: tuple[Seal, str], zhaos_secret: str, zhao: Person
) -> None:
    browser = Browser()
    sign_in(browser, zhao, means=means)

    assert browser.post(making[1]).status_code == 403


def test_without_a_second_factor_a_seal_is_not_made(making: tuple[Seal, str], zhao: Person) -> None:
    Installation.objects.update(is_demo=False)
    browser = Browser()
    sign_in(browser, zhao, means=Means.PASSWORD)

    answer = browser.post(making[1])

    assert answer.status_code == 403
    assert "second-factor-missing" in answer.content.decode()
    assert recorded()[-1] == "seal.carry-out.refused"


def test_a_demonstrations_people_need_none(making: tuple[Seal, str], zhao: Person) -> None:
    browser = Browser()
    sign_in(browser, zhao, means=Means.DEMO)

    assert browser.post(making[1]).status_code == 302


def test_suspending_never_waits_for_a_proof(official: Seal, zhaos_secret: str, stale: Browser) -> None:
    stale.post(f"/seals/{official.uid}/suspend/", command(reason="盘点"))

    official.refresh_from_db()
    assert official.state == "suspended"


@pytest.mark.parametrize(("demanded", "status"), [(frozenset(), 302), (frozenset({"application.vote"}), 403)])
def test_a_vote_waits_for_a_proof_where_the_installation_demands_it(
    demanded: frozenset[str], status: int, pending: Use, li: Person, settings: Settings
) -> None:
    from privyseal.approvals.queries import application_visible_to  # noqa: PLC0415  Django is set up only now

    settings.PROOF_DEMANDED = demanded
    shown = application_visible_to(li, now(), pending.uid).shown_sha256
    browser = Browser()
    sign_in(browser, li, ago=timedelta(hours=1))

    answer = browser.post(f"/applications/{pending.uid}/vote/", command(step="approve", shown_sha256=shown, comment=""))

    assert answer.status_code == status


def test_the_first_factor_is_enrolled_on_a_fresh_password(wang_knows: Person) -> None:
    Installation.objects.update(is_demo=False)
    browser = Browser()
    sign_in(browser, wang_knows, means=Means.PASSWORD, ago=timedelta(hours=1))
    assert browser.get("/mine/security/app/").status_code == 403

    proved = browser.post("/confirm/", {"proof_next": "/mine/security/app/", "proof_password": PASSWORD})

    assert (proved.status_code, proved.headers["Location"]) == (302, "/mine/security/app/")
    assert browser.get("/mine/security/app/").status_code == 200


def test_removing_the_last_factor_takes_the_recovery_codes_along(
    codes: list[str], wang_knows: Person, enter: Enter
) -> None:
    factor, said = Authenticator.objects.get(type="totp").pk, command()
    browser = enter(wang_knows)

    answers = [browser.post(f"/mine/security/factors/{factor}/remove/", said).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert not Authenticator.objects.filter(user=wang_knows).exists()
    assert recorded().count("factor.removed") == 1


def test_nobody_removes_another_persons_factor(secret: str, li: Person, enter: Enter) -> None:
    factor = Authenticator.objects.get(type="totp").pk

    assert enter(li).post(f"/mine/security/factors/{factor}/remove/", command()).status_code == 404
    assert Authenticator.objects.exists()


def test_whoever_leaves_keeps_no_factor(secret: str, wang_knows: Person, chen: Person, noon: datetime) -> None:
    actions.leave_group(chen, noon, person_pseudonym=wang_knows.pseudonym, left_on=localdate())

    assert not Authenticator.objects.exists()


def test_a_login_that_nobody_has_takes_as_long_as_one_that_somebody_has(wang_knows: Person, outside: Browser) -> None:
    def seconds(login: str) -> float:
        began = process_time()
        outside.post("/sign-in/", {"login": login, "password": "wrong"})
        return process_time() - began

    known, unknown = (median(seconds(login) for _ in range(4)) for login in ("wang", "nobody"))

    assert 0.6 < known / unknown < 1.7


def test_the_cookie_of_a_session_is_out_of_reach(wang_knows: Person, outside: Browser) -> None:
    password(outside)

    cookie = outside.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
