"""The ASGI application."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("BECKON_PROCESS", "web")  # connections come from a pool
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

application = get_asgi_application()
gc.freeze()  # what start-up made stays: no collection during a request walks through it again
