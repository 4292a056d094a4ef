"""Functions of WebSocket APIs call back to the host that their events name, over TLS and on port 443, as they must on AWS. That host is
the gateway that sent the event, so such connections go to where it listens; the Host field and the signature stay what the function made.
No other host is touched. Loaded with the first such event.
"""

import http.client
import socket
from urllib.parse import urlsplit

_hosts = set()
_gateway = None


def add(domain_name, endpoint):
    """From now on connections to `domain_name` go to `endpoint`, the gateway's URL."""
    global _gateway
    if _gateway is None:
        parts = urlsplit(endpoint)
        _gateway = (parts.hostname, parts.port or 80)
        _patch(http.client.HTTPSConnection)
        try:
            import urllib3.connection
        except ImportError:
            pass
        else:
            _patch(urllib3.connection.HTTPSConnection)
    _hosts.add(domain_name.lower())


def _patch(connection):
    connect = connection.connect

    def routed(self):
        if (self.host or "").lower() not in _hosts:
            return connect(self)
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else 30
        self.sock = socket.create_connection(_gateway, timeout)
        # urllib3 warns about connections whose certificate nobody looked at; this one has none to look at.
        self.is_verified = True
        return None

    connection.connect = routed
