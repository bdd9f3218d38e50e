"""make_venv.py FOLDER : an environment for this interpreter with a pip of its own; it also sees what the system has.

The wheels of pip and setuptools that ensurepip would install are only unpacked: ensurepip compiles every file of them,
which takes minutes under emulation, while pip uses a small part.
"""
import glob
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile


def bundled(name):
    import ensurepip
    folders = [os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"), sysconfig.get_config_var("WHEEL_PKG_DIR"),
               "/usr/share/python-wheels"]
    for folder in filter(None, folders):
        found = glob.glob(os.path.join(folder, name + "-*-py3-none-any.whl")) + \
            glob.glob(os.path.join(folder, name + "-*-py2.py3-none-any.whl"))
        if found:
            return max(found)
    return None


def main():
    folder = sys.argv[1]
    try:
        pip = bundled("pip")
    except ImportError:
        sys.exit("labctl: the runtime cannot make an environment for pip: its module ensurepip is missing")
    venv.create(folder, system_site_packages=True, symlinks=True, with_pip=not pip)
    if not pip:
        return
    python = os.path.join(folder, "bin", "python")
    answer = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    site = answer.decode().strip()
    for wheel in filter(None, (pip, bundled("setuptools"))):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(site)


if __name__ == "__main__":
    main()
