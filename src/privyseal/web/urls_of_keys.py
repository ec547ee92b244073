"""Addresses of what strangers judge seals and receipts by; certificates carry some of them for years."""

from typing import Final

from django.urls import path

from privyseal.web.views import pki, public

KEYS: Final = (
    path("ledger/key", public.log_key, name="log-key"),
    path("pki/ca.pem", public.authority, name="authority"),
    path("pki/ca.crl", public.revocations, name="revocations"),
    path("pki/ca.cer", pki.issuer, name="issuer"),
    path("pki/ocsp", pki.ocsp, name="ocsp"),
    path("pki/ocsp/<path:question>", pki.ocsp_asked, name="ocsp-asked"),
)
