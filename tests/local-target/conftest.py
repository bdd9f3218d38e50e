import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))

import package_index  # noqa: E402

PACKAGES = (("boom", "1.0"), ("hang", "1.0"), ("plain", "1.0"), ("plain", "2.0"), ("unbuildable", "1.0"))


@pytest.fixture(scope="session")
def archives(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archives")
    for name, version in PACKAGES:
        package_index.make_archive(name, version, folder)
    return folder


@pytest.fixture(scope="session")
def index(archives):
    with package_index.serve(archives) as served:
        yield served
