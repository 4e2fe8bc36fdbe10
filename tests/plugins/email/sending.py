"""What tests of e-mail share: to send one item, and a port where nobody listens."""

import socket
from dataclasses import replace

from bordereau.connections.carry import carry
from bordereau.contract import DeliveryResult, Item
from bordereau.testing import consignment_of
from bordereau_email import Email


def send(channel: Email, item: Item, attempt: int = 1) -> DeliveryResult:
    (result,) = carry(channel, replace(consignment_of([item]), attempt=attempt))
    return result


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
