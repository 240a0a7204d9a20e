"""Settings of the whole program, read from the environment (see `.env.example`).

Defaults are those of production. `make run` and the tests set what differs.
"""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import pghistory
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperation import environment

django_stubs_ext.monkeypatch()  # forms and admin classes may name their model: ModelForm[Meeting]

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", ".data")).resolve()


def _release() -> str:
    """Return a fingerprint of the program's own files: what is cached for one release never serves the next."""
    digest = hashlib.sha256()
    for folder in sorted(p for p in BASE_DIR.iterdir() if p.is_dir() and p.name[0] != "." and p.name != "tests"):
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".py", ".html", ".css", ".js", ".mo"}:
                digest.update(f"{file.relative_to(BASE_DIR)} {file.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


# --- Core -----------------------------------------------------------------------------
RELEASE = _release()
DEBUG = environment.boolean("DEBUG", default=False)
SECRET_KEY = environment.text("SECRET_KEY")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "cooperation.urls"
WSGI_APPLICATION = "cooperation.wsgi.application"
AUTH_USER_MODEL = "parties.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.admin",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_celery_beat",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "knox",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "parties",
    "documents",
    "agreements",
    "trade",
    "projects",
    "workgroup",
    "reports",
    "dashboards",
    "cooperation",
]

MIDDLEWARE = [
    "cooperation.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "parties.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "cooperation.middleware.BodyLimit",  # before the first that reads a form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "cooperation.languages.Pages",
        "NAME": "django",  # by which Django REST framework asks for it
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "cooperation.templatetags.interface",
                "cooperation.templatetags.formats",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Controls of forms are templates like all others: `templates/django/forms/` says how ours differ from those of Django.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
FILTERS_EMPTY_CHOICE_LABEL = pgettext_lazy("filter", "all")

# --- Data -----------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **environment.postgres("DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }
}
REDIS_URL = environment.redis("REDIS_URL")
_REDIS_SOCKET = REDIS_URL.startswith("unix:")
# The cache may forget, the broker must not: in production each has a server of its own.
CACHE_URL = environment.redis("CACHE_URL") if environment.text("CACHE_URL", "") else REDIS_URL
CACHES = {
    "default": {
        "BACKEND": "parties.cache.ForgivingRedisCache",
        "LOCATION": f"{CACHE_URL}?db=1" if CACHE_URL.startswith("unix:") else f"{CACHE_URL}/1",
        "KEY_PREFIX": "cooperation",
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"serializer": "parties.cache.JSONSerializer"},
    }
}
# Files that one process of the web server sends at a time: each holds a thread, and pages need some, too.
DOWNLOADS_AT_ONCE = max(1, int(environment.number("GRANIAN_BLOCKING_THREADS", 4, minimum=1)) // 2)
MEDIA_ROOT = DATA_DIR / "media"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a meeting of 200 people with 200 outcomes has 3,000

# --- Accounts -------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "parties.authentication.CachedUserBackend",
]
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboards:overview"
ACCOUNT_ADAPTER = "parties.authentication.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "parties.forms.SignInForm"}
# django-axes keeps the limits of wrong passwords, in the database. Many people of one office may share an address.
ACCOUNT_RATE_LIMITS = {"login": "100/m/ip", "login_failed": False}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(hours=1)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "parties.authentication.client_address"
AXES_USERNAME_FORM_FIELD = "username"  # as allauth names it in the credentials
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_TTL": timedelta(days=365),
    "TOKEN_MODEL": "knox.AuthToken",
}

# --- Security -------------------------------------------------------------------------
HTTPS = environment.boolean("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = environment.boolean("BEHIND_PROXY", default=False)
# How many proxies in front add to X-Forwarded-For; addresses that stand further left are the client's own words.
TRUSTED_PROXIES = int(environment.number("TRUSTED_PROXIES", 1, minimum=1)) if BEHIND_PROXY else 0
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "dashboards.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Languages ------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tomsk"
USE_TZ = True

# --- Static files ---------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "png", "gz", "woff2", "map", "svgz")
STORAGES = {
    "default": {"BACKEND": "parties.storage.Storage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "cooperation.static_files.HashedFiles"
    },
}

# --- Jobs -----------------------------------------------------------------------------
_VISIBILITY = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 3,
}
CELERY_BROKER_URL = (
    f"redis+socket://{REDIS_URL.removeprefix('unix://')}?virtual_host=0" if _REDIS_SOCKET else f"{REDIS_URL}/0"
)
CELERY_BROKER_TRANSPORT_OPTIONS = _VISIBILITY
CELERY_VISIBILITY_TIMEOUT = 900
# Files of trade take minutes: in a queue of their own, reports need not wait behind them. A worker takes from both
# queues unless `-Q reports` or `-Q imports` says otherwise.
CELERY_TASK_DEFAULT_QUEUE = "reports"
CELERY_TASK_QUEUES: dict[str, dict[str, Any]] = {"reports": {}, "imports": {}}
CELERY_TASK_ROUTES = {"trade.tasks.carry_out_*": {"queue": "imports"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = int(environment.number("WORKER_CONCURRENCY", 1, minimum=1))
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
REPORT_LEASE = timedelta(seconds=environment.number("REPORT_LEASE_SECONDS", 60, minimum=1))
REPORT_SWEEP = timedelta(seconds=environment.number("REPORT_SWEEP_SECONDS", 30, minimum=1))
IMPORT_LEASE = timedelta(seconds=environment.number("IMPORT_LEASE_SECONDS", 60, minimum=1))
IMPORT_SWEEP = timedelta(seconds=environment.number("IMPORT_SWEEP_SECONDS", 30, minimum=1))
# How long a preview waits to be confirmed, and how long the file of an import that came to nothing is kept.
IMPORT_PREVIEW_LIFE = timedelta(days=environment.number("IMPORT_PREVIEW_DAYS", 7, minimum=1))
IMPORT_FILE_LIFE = timedelta(days=environment.number("IMPORT_FILE_DAYS", 30, minimum=1))
IMPORT_MAX_BYTES = int(environment.number("IMPORT_MAX_MB", 2048, minimum=1)) << 20
# Seconds to wait after each block of a file; above zero only where a test must catch an import midway.
IMPORT_CHUNK_DELAY = environment.number("IMPORT_CHUNK_DELAY", 0)
# Seconds to wait after each section of a report; above zero only where a test must catch a run midway.
REPORT_SECTION_DELAY = environment.number("REPORT_SECTION_DELAY", 0)
CELERY_BEAT_SCHEDULE = {
    "reports.sweep": {"task": "reports.tasks.sweep", "schedule": REPORT_SWEEP},
    "reports.compute_known_years": {
        "task": "reports.tasks.request_known_years",
        "schedule": crontab(hour=21, minute=0),  # 04:00 in Tomsk
    },
    "parties.sweep_files": {"task": "parties.tasks.sweep_files", "schedule": crontab(hour=20, minute=0)},  # 03:00
    "trade.sweep_imports": {"task": "trade.tasks.sweep_imports", "schedule": IMPORT_SWEEP},
}

# --- API ------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "parties.authentication.KnoxToken",
        "parties.authentication.TokenAsPassword",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter like any other, and no part of the addresses of records
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cooperation API",
    "DESCRIPTION": "Agreements, meetings, projects, trade figures and yearly reports, each record with its sources.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
}

# --- History --------------------------------------------------------------------------
# Actor and request are kept in each event row itself: writers then share no context row.
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField(null=True)
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

# --- Logs -----------------------------------------------------------------------------
_CONSOLE_LOGS = environment.choice("LOG_FORMAT", "json", ("json", "console")) == "console"
_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(
                    # Plain: drawing the local variables of a deep traceback holds the whole process for minutes.
                    [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
                    if _CONSOLE_LOGS
                    else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
                ),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {
        "handlers": ["console"],
        "level": environment.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "WARNING"}},
}
