"""package_facts.py MODULE : imports it and prints what runtime and package say of themselves, as name=value lines."""
import importlib
import platform
import sys


def tell(name, value):
    print("%s=%s" % (name, " ".join(str(value).split())))


def main():
    tell("runtime_implementation", platform.python_implementation())
    tell("runtime_version", ".".join(str(part) for part in sys.version_info[:3]))
    if hasattr(sys, "pypy_version_info"):
        tell("runtime_pypy_version", ".".join(str(part) for part in sys.pypy_version_info[:3]))
    tell("runtime_bits", sys.maxsize.bit_length() + 1)
    tell("runtime_byteorder", sys.byteorder)
    tell("runtime_libc", " ".join(platform.libc_ver()))
    if len(sys.argv) > 1 and sys.argv[1]:
        module = importlib.import_module(sys.argv[1])
        tell("package_version", getattr(module, "__version__", "unknown"))
        tell("package_file", getattr(module, "__file__", None) or "unknown")


if __name__ == "__main__":
    main()
