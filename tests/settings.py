"""The settings of a test run: Beckon's own, on engines of the run's own."""

from tests import engines

engines.start()

from marketplace.settings import *  # noqa: E402, F403

DATABASES["default"]["OPTIONS"]["options"] = ""  # noqa: F405  a test may sit idle in its transaction
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = None  # static files come from their sources; WhiteNoise would warn of a folder not collected yet
