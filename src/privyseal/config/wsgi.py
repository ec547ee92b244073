"""The web application as any WSGI server loads it."""

import os

from django.core.wsgi import get_wsgi_application

from privyseal.config import serving

serving.end_with_server()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
application = get_wsgi_application()
