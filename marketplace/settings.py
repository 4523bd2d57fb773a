"""Settings, read from the environment; what is missing or weak is refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import django_stubs_ext
from kombu import Queue

from marketplace.environment import Environment

django_stubs_ext.monkeypatch()  # lets generic Django classes be subscripted at run time

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = Environment.read(BASE_DIR)

DEBUG = False
SECRET_KEY = ENV.secret_key
MASTER_KEYS = ENV.master_keys
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_FAILURE_VIEW = "marketplace.views.out_of_date"
CSRF_TRUSTED_ORIGINS = [ENV.site_url]
DATABASES = ENV.databases
CACHES = ENV.caches
SITE_URL = ENV.site_url
OPERATOR_NAME = ENV.operator_name
OPERATOR_LEGAL_FORM = ENV.operator_legal_form
OPERATOR_ADDRESS = ENV.operator_address
OPERATOR_INCOME = ENV.operator_income
FUNDING_URL = ENV.funding_url
COMPLAINTS_EMAIL = ENV.complaints_email

# Only a machine that talks to itself may do without TLS (environment.py).
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.secure
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by machines on the inner network
SECURE_HSTS_SECONDS = 31_536_000 if ENV.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.secure
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "marketplace",
    "marketplace.audit",
    "marketplace.mail",
    "marketplace.idempotency",
    "accounts",
    "accounts.datastore",
    "rfps",
    "rfps.delivery",
    "rfps.disclosure",
    "bids",
]

MIDDLEWARE = [
    "marketplace.kernel.web.request_id_middleware",
    "marketplace.kernel.headers.headers_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "marketplace.kernel.language.PersonsLanguage",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.views.RefusalPages",
    "accounts.web.visiting.VisitorMiddleware",
    "accounts.web.sessions.SeenMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
ASGI_APPLICATION = "marketplace.asgi.application"
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
                "marketplace.web.operator",
            ]
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our own field and widget templates

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # a mistyped password is mended by a code
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Beginning as a guest, asking for a code, trying one (three times a code, ten times an hour for an address).
ACCOUNT_RATE_LIMITS = {"guest": "120/h/ip", "join": "20/m/ip,3/m/key,12/h/key", "join_code": "60/h/ip,10/h/key"}
LOGIN_REDIRECT_URL = "/"
MFA_ADAPTER = "accounts.web.securing.Adapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Beckon"
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}  # asking for it and answering count one each
MFA_FORMS = {
    "add_webauthn": "accounts.web.securing.AddPasskeyForm",
    "login_webauthn": "accounts.web.securing.EnterForm",
    "authenticate_webauthn": "accounts.web.securing.AskedForm",
    "reauthenticate_webauthn": "accounts.web.securing.AskedAgainForm",
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # static files are served from where they lie; nothing is collected
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# Django's own set-up says nothing of a crash unless it may mail somebody about it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "marketplace.kernel.logs.RequestIdFilter"}},
    "formatters": {
        "discreet": {
            "()": "marketplace.kernel.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "discreet", "filters": ["request_id"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},  # a refusal is an answer, and no news
        "uvicorn.access": {"handlers": ["stderr"], "propagate": False},  # its own formatter writes secret links down
    },
}

EMAIL_BACKEND = ENV.email["EMAIL_BACKEND"]
for _name, _value in ENV.email.items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = ENV.from_email
SERVER_EMAIL = ENV.from_email

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.ScopePermission"],
    "DEFAULT_PARSER_CLASSES": ["marketplace.kernel.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "marketplace.kernel.api.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "marketplace.kernel.api.problems.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["marketplace.kernel.api.throttling.PrincipalThrottle"],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
API_RATE_PER_MINUTE = ENV.api_rate_per_minute
SPECTACULAR_SETTINGS = {
    "TITLE": "Beckon API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "marketplace.kernel.api.naming.name_lists",
        "marketplace.kernel.api.sampling.complete",
    ],
    "COMPONENT_SPLIT_REQUEST": True,  # a body takes no unknown member; an answer may grow
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # no outside host is asked
}

CELERY_BROKER_URL = ENV.broker_url
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # the rows are fenced; let a chunk end
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    # kombu looks for abandoned messages every interval times throttle seconds; its own throttle is 10.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_DB_REUSE_MAX = 1_000_000  # else Celery connects anew around every task
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name) for name in ("fanout", "deliver", "mail", "default")]
CELERY_TASK_ROUTES = {
    "rfps.delivery.tasks.fan_out": {"queue": "fanout"},
    "rfps.delivery.tasks.kick": {"queue": "fanout"},
    "marketplace.mail.tasks.*": {"queue": "mail"},
}
# Celery compares two hosts' clocks, so a hint lives longer than clocks differ.
CELERY_TASK_ANNOTATIONS = {"*": {"expires": 1800}}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory; beat may run twice
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": 1800}}
    for name, task, seconds in (
        ("kick", "rfps.delivery.tasks.kick", 2),
        ("reconcile", "rfps.delivery.tasks.reconcile", 300),
        ("tick", "rfps.tasks.tick", 5),
        ("release", "bids.tasks.release", 300),
        ("wait", "bids.tasks.wait", 60),
        ("digest", "marketplace.mail.tasks.digest", 60),
        ("send-mails", "marketplace.mail.tasks.send_due", 5),
        ("prune-mails", "marketplace.mail.tasks.prune_mails", 3600),
        ("seal-audit", "marketplace.audit.tasks.seal", 5),
        ("forget-guests", "accounts.tasks.forget_guests", 600),
        ("forget-sessions", "accounts.tasks.forget_sessions", 3600),
        ("prune-answers", "marketplace.idempotency.tasks.prune_answers", 600),
    )
}
