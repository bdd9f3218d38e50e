"""What `make install` puts where, that the installed labctl works from anywhere, and that a release holds every file."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(os.environ["LABCTL_SOURCE"])
BUILD = Path(os.environ["LABCTL_BUILD"])
LIMIT_SECONDS = 120

# What a checkout has and a release does not need, and what only a release has.
CHECKOUT_ONLY = re.compile(r"\.gitignore$|\.ci/|\.github/")
RELEASE_ONLY = re.compile(r"(configure|aclocal\.m4|Makefile\.in|build-aux/[a-z-]+)$")
# What a build leaves in an unpacked release.
BUILT = re.compile(r"(.*/)?(\.deps|__pycache__|autom4te\.cache)/|(_build|_inst|labctl-[0-9.]+)/|.*(\.(o|a|[15])|/\.dirstamp)$|"
                   r"doc/(ba|z)sh/|tests/unit/test_[a-z_]+$|(labctl|Makefile|configure~|config\.(log|status)|labctl-.*\.tar\.xz)$")


def make(*words):
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-C", str(BUILD), "--no-print-directory"] + [str(word) for word in words], env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS)
    assert done.returncode == 0, done.stdout.decode()


def variable(name):
    found = re.search(r"^%s = (.*)$" % name, (BUILD / "Makefile").read_text(), re.M).group(1)
    return re.sub(r"\$[{(](\w+)[})]", lambda match: variable(match.group(1)), found)


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def files_of_checkout():
    """What git knows, or in an unpacked release what lies there."""
    if (SOURCE / ".git").exists():
        listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(SOURCE), "ls-files"], stdout=subprocess.PIPE, check=True)
        return {name for name in listed.stdout.decode().splitlines() if not CHECKOUT_ONLY.match(name)}
    return {name for name in files_below(SOURCE) if not RELEASE_ONLY.match(name) and not BUILT.match(name)}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    root = tmp_path_factory.mktemp("installed")
    make("install", "DESTDIR=%s" % root)
    yield root
    shutil.rmtree(root)


def data_folder(root):
    return root / variable("pkgdatadir").lstrip("/")


def run_installed(root, folder, *words):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "LABCTL_DATA": str(data_folder(root))}
    labctl = root / variable("bindir").lstrip("/") / "labctl"
    return subprocess.run([str(labctl)] + list(words), env=environment, cwd=str(folder), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS)


def test_the_whole_lab_is_installed(installed):
    lab = {"lab.yaml"}
    for part in ("targets", "recipes", "site"):
        lab |= {str(path.relative_to(SOURCE)) for path in (SOURCE / part).rglob("*")
                if path.suffix in (".yaml", ".sh", ".py", ".pyx", ".c", ".html", ".css", ".js", ".svg")}
    assert files_below(data_folder(installed)) == lab | {"labctl-%s.schema.json" % name for name in ("bench", "changes", "history", "report")}


def test_manual_pages_and_completions_are_installed(installed):
    man, data = installed / variable("mandir").lstrip("/"), installed / variable("datarootdir").lstrip("/")
    pages = {path.name[:-len(".in")] for path in (SOURCE / "doc").glob("*.in")}
    assert {path.name for path in man.rglob("*") if path.is_file()} == pages
    assert (data / "bash-completion/completions/labctl").read_text().rstrip().endswith("labctl")
    assert (data / "zsh/site-functions/_labctl").read_text().startswith("#compdef labctl\n")


def test_the_installed_labctl_works_from_anywhere(installed, tmp_path):
    checked = run_installed(installed, tmp_path, "check")
    assert checked.returncode == 0, checked.stdout.decode()
    described = run_installed(installed, tmp_path, "describe").stdout.decode()
    assert "lab       %s " % data_folder(installed) in described
    assert "results   %s/.local/state/labctl/results " % tmp_path in described
    assert "cache     %s/.cache/labctl " % tmp_path in described


def test_results_of_the_installed_lab_go_to_the_state_folder(installed, tmp_path):
    before = files_below(data_folder(installed))
    done = run_installed(installed, tmp_path, "matrix", "numpy", "--target", "demo", "--runtime", "cpython")
    assert done.returncode == 1, done.stdout.decode()  # one of the demo's three tests fails
    assert (tmp_path / ".local/state/labctl/results/lab.sqlite").exists()
    assert files_below(data_folder(installed)) == before


def test_the_program_looks_for_its_lab_where_it_was_installed():
    assert variable("pkgdatadir").encode() in (BUILD / "labctl").read_bytes()


def test_uninstalling_leaves_nothing(tmp_path):
    make("install", "DESTDIR=%s" % tmp_path)
    make("uninstall", "DESTDIR=%s" % tmp_path)
    assert files_below(tmp_path) == set()
    assert not data_folder(tmp_path).exists()


def test_a_release_holds_every_file_and_nothing_else(tmp_path):
    make("distdir", "distdir=%s" % (tmp_path / "release"))
    released = files_below(tmp_path / "release")
    assert {name for name in released if not RELEASE_ONLY.match(name)} == files_of_checkout()
    assert {"configure", "Makefile.in", "aclocal.m4"} <= released


@pytest.mark.parametrize("page", sorted(path.name[:-len(".in")] for path in (SOURCE / "doc").glob("*.in")))
def test_manual_pages_are_clean(page):
    told = subprocess.run(["mandoc", "-T", "lint", str(BUILD / "doc" / page)], stdout=subprocess.PIPE, timeout=LIMIT_SECONDS)
    problems = [line for line in told.stdout.decode().splitlines() if "referenced manual not found" not in line]
    assert not problems


@pytest.mark.parametrize("shell, script", [("bash", "bash/labctl"), ("zsh", "zsh/_labctl")])
def test_completions_are_scripts(shell, script):
    subprocess.run([shell, "-n", str(BUILD / "doc" / script)], check=True, timeout=LIMIT_SECONDS)
