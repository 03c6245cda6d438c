"""All settings. What differs between installations comes from environment variables."""

import logging
import os
from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .cache import optional
from .environment import env_file
from .environment.variables import Variables

BASE_DIR = Path(__file__).resolve().parent.parent
SANDBOX_KEY = "sk_conductor_sandbox"

env_file.load(BASE_DIR / ".env")
env = Variables(os.environ)

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.exact("SECRET_KEY")
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured("SECRET_KEY is not set. Put a long random text into the environment or .env.")
    SECRET_KEY = "only-for-a-demo-or-development-on-this-machine"  # noqa: S105 - never used with real keys
# Earlier keys: what they have sealed in the database (tenants/sealing.py) and signed can still be read.
SECRET_KEY_FALLBACKS = env.keys("SECRET_KEY_FALLBACKS")
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", LOCAL_HOSTS)
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS")

CONDUCTOR_SECRET_KEY = env.text("CONDUCTOR_SECRET_KEY", SANDBOX_KEY if DEMO else "")
# Conductor's second key, which only makes connection links; "" if companies are connected with its dashboard.
CONDUCTOR_PUBLISHABLE_KEY = env.text("CONDUCTOR_PUBLISHABLE_KEY", "pk_conductor_sandbox" if DEMO else "")
CONDUCTOR_BASE_URL = env.address("CONDUCTOR_BASE_URL", "https://api.conductor.is/v1")
# The vendor's own time limit for a write, sent with every save: no answer to that write can arrive later.
CONDUCTOR_WRITE_TIMEOUT = env.whole("CONDUCTOR_WRITE_TIMEOUT", 60)
CONDUCTOR_READ_TIMEOUT = env.whole("CONDUCTOR_READ_TIMEOUT", 90)
# How long a change waits for a company that does not answer. After that it is not sent, which asks its author.
QUEUED_HOURS = env.number("QUEUED_HOURS", 12.0)
BIGCAPITAL_BASE_URL = env.address("BIGCAPITAL_BASE_URL")
BIGCAPITAL_TIMEOUT = env.whole("BIGCAPITAL_TIMEOUT", 30)
# The sandbox's own keys, which are public; a demo uses no other.
BIGCAPITAL_SANDBOX_KEYS = {f"bc_{digits * 12}" for digits in ("5a4db0c5", "70c10ea5")}
if DEMO and CONDUCTOR_SECRET_KEY != SANDBOX_KEY:
    raise ImproperlyConfigured(
        "DEMO=1 signs anybody in and so works only with the sandbox's key. Unset one of the two."
    )

INSTALLED_APPS = [
    "config",
    "tenants",
    "books",
    "edits",
    "overview",
    "administration",
    "customers",
    "bills",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "csp",
    "django.contrib.admin.apps.SimpleAdminConfig",  # its site is our own, which finds no tables by itself
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "config.middleware.PagesCallNoVendor",
    "config.middleware.CompressedPages",  # outside of all that look at an answer's text
    "config.middleware.SayInOwnSpot",
    "config.health.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.SamePolicy",
    "config.bodies.BoundedBodies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.SignInRequired",
    "config.middleware.NoNulInAddresses",
    "config.middleware.NothingKept",
    "config.errors.ErrorPages",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, object]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["config.template_loader.Loader", "django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.page",
            ],
            "builtins": ["config.templatetags.ui"],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "APP_DIRS": True,  # those of Django's own inputs
        "OPTIONS": {"environment": "config.jinja.environment"},
    },
]

FORM_RENDERER = "config.jinja.FormRenderer"

(BASE_DIR / "var").mkdir(exist_ok=True)
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'desk.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": env.whole("SQLITE_TIMEOUT", 20),
        # Not mapped to memory: whenever another process has written, SQLite maps the file anew, a seventh of a save.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;"
        "PRAGMA temp_store=MEMORY;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A server that accepts the connection and does not answer must not block a page, or a worker, for long; nor may one
    # whose machine or network is gone, which by itself the system would notice after a quarter of an hour.
    gone = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5, **gone, **DATABASES["default"].get("OPTIONS", {})}
    # A pool shared by all threads of a process: opening a connection costs the server a process.
    DATABASE_POOL = env.whole("DATABASE_POOL", 8)
    if DATABASE_POOL and find_spec("psycopg_pool"):
        # It tries to connect again at each request: its own pauses would grow with the length of an outage.
        pool = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10, "reconnect_timeout": 2}
        DATABASES["default"]["OPTIONS"]["pool"] = pool
        DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # else each connection that an outage broke fails a page
DATABASE_WAIT_SECONDS = env.number("DATABASE_WAIT_SECONDS", 30.0)  # at startup, until it answers
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": optional(env.cache("CACHE_URL", "locmemcache://"))}
# The folder of the heartbeat files of workers and timetable; the supervisor sets it.
HEARTBEAT_FOLDER = env.text("HEARTBEAT_FOLDER")
# No task runs longer without a database statement: a read, tried twice, takes its own time limit each time.
STALLED_SECONDS = env.number("STALLED_SECONDS", 2.0 * CONDUCTOR_READ_TIMEOUT + 120)
HUNG_SECONDS = env.number("HUNG_SECONDS", 30.0)

# The queues in the order of a company's line: a person's save, a person's read, the background.
TASKS = {"default": {"BACKEND": "books.engine.backend.TaskTable", "QUEUES": ["saves", "reads", "batches", "sync"]}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Workers on many machines, which Procrastinate coordinates; on SQLite one worker has its own engine.
    if not find_spec("procrastinate"):
        said = "PostgreSQL needs more packages: .venv/bin/pip install --require-hashes -r requirements-extras.txt"
        raise ImproperlyConfigured(said)
    TASKS["default"]["BACKEND"] = "books.queues.backend.TurnsBackend"
    INSTALLED_APPS.append("procrastinate.contrib.django")
    PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # the engine of the worker names its jobs itself
WORKER_SLOTS = env.whole("WORKER_SLOTS", 320)  # companies that are asked at the same time
# How long a worker gives no sign before another one takes over what it does.
LEASE_SECONDS = env.number("LEASE_SECONDS", 20.0)
# Tells this machine from others whose processes it cannot see although they were booted together, such as containers.
MACHINE = env.text("MACHINE")
# Threads of the worker that do not wait for a vendor at the same time; each has a database connection.
WORKER_PERMITS = env.whole("WORKER_PERMITS", 2)

# The requests made to vendors are noted for their health and usage, together every so many seconds; 0: they are not.
REQUEST_LOG_SECONDS = env.number("REQUEST_LOG_SECONDS", 5.0)

AUTHENTICATION_BACKENDS = ["tenants.sign_in.people.NameOrOwnAddress"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_ADAPTER = "tenants.sign_in.people.NobodySignsUp"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "tenants.sign_in.forms.SignInForm",
    "change_password": "tenants.sign_in.forms.PasswordChangeForm",
    "reset_password": "tenants.sign_in.forms.PasswordResetForm",
    "reset_password_from_key": "tenants.sign_in.forms.NewPasswordForm",
    "user_token": "tenants.sign_in.forms.KeyForm",
    "reauthenticate": "tenants.sign_in.factor_forms.PasswordAgainForm",
}
# Whether everybody has to set up a second factor, or only members of companies that ask for one.
SECOND_FACTOR_REQUIRED = env.choice("SECOND_FACTOR", "optional", "required") == "required"
MFA_ADAPTER = "tenants.sign_in.factors.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Ledgerdesk"
MFA_TOTP_TOLERANCE = 1  # a code before and after the current one: telephones' clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # else it looks into allauth's table of email addresses, which is not used here
MFA_FORMS = {
    "authenticate": "tenants.sign_in.factor_forms.CodeForm",
    "authenticate_webauthn": "tenants.sign_in.factor_forms.PasskeyForm",
    "activate_totp": "tenants.sign_in.factor_forms.NewAppForm",
    "add_webauthn": "tenants.sign_in.factor_forms.NewPasskeyForm",
}
# allauth counts wrong passwords per account, wherever they come from, and so locks out the owner along with the
# attacker; and it keeps the counts in the cache, which is separate for each process.
# `tenants/sign_in/guessing.py` counts instead.
ACCOUNT_RATE_LIMITS = False
# allauth's backend writes rows into its table of email addresses, which is not used here.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class's path; the name has "PASSWORD" in it
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Ledgerdesk: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Without a mail server no mail is written anywhere: it contains a link that sets a password.
HAS_MAIL = bool(env.text("EMAIL_URL"))
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "ledgerdesk@localhost")
EMAIL_TIMEOUT = 15
# Where Ledgerdesk is for people: what the links in its emails begin with.
_HOST = next((host.lstrip(".") for host in ALLOWED_HOSTS if host not in LOCAL_HOSTS), "")
SITE_URL = env.address("SITE_URL", f"https://{_HOST}" if _HOST else "http://127.0.0.1:8000")
if HAS_MAIL:
    vars().update(env.mail("EMAIL_URL"))
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS=* would let anybody choose where an emailed link leads. Name Ledgerdesk's own hosts."
        )

LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.processes.static.JoinedStaticFiles"
    },
}

# Fields that a role may not see: {"viewer": ["customers.balance", "bills.expense_lines.memo"]}. Nothing sets it so
# far: it is read by `tenants.access.visible` alone, and people get a page for it later.
HIDDEN_FIELDS: dict[str, list[str]] = {}

# A bill of 1,000 lines with every column changed, sixteen inputs a line, plus its header.
MAX_BILL_LINES = 1000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 17 * MAX_BILL_LINES
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
# Without a session: the form that the sign-in page carries, and one to be packed for it
# (edits/editor/session_rescue.py).
ANONYMOUS_BODY_MAX = 512 * 1024
FILE_UPLOAD_HANDLERS = ["config.bodies.FilesInMemory"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_HTTPS = env.flag("SECURE_HTTPS", default=not (DEBUG or DEMO))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SECURE_SSL_REDIRECT = False  # the reverse proxy does that
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_HTTPS else 0
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# How many proxies append to X-Forwarded-For on the way here. Entries to the left of theirs cannot be trusted.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXIES", int(BEHIND_PROXY))
SESSION_ENGINE = "tenants.sessions"
SESSION_COOKIE_NAME = "desk_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Without "Keep me signed in" a session ends with the browser, and here after a working day at the latest.
SESSION_COOKIE_AGE = 16 * 3600
KEEP_SIGNED_IN_AGE = 14 * 24 * 3600
# Without a sign of the person it ends sooner: after more than a lunch; if it is kept, after more than a long weekend.
SESSION_IDLE_SECONDS = 60.0 * env.whole("SESSION_IDLE_MINUTES", 120)
KEPT_IDLE_SECONDS = 3600.0 * env.whole("SESSION_KEPT_IDLE_HOURS", 96)
CSRF_COOKIE_NAME = "desk_csrf"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", "DEBUG", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "outage": {"()": "config.unavailable.OneLineAnOutage"},
        "links": {"()": "tenants.secret_links.SecretLinks"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outage", "links"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # httpx logs whole URLs; our own log entry has company and request id, without the query
    # and Procrastinate three lines a job, which say less than those of its task
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore", "procrastinate")},
}
# What no line says is not looked up for each of them: who wrote it, in which thread, process and task. That takes as
# long as the rest of a line.
vars(logging).update(
    _srcfile=None, logThreads=False, logProcesses=False, logMultiprocessing=False, logAsyncioTasks=False
)
