"""Why a machine cannot be reached: each reason has its own words, within the time limit."""
import os
import socket
import subprocess
import threading
import time

import pytest

from real_sshd import fingerprint, make_key, public

CONNECT_SECONDS = 3


def refused(lab, name, *words, seconds=CONNECT_SECONDS + 3):
    """What labctl says when `name` cannot be reached; every one of the words is in it."""
    begun = time.monotonic()
    done = lab.run(name, "echo it ran", status=4)
    assert time.monotonic() - begun < seconds
    assert "it ran" not in done.stdout
    for word in words:
        assert word in done.said, done.said
    return done.said


@pytest.fixture
def target(lab):
    def make(name, *arguments, **more):
        more.setdefault("connect_limit", "%ds" % CONNECT_SECONDS)
        lab.target(name, *arguments, **more)
        return name
    return make


def test_unknown_host_key(lab, server, keys, target):
    said = refused(lab, target("one", server, key=keys["good"]), "unknown host key", "ssh-ed25519",
                   fingerprint(server.host_key), "labctl target trust one")
    assert "changed" not in said


def test_changed_host_key(lab, server, keys, target, tmp_path):
    other = make_key(tmp_path / "other")
    lab.know("# a comment\n", server.known_line(key=other))
    said = refused(lab, target("one", server, key=keys["good"]), "host key has changed", fingerprint(server.host_key),
                   fingerprint(other), "line 2", "administrator")
    assert "unknown" not in said


def test_revoked_host_key(lab, server, keys, target):
    lab.know(server.known_line(), "@revoked * %s\n" % public(server.host_key))
    refused(lab, target("one", server, key=keys["good"]), "revoked")


def test_key_of_another_type_is_known(lab, server, keys, target, tmp_path):
    lab.know(server.known_line(key=make_key(tmp_path / "other", "ecdsa")))
    refused(lab, target("one", server, key=keys["good"]), "is not known", "only its ecdsa-sha2-nistp256 key", "trust one")


def test_the_known_type_is_asked_for(lab, servers, keys, target, tmp_path):
    ecdsa = make_key(tmp_path / "second", "ecdsa")
    server = servers(extra=["HostKey %s" % ecdsa])
    lab.know(server.known_line(key=ecdsa))
    lab.run(target("one", server, key=keys["good"]), "true")


def test_hashed_names_are_known(lab, server, keys, target):
    lab.know(server.known_line())
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(lab.known_hosts)], check=True, stderr=subprocess.DEVNULL)
    assert "|1|" in lab.known_hosts.read_text() and server.host not in lab.known_hosts.read_text()
    lab.run(target("one", server, key=keys["good"]), "true")


def test_wrong_user_key(lab, server, keys, target):
    lab.know(server.known_line())
    refused(lab, target("one", server, key=keys["wrong"]), "does not let", str(keys["wrong"]), "ssh-copy-id")


def test_no_key_at_all(lab, server, target):
    lab.know(server.known_line())
    refused(lab, target("one", server), "no key to log in with", "key_file")


def test_rsa_user_key(lab, server, keys, target):
    server.authorized.write_text(public(keys["rsa"]) + "\n")
    lab.know(server.known_line())
    refused(lab, target("one", server, key=keys["rsa"]), "does not let", "RSA", "ed25519")


def test_ecdsa_user_key(lab, server, keys, target):
    server.authorized.write_text(public(keys["ecdsa"]) + "\n")
    lab.know(server.known_line())
    lab.run(target("one", server, key=keys["ecdsa"]), "true")


def test_server_with_only_an_rsa_host_key(lab, servers, keys, target):
    server = servers(host_kind="rsa")
    lab.know(server.known_line())
    refused(lab, target("one", server, key=keys["good"]), "no way to exchange keys", "RSA", "ed25519 host key")


def test_encrypted_key_without_agent(lab, server, keys, target):
    lab.know(server.known_line())
    refused(lab, target("one", server, key=keys["locked"]), "passphrase", "ssh-add %s" % keys["locked"])


def test_key_file_that_is_not_there(lab, server, target, tmp_path):
    lab.know(server.known_line())
    done = lab.run(target("one", server, key=tmp_path / "none"), "true", status=None)
    assert done.returncode != 0
    assert "No such file" in done.said and "ssh-keygen" in done.said


def test_public_key_instead_of_the_private_one(lab, server, keys, target):
    lab.know(server.known_line())
    done = lab.run(target("one", server, key="%s.pub" % keys["good"]), "true", status=None)
    assert done.returncode != 0
    assert "public key" in done.said and "without .pub" in done.said


def test_key_file_that_is_none(lab, server, target, tmp_path):
    (tmp_path / "odd").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")
    lab.know(server.known_line())
    done = lab.run(target("one", server, key=tmp_path / "odd"), "true", status=None)
    assert done.returncode != 0 and "no private key" in done.said


def test_server_that_takes_no_keys(lab, servers, keys, target):
    server = servers(extra=["PubkeyAuthentication no", "KbdInteractiveAuthentication yes"])
    lab.know(server.known_line())
    refused(lab, target("one", server, key=keys["good"]), "with a key", "PubkeyAuthentication")


def test_closed_port(lab, keys, target):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0)) # bound, and nobody listens
        refused(lab, target("one", host="127.0.0.1", port=taken.getsockname()[1], key=keys["good"]), "connection refused",
                "SSH server")


def test_name_that_nobody_has(lab, keys, target):
    refused(lab, target("one", host="no-such-machine.invalid", port=22, key=keys["good"]), "no-such-machine.invalid")


class Odd:
    """A server that does `talk` with each connection."""

    def __init__(self, talk):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.kept = []
        self.accepted = 0
        threading.Thread(target=self.serve, args=(talk,), daemon=True).start()

    def serve(self, talk):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            self.kept.append(connection)
            talk(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for connection in self.kept:
            connection.close()


def test_silent_host(lab, keys, target):
    with Odd(lambda connection: None) as odd:
        refused(lab, target("one", host="127.0.0.1", port=odd.port, key=keys["good"]), "says nothing")


def test_host_that_stops_within_the_key_exchange(lab, keys, target):
    with Odd(lambda connection: connection.sendall(b"SSH-2.0-odd\r\n")) as odd:
        refused(lab, target("one", host="127.0.0.1", port=odd.port, key=keys["good"]), "does not exchange keys in time")


def test_other_protocol(lab, keys, target):
    def talk(connection):
        connection.sendall(b"HTTP/1.1 400 Bad \x1b[31mRequest\r\n\r\n")
        connection.close()
    with Odd(talk) as odd:
        said = refused(lab, target("one", host="127.0.0.1", port=odd.port, key=keys["good"]), "no SSH greeting", "HTTP/1.1 400")
        assert "\x1b" not in said


def test_busy_server_is_tried_again(lab, keys, target):
    with Odd(lambda connection: connection.close()) as odd:
        refused(lab, target("one", host="127.0.0.1", port=odd.port, key=keys["good"]), "closed the connection")
        assert odd.accepted > 1


def test_the_others_finish(lab, server, keys, target):
    """A target that is well, beside one of each of the usual troubles."""
    lab.know(server.known_line())
    target("well", server, key=keys["good"])
    target("key", server, key=keys["wrong"])
    with Odd(lambda connection: None) as silent, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        target("silent", host="127.0.0.1", port=silent.port, key=keys["good"])
        target("closed", host="127.0.0.1", port=taken.getsockname()[1], key=keys["good"])
        begun = time.monotonic()
        done = lab.run("well,key,silent,closed", "echo I am well", status=4)
        assert time.monotonic() - begun < CONNECT_SECONDS + 5
    assert "I am well" in done.stdout
    for word in ("does not let", "says nothing", "connection refused"):
        assert word in done.said


# ---- agents ----

@pytest.fixture
def agent(tmp_path):
    """The environment of an agent, and a function that loads keys into it."""
    socket_path = str(tmp_path / "agent")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket_path], stdout=subprocess.DEVNULL)
    while not os.path.exists(socket_path):
        time.sleep(0.02)
    environment = {"SSH_AUTH_SOCK": socket_path}

    def load(key, passphrase=None):
        answers = dict(os.environ, **environment)
        if passphrase:
            script = tmp_path / "askpass"
            script.write_text("#!/bin/sh\necho '%s'\n" % passphrase)
            script.chmod(0o700)
            answers.update(SSH_ASKPASS=str(script), SSH_ASKPASS_REQUIRE="force", DISPLAY="none")
        subprocess.run(["ssh-add", "-q", str(key)], check=True, env=answers, stdin=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    yield environment, load
    process.kill()
    process.wait()


def test_key_from_the_agent(lab, server, keys, target, agent):
    environment, load = agent
    lab.know(server.known_line())
    target("one", server, agent=True)
    assert "holds none" in lab.run("one", "true", status=4, environment=environment).said
    load(keys["wrong"])
    assert "keys of the SSH agent" in lab.run("one", "true", status=4, environment=environment).said
    load(keys["good"])
    lab.run("one", "true", environment=environment)


def test_encrypted_key_in_the_agent(lab, server, keys, target, agent, tmp_path):
    """It is offered first: a server allows few tries."""
    environment, load = agent
    server.authorized.write_text(public(keys["locked"]) + "\n")
    lab.know(server.known_line())
    for i in range(7):
        load(make_key(tmp_path / ("more%d" % i)))
    load(keys["locked"], "not to be guessed")
    lab.run(target("one", server, key=keys["locked"], agent=True), "true", environment=environment)


# ---- jump hosts ----

def test_jump_hosts(lab, servers, keys, target):
    first, second, last = servers(), servers(), servers()
    lab.know(first.known_line(), second.known_line(), last.known_line())
    jump = [{"host": s.host, "port": s.port} for s in (first, second)]
    target("near", last, key=keys["good"], jump=jump[:1])
    target("far", last, key=keys["good"], jump=jump)
    assert "arrived" in lab.run("near", "echo arrived").stdout
    assert "arrived" in lab.run("far", "echo arrived").stdout
    # Both went that way, and nobody is left behind.
    assert "direct-tcpip" in second.log.read_text() or "Accepted publickey" in second.log.read_text()
    for server in (first, second, last):
        for _ in range(250):
            if not server.sessions():
                break
            time.sleep(0.02)
        assert not server.sessions()


def test_much_through_a_jump_host(lab, servers, keys, target):
    first, last = servers(), servers()
    lab.know(first.known_line(), last.known_line())
    target("near", last, key=keys["good"], jump=[{"host": first.host, "port": first.port}])
    done = lab.run("near", "head -c 10000000 /dev/zero | tr '\\0' x")
    assert done.stdout.count("x") >= 10000000


def test_unknown_jump_host(lab, servers, keys, target):
    first, last = servers(), servers()
    lab.know(last.known_line())
    target("near", last, key=keys["good"], jump=[{"host": first.host, "port": first.port}])
    refused(lab, "near", "jump host", "unknown host key", str(first.port), "labctl target trust near")


def test_closed_port_behind_a_jump_host(lab, servers, keys, target):
    first = servers()
    lab.know(first.known_line())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        target("near", host="127.0.0.1", port=port, key=keys["good"], jump=[{"host": first.host, "port": first.port}])
        refused(lab, "near", "jump host", "cannot pass on", str(port))


# ---- trust ----

def test_trust(lab, servers, keys, target):
    first, last = servers(), servers()
    target("one", last, key=keys["good"], jump=[{"host": first.host, "port": first.port}])
    done = lab.labctl("target", "trust", "one", "--yes")
    said = done.said
    for server in (first, last):
        assert fingerprint(server.host_key) in said
        assert server.known_line().strip() in lab.known_hosts.read_text()
    before = lab.known_hosts.read_text()
    lab.labctl("target", "trust", "one", "--yes")
    assert lab.known_hosts.read_text() == before
    lab.run("one", "true")


def test_trust_asks_first(lab, server, keys, target):
    target("one", server, key=keys["good"])
    lab.labctl("target", "trust", "one", status=None)
    assert lab.known_hosts.read_text() == ""


def test_trust_is_not_blind(lab, server, keys, target, tmp_path):
    lab.know(server.known_line(key=make_key(tmp_path / "other")))
    before = lab.known_hosts.read_text()
    target("one", server, key=keys["good"])
    done = lab.labctl("target", "trust", "one", "--yes", status=None)
    assert done.returncode != 0 and "changed" in done.said
    assert lab.known_hosts.read_text() == before
