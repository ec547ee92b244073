"""Django's settings; every value that differs between installations comes through ``env``."""

import secrets
import shutil
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from privyseal.config import cosigners, env, logs, senders
from privyseal.device.counter import Counter
from privyseal.egress import Egress
from privyseal.identity.provider import Provider
from privyseal.storage import Folder
from privyseal.vault import Vault

DATA: Final = env.folder("DATA", ".data")
PUBLIC_URL: Final = env.address("PUBLIC_URL", "http://localhost:8000")
SIGNER_SOCKET: Final = env.text("SIGNER_SOCKET")
APPROVAL_URL: Final = env.text("APPROVAL_URL", "http://localhost:8001")
APPROVAL_SOCKET: Final = env.text("APPROVAL_SOCKET")
INTEGRATOR_DATABASE_URL: Final = env.database("INTEGRATOR_DATABASE_URL")
WEBHOOK_KEY: Final = env.secret("WEBHOOK_KEY")
METRICS_TOKEN: Final = env.secret("METRICS_TOKEN")
_GATE_PORT: Final = env.integer("GATEWAY_PORT", 0, least=0, most=65_535)
_GATE: Final = f"https://{env.text('GATEWAY_HOST', '127.0.0.1')}:{_GATE_PORT}" if _GATE_PORT else ""
GATEWAY: Final = Counter(env.text("GATEWAY_URL") or _GATE, env.folder("DATA", ".data") / "gateway" / "ca.pem")
EGRESS: Final = Egress(env.hosts("INSIDE_HOSTS"))
TSA_URL: Final = env.endpoint("TSA_URL")
TSA_ROOTS: Final = env.certificates("TSA_ROOTS")
OUTSIDE_ROOTS: Final = env.certificates("OUTSIDE_ROOTS")
OUTSIDE_CRL_URLS: Final = env.endpoints("OUTSIDE_CRL_URLS")
OUTSIDE_OCSP_URL: Final = env.endpoint("OUTSIDE_OCSP_URL")
OUTSIDE_ADDRESSES: Final = env.choice("OUTSIDE_ADDRESSES", "settings", ("settings", "certificate"))
OUTSIDE_EVERY_MINUTES: Final = env.integer("OUTSIDE_EVERY_MINUTES", 60, least=10, most=1_440)
OUTSIDE_UNWATCHED: Final = env.choice("OUTSIDE_UNWATCHED", "tell", ("tell", "refuse"))
DEMO_CHARTER: Final = env.choice("DEMO_CHARTER", "session", ("session", "passkey"))
SEAL_LEVEL: Final = env.choice("SEAL_LEVEL", "b-t", ("b-b", "b-t", "b-lt", "b-lta"))
RENEW_STAMPS_DAYS: Final = env.integer("RENEW_STAMPS_DAYS", 180, least=7, most=7_300)
WITHOUT_TSA: Final = env.choice("WITHOUT_TSA", "wait", ("wait", "seal"))
STAMP_RECORD: Final = env.choice("STAMP_RECORD", "no", ("no", "yes"))
CRL_URLS: Final = env.endpoints("CRL_URLS")
OCSP_URL: Final = env.endpoint("OCSP_URL")
if (SEAL_LEVEL in {"b-lt", "b-lta"} or WITHOUT_TSA == "seal") and not (TSA_URL and TSA_ROOTS):
    raise env.WrongSetting(name="PRIVYSEAL_TSA_URL", expected="set, and PRIVYSEAL_TSA_ROOTS too, for this level")
if STAMP_RECORD == "yes" and not TSA_URL:
    raise env.WrongSetting(name="PRIVYSEAL_TSA_URL", expected="set where the record is stamped every day")
OFFICE: Final = env.text("OFFICE") or shutil.which("soffice") or shutil.which("libreoffice") or ""
DOCUMENT_BYTES: Final = 1_000_000 * env.integer("DOCUMENT_MEGABYTES", 550, least=1, most=590)
DOCUMENT_PAGES: Final = env.integer("DOCUMENT_PAGES", 5_000, least=1, most=5_000)
CHECKS_AT_ONCE: Final = env.integer("CHECKS_AT_ONCE", 2, least=1, most=64)
VERIFICATIONS_PER_MINUTE: Final = env.integer("VERIFICATIONS_PER_MINUTE", 10, least=1, most=10_000)
SIGN_INS_PER_MINUTE: Final = env.integer("SIGN_INS_PER_MINUTE", 10, least=1, most=10_000)
SIGN_INS_BEFORE_LOCK_OUT: Final = env.integer("SIGN_INS_BEFORE_LOCK_OUT", 20, least=3, most=10_000)
PROOF_DEMANDED: Final = frozenset({"application.vote"} if env.integer("PROOF_TO_VOTE", 0, least=0, most=1) else ())
COSIGNERS: Final = env.cosigners("COSIGNERS")
QUORUM: Final = cosigners.quorum()
LEDGER_TILES: Final = env.choice("LEDGER_TILES", "auditor", ("auditor", "public"))
TRUSTED_PROXIES: Final = env.integer("TRUSTED_PROXIES", 0, least=0, most=5)
BLOBS: Final = Folder(DATA / "blobs")
# Scans of papers that were sealed. Without a key nothing is stored: one made up now would be gone with the process.
VAULT: Final = Vault(DATA / "vault", tuple(filter(None, map(env.secret, ("VAULT_KEY", "VAULT_KEY_BEFORE")))))
_IS_HTTPS: Final = PUBLIC_URL.startswith("https://")

# A process that signs no cookie (migrations, the worker, tests) needs no lasting key.
SECRET_KEY = env.secret("SECRET_KEY") or secrets.token_urlsafe(48)
# What encrypts and marks second factors in the database: whoever has only the database makes no code and enrols nobody.
# The key before the present one still opens and marks until `privyseal factors` has moved every row.
_FACTOR_KEY_BEFORE = env.secret("FACTOR_KEY_BEFORE")
FACTOR_KEYS: Final = (
    env.secret("FACTOR_KEY") or secrets.token_urlsafe(48),
    *([_FACTOR_KEY_BEFORE] if _FACTOR_KEY_BEFORE else []),
)
DEBUG = False
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "privyseal.ledger",
    "privyseal.identity",
    "privyseal.seals",
    "privyseal.sealing",
    "privyseal.custody",
    "privyseal.devices",
    "privyseal.approvals",
    "privyseal.verification",
    "privyseal.notification",
    "privyseal.keeping",
    "privyseal.language",
    "privyseal.web",
]
MIDDLEWARE = [
    "privyseal.config.health.RequestRecord",
    "privyseal.web.uploads.letting_go",
    "privyseal.web.packed.PackedPages",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "privyseal.web.capabilities.DeclaredCapability",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "privyseal.config.urls"
WSGI_APPLICATION = "privyseal.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "privyseal.config.database",
        "NAME": parts.path.lstrip("/") or "privyseal",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # A statement that comes again is planned once: less than half the database's time for an approval.
        "OPTIONS": {**options, "server_side_binding": True, "prepare_threshold": 2},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(env.database("DATABASE_URL"))}


def _provider() -> Provider | None:
    """Return the company's sign-in service, where one is set."""
    configured = env.text("OIDC_ISSUER")
    issuer = configured.rstrip("/")
    parts = urlsplit(issuer)
    is_here = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"}
    if issuer and parts.scheme != "https" and not is_here:
        raise env.WrongSetting(name="PRIVYSEAL_OIDC_ISSUER", expected="an address that begins with https://")
    said = env.text("OIDC_CLIENT_ID"), env.secret("OIDC_CLIENT_SECRET"), env.text("OIDC_NAME", "SSO")
    return Provider(issuer, *said) if issuer else None


PROVIDER: Final = _provider()


SENDERS: Final = senders.configured()

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# People sign in by login; nobody has an e-mail address here, and nobody signs up. None of allauth's pages is reachable.
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "privyseal.identity.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODE_DIGITS = 12
MFA_WEBAUTHN_USER_VERIFICATION = "required"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"

FORM_RENDERER = "privyseal.web.drawing.Drawing"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "privyseal.web.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]

LANGUAGE_CODE = env.choice("LANGUAGE", "zh-hans", ("zh-hans", "en"))
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent.parent / "language" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")
FORMAT_MODULE_PATH = "privyseal.language.formats"

SESSION_ENGINE = "privyseal.web.sessions"
SESSION_IDLE_SECONDS: Final = 60 * env.integer("SESSION_IDLE_MINUTES", 30, least=1, most=24 * 60)
SESSION_OFFICE_IDLE_SECONDS: Final = 60 * env.integer("SESSION_OFFICE_IDLE_MINUTES", 10, least=1, most=24 * 60)
SESSION_COOKIE_AGE = 60 * 60 * env.integer("SESSION_HOURS", 8, least=1, most=7 * 24)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if _IS_HTTPS else "session"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# Asked by machines beside this one, past the proxy that speaks HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # A form may lead to the approval page, which takes what it shows from nobody but this application.
        "form-action": [SELF, APPROVAL_URL],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# A small file stays in memory; a larger one is written beside the stored ones as it arrives.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "privyseal.web.uploads.ArrivalHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600

# A job whose worker died is taken up again after this long.
JOB_STALLED_SECONDS: Final = 30
PROCRASTINATE_WORKER_DEFAULTS = {
    "delete_jobs": "never",  # finished ones are forgotten after seven days
    "update_heartbeat_interval": 10,
    "stalled_worker_timeout": JOB_STALLED_SECONDS,
    "shutdown_graceful_timeout": 3,
}

LOGGING = logs.configuration(env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")))
SILENCED_SYSTEM_CHECKS: list[str] = []
