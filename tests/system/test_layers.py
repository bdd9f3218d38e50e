"""ci/check-layers: the tree passes; an include that climbs, or a library known to a second file, does not."""
import shutil
import subprocess
import sys

import pytest
from conftest import SOURCE

CHECK = SOURCE / "ci" / "check-layers"


def check(tree):
    done = subprocess.run([sys.executable, CHECK, tree], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout.decode()


@pytest.fixture
def tree(tmp_path):
    """A copy whose files may be spoilt."""
    shutil.copytree(SOURCE / "orchestrator", tmp_path / "orchestrator",
                    ignore=shutil.ignore_patterns("*.o", ".deps", ".dirstamp"))
    for path in [tmp_path, *tmp_path.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)  # a release is unpacked read-only
    return tmp_path


def test_the_tree_passes(tree):
    status, said = check(SOURCE)
    assert status == 0, said
    assert said.endswith(" 0 includes that climb\n")
    assert check(tree)[0] == 0


SPOILT = [
    ("base/str.c", '#include "lab/lab.h"', "base may not include lab/lab.h"),
    ("lab/vars.c", '#include "plan/plan.h"', "lab may not include plan/plan.h"),
    ("plan/plan.c", '#include "target/target.h"', "plan may not include target/target.h"),
    ("parse/tap.c", '#include "lab/recipe.h"', "parse may not include lab/recipe.h"),
    ("target/target.c", '#include "plan/cell.h"', "target may not include plan/cell.h"),
    ("run/steps.c", '#include "store/store.h"', "run may not include store/store.h"),
    ("run/steps.c", '#include "target/driver.h"', "run may not include target/driver.h"),
    ("analyse/report.c", '#include "store/store.h"', "analyse may not include store/store.h"),
    ("analyse/report.c", '#include "render/render.h"', "analyse may not include render/render.h"),
    ("render/csv.c", '#include "cli/context.h"', "render may not include cli/context.h"),
    ("store/add.c", '#include "analyse/report.h"', "store may not include analyse/report.h"),
    ("lab/lab.h", '  #  include  "run/steps.h"', "lab may not include run/steps.h"),
    ("cli/cmd_check.c", '#include "context.h"', "with its folder"),
    ("run/steps.c", "#include <libssh2.h>", "<libssh2.h> belongs in target/ssh_session.c alone"),
    ("store/query.c", "#include <sqlite3.h>", "<sqlite3.h> belongs in store/db.c alone"),
    ("base/str.h", "#include <pcre2.h>", "<pcre2.h> belongs in base/regex.c alone"),
    ("cli/cmd_show.c", "#include <openssl/evp.h>", "<openssl/evp.h> belongs in base/digest.c alone"),
    ("target/fake.c", "#include <archive_entry.h>", "<archive_entry.h> belongs in base/archive.c alone"),
]


@pytest.mark.parametrize("name, line, says", SPOILT, ids=lambda value: value if "/" in value and " " not in value else "")
def test_a_tree_with_one_such_line_does_not(tree, name, line, says):
    path = tree / "orchestrator" / name
    text = path.read_text()
    path.write_text(line + "\n" + text)
    status, said = check(tree)
    assert status == 1
    assert "%s:1: " % path in said and says in said and said.endswith(" 1 includes that climb\n")


def test_a_folder_on_no_floor(tree):
    (tree / "orchestrator" / "attic").mkdir()
    (tree / "orchestrator" / "attic" / "old.c").write_text("int x;\n")
    status, said = check(tree)
    assert status == 1 and "folder attic is on no floor" in said


def test_no_source_is_no_proof(tmp_path):
    assert check(tmp_path)[0] == 1
