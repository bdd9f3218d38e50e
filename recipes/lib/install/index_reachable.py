"""index_reachable.py [URL] : ends with 0 when the package index answers, else with 1 and the reason on its last line.

Without a URL it asks for the index that the runtime's own pip would use.
"""
import glob
import sys


def default_index():
    """What pip asks when nobody says otherwise: it knows, and nothing else should."""
    try:
        from pip._internal.models.index import PyPI
    except ImportError:
        for wheel in sorted(glob.glob("/usr/share/python-wheels/pip-*.whl")):
            sys.path.insert(0, wheel)
        from pip._internal.models.index import PyPI
    return PyPI.simple_url


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
