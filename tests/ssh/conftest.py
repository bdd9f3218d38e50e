"""Servers, keys and labs for the tests of this folder."""
import os
from pathlib import Path

import pytest

from real_sshd import Lab, Server, make_key


@pytest.fixture(scope="session", autouse=True)
def privilege_separation_folder():
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """User keys, made once."""
    folder = tmp_path_factory.mktemp("keys")
    return {"good": make_key(folder / "good"), "wrong": make_key(folder / "wrong"), "rsa": make_key(folder / "rsa", "rsa"),
            "ecdsa": make_key(folder / "ecdsa", "ecdsa"),
            "locked": make_key(folder / "locked", passphrase="not to be guessed")}


@pytest.fixture
def servers(tmp_path, keys):
    started = []

    def start(**more):
        folder = tmp_path / ("server%d" % len(started))
        folder.mkdir()
        started.append(Server(folder, keys["good"], **more))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(servers):
    return servers()


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)


@pytest.fixture
def there(lab, server, keys):
    """A lab with one target, known and open: its name."""
    lab.target("there", server, key=keys["good"])
    lab.know(server.known_line())
    return "there"
