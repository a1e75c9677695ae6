"""Sends the requests that a Python client makes to Apple's hosts to the sandbox instead.

Python imports this module at its start if its folder is in PYTHONPATH. SANDBOX is the origin of the sandbox. The client is
not changed: it builds its URLs, headers and bodies as it would for Apple. A request to any other host is an error, so
nothing leaves this machine.
"""

import os
from urllib.parse import urlsplit, urlunsplit

import requests.adapters

APPLE = {"account.apple.com", "api-business.apple.com", "api-school.apple.com"}
SANDBOX = urlsplit(os.environ["SANDBOX"])

_send = requests.adapters.HTTPAdapter.send


def send(adapter, request, **options):
    url = urlsplit(request.url)
    if url.scheme == "https" and url.netloc in APPLE:
        url = url._replace(scheme=SANDBOX.scheme, netloc=SANDBOX.netloc)
        request.url = urlunsplit(url)
    elif url.netloc != SANDBOX.netloc:
        raise RuntimeError(f"{url.netloc} is neither Apple's nor the sandbox")
    return _send(adapter, request, **options)


requests.adapters.HTTPAdapter.send = send
