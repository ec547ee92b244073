"""Where everybody gets, signed in or not; certificates and receipts carry some of these addresses for years."""

from django.urls import URLPattern, path

from privyseal.web.views import assets, heads, paper, pki, public, receipts, statuses, tiles


def paths() -> list[URLPattern]:
    return [
        path("V/<str:text>", paper.code_on_paper, name="paper-code"),
        path("verify/", public.verify, name="verify"),
        path("verify/<sha256:sha256>/", public.verify_digest, name="verify-digest"),
        path("ledger/", receipts.ledger, name="ledger"),
        path("ledger/compare/", heads.compare_heads, name="compare-heads"),
        path("ledger/what-it-proves/", receipts.what_it_proves, name="what-it-proves"),
        path("ledger/checkpoint", public.checkpoint, name="checkpoint"),
        path("ledger/key", public.log_key, name="log-key"),
        path("ledger/tile/entries/<bundle:tile>", tiles.entries, name="ledger-entries"),
        path("ledger/tile/<tile:tile>", tiles.hashes, name="ledger-tile"),
        path("pki/ca.cer", pki.issuer, name="issuer"),
        path("pki/ca.crl", public.revocations, name="revocations"),
        path("pki/ca.pem", public.authority, name="authority"),
        path("pki/certificates/<str:serial>/", pki.certificate, name="certificate"),
        path("pki/certificates/<str:serial>/chain.pem", pki.chain, name="certificate-chain"),
        path("pki/devices.cer", pki.device_authority, name="device-authority"),
        path("pki/devices.crl", pki.device_revocations, name="device-revocations"),
        path("pki/devices.json", pki.device_manifest, name="device-manifest"),
        path("pki/ocsp", pki.ocsp, name="ocsp"),
        path("pki/ocsp/<path:question>", pki.ocsp_asked, name="ocsp-asked"),
        path("pki/paper.json", paper.manifest, name="paper-manifest"),
        path("pki/paper.pem", paper.certificates, name="paper-certificates"),
        path("r/<uid:code>/", public.printed, name="printed"),
        path("r/<uid:code>/receipt.txt", public.printed_receipt, name="printed-receipt"),
        path("static/web/<path:name>", assets.asset, name="asset"),
        path("status/", statuses.status, name="status"),
        path("status/feed.atom", statuses.feed, name="status-feed"),
        path("status/keys.json", statuses.keys, name="status-keys"),
        path("status/published.json", statuses.published_json, name="status-published"),
        path("status/seal.json", statuses.seal_json, name="status-json"),
    ]
