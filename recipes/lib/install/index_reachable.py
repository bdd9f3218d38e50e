"""index_reachable.py [URL] : ends with 0 when the package index answers, else with 1 and the reason on its last line.

Without a URL it asks for the index that the runtime's own pip would use.
"""
import sys


def default_index():
    try:
        import ensurepip  # noqa: F401  (a pip of the runtime's own will come from here)
    except ImportError:
        pass
    try:
        from pip._internal.models.index import PyPI
        return PyPI.simple_url
    except ImportError:
        return index_of_bundled_pip()


def index_of_bundled_pip():
    import glob
    import os
    import ensurepip
    folders = [os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"), "/usr/share/python-wheels"]
    for folder in folders:
        for wheel in sorted(glob.glob(os.path.join(folder, "pip-*.whl"))):
            sys.path.insert(0, wheel)
            from pip._internal.models.index import PyPI
            return PyPI.simple_url
    raise RuntimeError("the runtime has no pip")


def main():
    from urllib.error import HTTPError
    from urllib.request import urlopen
    try:
        url = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] else default_index()
        with urlopen(url, timeout=20) as answer:
            answer.read(1)
    except HTTPError:
        return 0  # it answers; what it thinks of this page does not matter
    except Exception as error:
        reason = getattr(error, "reason", error)
        print(" ".join(str(getattr(reason, "strerror", None) or reason).split()) or type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
