"""Settings, read from the environment; every default suits one machine started by `make run`."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from accounts.egress.allowed import Allowed
from accounts.web_addresses import as_sent
from config import keys, pictures, services

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("TALLYPOST_VAR", BASE_DIR / "var"))

DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = keys.read("SECRET_KEY", VAR_DIR, size=48)
# Tokens in sent mail outlive a rotated SECRET_KEY, secrets at rest must not fall with it.
TOKEN_KEY = keys.read("TOKEN_KEY", VAR_DIR)
SECRETS_KEYS = keys.read("SECRETS_KEY", VAR_DIR).split(",")

PORT = int(os.environ.get("PORT", "8000"))
PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
PUBLIC_URL = as_sent(PUBLIC_URL).rstrip("/") or PUBLIC_URL  # browsers and mail headers ask for xn--, whatever was typed
ALLOWED_HOSTS = [
    *filter(None, os.environ.get("ALLOWED_HOSTS", "").split(",")),
    urlsplit(PUBLIC_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_vite",
    "accounts",
    "contacts",
    "delivery",
    "tracking",
    "campaigns",
]

MIDDLEWARE = [
    "accounts.faults.noticing.RequestId",
    "accounts.organisation.hosts.PublicHost",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.http.security.PermissionsPolicy",
    "accounts.http.middleware.StaffPages",
    "accounts.http.uploads.UploadLimit",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.shell.context.shell",
            ],
            "builtins": ["accounts.templatetags.shell"],
        },
    },
]


DATABASE_URL = os.environ.get("DATABASE_URL") or services.database_url(VAR_DIR)
REDIS_URL = os.environ.get("REDIS_URL") or services.redis_url(VAR_DIR)
# A query in the address reaches the driver: `?sslmode=verify-full&sslrootcert=…`.
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
}

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_RESET_TIMEOUT = 3600  # seconds
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.login.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.login.adapter.LoginForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}  # the second: codes, not passwords
MFA_ADAPTER = "accounts.two_factor.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 s: telephones' clocks differ
SESSION_ENGINE = "accounts.sessions.store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "en"
# Of the pages for recipients; staff read English.
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "français"),
    ("es", "español"),
    ("pt", "português"),
    ("it", "italiano"),
    ("nl", "Nederlands"),
    ("pl", "polski"),
    ("ja", "日本語"),
    ("ar", "العربيّة"),
]
FORMAT_MODULE_PATH = "config.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": BASE_DIR / "frontend" / "dist" / "manifest.json"}}
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
MEDIA_ROOT = VAR_DIR / "media"
# Uploads and refused rows hold people: no other account of the machine reads them, whatever the umask.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "images": pictures.storage(os.environ),
}
# Where readers load pictures from, if not from /i/ under the public address: a CDN in front of it, or of the bucket.
IMAGES_URL = os.environ.get("IMAGES_URL", "").rstrip("/")

WHITENOISE_USE_FINDERS = True  # the bundle is hashed by Vite: nothing to collect
# What Vite puts there has its content's hash in its name: a browser need not ask each minute whether it has changed.
WHITENOISE_IMMUTABLE_FILE_TEST = rf"^/{STATIC_URL}assets/"

# An https address means that a proxy ends TLS before us and says so in this header.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: the organisation's other hosts are not ours to bind
    "security.W021",  # nor is the browsers' preload list
    "security.W019",  # our own pages frame the mail they preview, in a sandbox
]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a turn taken early is a turn another worker cannot take
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may come back after hours
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # else a traceback that ends a part has a line of the log for each character
CELERY_TASK_DEFAULT_QUEUE = "jobs"

RUN_DIR = VAR_DIR / "run"
WEBHOOKS_SOCKET = str(services.socket_of(VAR_DIR.absolute(), "webhooks"))  # where the front asks the feedback process
SPOOL_DIR = VAR_DIR / "spool"
# Networks of cloud providers and mail filters, newer than those of the product (manage.py networks).
NETWORKS_FILE = VAR_DIR / "networks.toml"
JOURNAL_DIR = VAR_DIR / "journal"
DISK_RESERVE_MB = int(os.environ.get("DISK_RESERVE_MB", "500"))
SANDBOX_HOST = os.environ.get("SANDBOX_HOST", "127.0.0.1")
SANDBOX_PORT = int(os.environ.get("SANDBOX_PORT", "0"))  # 0: the one that the sandbox took when it began
SANDBOX_STARTTLS = os.environ.get("SANDBOX_STARTTLS") == "1"
RETURN_HOST = os.environ.get("RETURN_HOST", "127.0.0.1")  # or the path of a Unix socket
RETURN_PORT = int(os.environ.get("RETURN_PORT", "2526"))
RETURN_PROTOCOL = os.environ.get("RETURN_PROTOCOL", "").lower()  # "lmtp": that alone; else whatever the other begins
ALLOW_ANY_SMTP_PORT = os.environ.get("ALLOW_ANY_SMTP_PORT") == "1"
# Whom DNS questions go to, as "192.0.2.53" or "192.0.2.53:5353"; none: whomever this machine asks.
DNS_SERVERS = tuple(filter(None, os.environ.get("DNS_SERVERS", "").replace(" ", "").split(",")))
GEOIP_FILE = os.environ.get("GEOIP_FILE", "")  # a MaxMind DB; empty: countries are not looked up
EGRESS_ALLOW = Allowed.read(os.environ.get("EGRESS_ALLOW", ""))

# Whoever has settings may queue something; the start, which has none, stays small without Celery.
from config import celery  # noqa: E402, F401  # needs nothing of the above before the first task
