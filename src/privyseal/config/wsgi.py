"""The web application as any WSGI server loads it."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from privyseal.config.children import die_with_parent

if parent := os.environ.get("PRIVYSEAL_WEB_MASTER"):
    die_with_parent(signal.SIGKILL, parent=int(parent))

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
application = get_wsgi_application()
