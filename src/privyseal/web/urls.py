"""Every address of the pages. Who may open one is said at its view."""

from typing import Final

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from privyseal.web.views import (
    accounts,
    acts,
    applications,
    applying,
    assets,
    companies,
    documents,
    entry,
    home,
    imports,
    organisation,
    people,
    public,
    record,
    seals,
    security,
    studio,
)


class UidConverter(StringConverter):
    regex = "[0-9a-f]{32}"


class DigestConverter(StringConverter):
    regex = "[0-9a-f]{64}"


register_converter(UidConverter, "uid")
register_converter(DigestConverter, "sha256")

urlpatterns: Final[list[URLPattern]] = [
    path("", home.home, name="home"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-in/demo/", accounts.demo_sign_in, name="demo-sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("language/", accounts.set_language, name="set-language"),
    path("mine/", accounts.mine, name="mine"),
    path("mine/security/", security.security, name="security"),
    path("mine/security/sessions/<sha256:sha256>/end/", security.end_session, name="end-session"),
    path("mine/security/sessions/end-others/", security.end_other_sessions, name="end-other-sessions"),
    path("apply/", applying.apply, name="apply"),
    path("apply/use/", applying.use_file, name="apply-use"),
    path("apply/use/<uid:company_uid>/<sha256:sha256>/", applying.use_terms, name="apply-use-terms"),
    path("apply/seal/", studio.new_seal, name="apply-seal"),
    path("apply/seal/face.svg", studio.face_preview, name="face-preview"),
    path("applications/", applications.application_list, name="applications"),
    path("applications/<uid:uid>/", applications.application, name="application"),
    path("applications/<uid:uid>/vote/", applications.vote, name="vote"),
    path("applications/<uid:uid>/withdraw/", applications.withdraw, name="withdraw"),
    path(
        "applications/<uid:uid>/seal/<uid:permit_uid>/<sha256:sha256>/",
        applications.seal_document,
        name="seal-document",
    ),
    path("documents/<sha256:sha256>/", documents.file, name="document"),
    path("documents/<sha256:sha256>/pages/<int:number>.png", documents.page, name="document-page"),
    path("sealed/<uid:intent_uid>/", documents.sealed, name="sealed"),
    path("sealed/<uid:intent_uid>/receipt/", documents.receipt, name="receipt"),
    path("apply/rubber/", acts.new_rubber, name="apply-rubber"),
    path("seals/", seals.seal_list, name="seals"),
    path("seals/enter/", acts.enter_existing, name="enter-seal"),
    path("seals/<uid:uid>/", seals.seal, name="seal"),
    path("seals/<uid:uid>/face.svg", seals.face, name="seal-face"),
    path("seals/<uid:uid>/suspend/", seals.suspend, name="suspend"),
    path("seals/<uid:uid>/apply-to-resume/", seals.apply_to_resume, name="apply-to-resume"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("companies/register/", companies.register, name="company-register"),
    path("companies/<uid:uid>/", organisation.company, name="company"),
    path("companies/<uid:uid>/proofs/", companies.bring, name="company-prove"),
    path("companies/<uid:uid>/proofs/<str:name>/", companies.proof, name="company-proof"),
    path("companies/<uid:uid>/examine/", companies.examine, name="company-examine"),
    path("companies/<uid:uid>/place/", organisation.place_company, name="company-place"),
    path("companies/<uid:uid>/units/", organisation.open_unit, name="unit-open"),
    path("companies/<uid:uid>/posts/", organisation.open_post, name="post-open"),
    path("units/<uid:uid>/", organisation.unit, name="unit"),
    path("units/<uid:uid>/move/", organisation.move_unit, name="unit-move"),
    path("units/<uid:uid>/close/", organisation.close_unit, name="unit-close"),
    path("posts/<uid:uid>/", organisation.post, name="post"),
    path("posts/<uid:uid>/fill/", organisation.fill_post, name="post-fill"),
    path("posts/<uid:uid>/vacate/<int:holding_id>/", organisation.vacate_post, name="post-vacate"),
    path("posts/<uid:uid>/close/", organisation.close_post, name="post-close"),
    path("imports/<str:name>/", imports.bring, name="import"),
    path("imports/<str:name>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<str:name>/template/", imports.template, name="import-template"),
    path("people/", people.people, name="people"),
    path("people/enrol/", people.enrol, name="enrol"),
    path("people/<uid:pseudonym>/", people.person, name="person"),
    path("people/<uid:pseudonym>/join/", people.join, name="join"),
    path("people/<uid:pseudonym>/move/<uid:company_uid>/", people.move, name="move"),
    path("people/<uid:pseudonym>/leave/<uid:company_uid>/", people.leave_company, name="leave-company"),
    path("people/<uid:pseudonym>/leave/", people.leave_group, name="leave"),
    path("people/<uid:pseudonym>/code/", entry.make_code, name="entry-code"),
    path("people/<uid:pseudonym>/code/<int:code_id>/", entry.confirm_code, name="confirm-code"),
    path("open-account/", entry.open_account, name="open-account"),
    path("mine/password/", entry.change_password, name="change-password"),
    path("seals/<uid:uid>/apply/<slug:purpose>/", acts.apply_for_act, name="apply-for-act"),
    path("seals/<uid:uid>/carry-out/<uid:permit_uid>/", acts.carry_out, name="carry-out"),
    path("seals/<uid:uid>/words/<uid:permit_uid>/<slug:role>/", acts.give_word, name="give-word"),
    path("seals/<uid:uid>/photos/<sha256:sha256>/", acts.photo, name="seal-photo"),
    path("record/", record.record, name="record"),
    path("record/<int:fact_id>/receipt/", record.fact_receipt, name="fact-receipt"),
    path("verify/", public.verify, name="verify"),
    path("ledger/checkpoint", public.checkpoint, name="checkpoint"),
    path("ledger/key", public.log_key, name="log-key"),
    path("pki/ca.pem", public.authority, name="authority"),
    path("static/web/<str:name>", assets.asset, name="asset"),
    path("pki/ca.crl", public.revocations, name="revocations"),
]
