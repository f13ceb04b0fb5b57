"""Let Python reach this machine only: with this folder on PYTHONPATH, notebooks have no network.

The path has to be absolute: a kernel starts in the folder of its notebook.
"""

import ipaddress
import sys


def is_here(host: object) -> bool:
    """Tell whether a name or an address is one of this machine's own."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse(event: str, details: tuple) -> None:
    """Refuse what leaves this machine, as a machine without a network does."""
    if event in {"socket.connect", "socket.sendto"} and isinstance(details[1], tuple):
        host = details[1][0]
    elif event == "socket.getaddrinfo":
        host = details[0]
    else:
        return
    if not is_here(host):
        raise OSError(101, f"Network is unreachable: {host!r}")


sys.addaudithook(refuse)
