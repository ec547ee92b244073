"""Where passkeys for approvals, the charters of seals and their certificates from outside are found."""

from django.urls import URLPattern, path

from privyseal.web.views import charter_of_all, charters, outside_certificates, own_passkeys, rosters


def paths() -> list[URLPattern]:
    return [
        path("mine/security/approvals/", own_passkeys.passkeys, name="approval-passkeys"),
        path("mine/security/approvals/make/", own_passkeys.make, name="approval-passkey-make"),
        path("mine/security/approvals/made/", own_passkeys.made, name="approval-passkey-made"),
        path("mine/security/approvals/confirmed/", own_passkeys.confirmed, name="approval-passkey-confirmed"),
        path("mine/security/approvals/<uid:uid>/confirm/", own_passkeys.confirm, name="approval-passkey-confirm"),
        path("mine/security/approvals/<uid:uid>/remove/", own_passkeys.remove, name="approval-passkey-remove"),
        path("seals/<uid:uid>/charter/", charters.charter, name="charter"),
        path("seals/<uid:uid>/charter/propose/", charters.propose, name="charter-propose"),
        path("seals/<uid:uid>/charter/agreed/", charters.agreed, name="charter-agreed"),
        path("seals/<uid:uid>/charter/<uid:charter_uid>/agree/", charters.agree, name="charter-agree"),
        path("seals/<uid:uid>/charter/<uid:charter_uid>/drop/", charters.drop, name="charter-drop"),
        path("seals/<uid:uid>/certificate/<uid:permit_uid>/", outside_certificates.asked, name="certificate-asked"),
        path(
            "seals/<uid:uid>/certificate/<uid:permit_uid>/bring/", outside_certificates.bring, name="certificate-bring"
        ),
        path("seals/<uid:uid>/certificate/<uid:permit_uid>/end/", outside_certificates.give_up, name="certificate-end"),
        path("rosters/", rosters.rosters, name="rosters"),
        path("rosters/put/", rosters.put, name="rosters-put"),
        path("rosters/agreed/", rosters.agreed, name="rosters-agreed"),
        path("rosters/<uid:uid>/agree/", rosters.agree, name="rosters-agree"),
        path("rosters/<uid:uid>/drop/", rosters.drop, name="rosters-drop"),
        path("rosters/companies/<uid:uid>/", rosters.of_company, name="roster"),
        path("charter/", charter_of_all.charter, name="charter-of-all"),
        path("charter/propose/", charter_of_all.propose, name="charter-of-all-propose"),
        path("charter/agreed/", charter_of_all.agreed, name="charter-of-all-agreed"),
        path("charter/<uid:charter_uid>/agree/", charter_of_all.agree, name="charter-of-all-agree"),
        path("charter/<uid:charter_uid>/drop/", charter_of_all.drop, name="charter-of-all-drop"),
    ]
