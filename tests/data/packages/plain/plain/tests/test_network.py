"""What a test step may reach. The test that made this package listens on $PLAIN_PORT of the loopback address."""
import os
import socket

import pytest


def test_reaches_no_network():
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(os.environ["PLAIN_PORT"])), timeout=10).close()


def test_sees_only_its_own_loopback():
    with open("/proc/net/dev") as devices:
        names = [line.split(":")[0].strip() for line in devices if ":" in line]
    assert names == ["lo"]
