"""Compiles the C side of the border for the interpreter at hand, once; later processes find it. There need be no setuptools.

What is compiled lies below $TMPDIR, under a name that changes with the sources and the interpreter.
"""
import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = ("crossing.c", "crossing_extension.c")
DECLARATIONS = """
struct point { long long x; double y; };
long long crossing_add(long long a, long long b);
long long crossing_low_bits(long long n);
double crossing_weigh(double a, double b);
_Bool crossing_invert(_Bool flag);
void crossing_reverse(const char *in, char *out, size_t len);
void crossing_upper(const char *in, char *out, size_t len);
double crossing_total(const double *items, size_t count);
long long crossing_total_of_keys(const char *const *keys, const long long *values, size_t count);
long long crossing_call_back(long long (*function)(long long), long long times);
extern "Python" long long border_step(long long n);
"""


def fingerprint():
    digest = hashlib.sha256("\0".join((sys.version, sys.executable, DECLARATIONS)).encode())
    for name in SOURCES:
        with open(os.path.join(HERE, name), "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()[:16]


def compiler():
    named = (sysconfig.get_config_var("CC") or "").split()
    for name in named[:1] + ["cc", "gcc", "clang"]:
        if shutil.which(name):
            return name
    raise RuntimeError("there is no C compiler")


def compile_c(source, library):
    includes = {sysconfig.get_path("include"), sysconfig.get_path("platinclude"), HERE}
    command = [compiler(), "-O2", "-shared", "-fPIC", "-fwrapv", "-w"] + ["-I" + path for path in sorted(includes)]
    done = subprocess.run(command + [source, "-o", library], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError("cannot be compiled: " + done.stdout.decode("utf-8", "replace").strip())


def write_cffi_source(path):
    from cffi import FFI
    ffi = FFI()
    ffi.cdef(DECLARATIONS)
    ffi.set_source("crossing_cffi", '#include "crossing.c"')
    with contextlib.redirect_stdout(sys.stderr):
        ffi.emit_c_code(path)


def build(way):
    """The path of the library that this way of crossing needs."""
    name = "crossing_" + way
    suffix = ".so" if way == "ctypes" else sysconfig.get_config_var("EXT_SUFFIX") or ".so"
    folder = os.path.join(tempfile.gettempdir(), "labctl-border-" + fingerprint())
    os.makedirs(folder, exist_ok=True)
    library = os.path.join(folder, name + suffix)
    if os.path.exists(library):
        return library
    source = {"extension": os.path.join(HERE, "crossing_extension.c"), "ctypes": os.path.join(HERE, "crossing.c")}.get(way)
    scratch = tempfile.mkdtemp(dir=folder)
    try:
        if source is None:
            source = os.path.join(scratch, name + ".c")
            write_cffi_source(source)
        compile_c(source, os.path.join(scratch, name + suffix))
        os.rename(os.path.join(scratch, name + suffix), library)
    finally:
        shutil.rmtree(scratch)
    return library


def load_module(way):
    name = "crossing_" + way
    spec = importlib.util.spec_from_file_location(name, build(way))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
