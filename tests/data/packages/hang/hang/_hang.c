#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <unistd.h>

static PyObject *twice(PyObject *self, PyObject *args)
{
	long number;

	(void)self;
	if (!PyArg_ParseTuple(args, "l", &number))
		return NULL;
	return PyLong_FromLong(2 * number);
}

/* The interpreter's lock stays held: no Python code, and no Python signal handler, ever runs again in this process. */
static PyObject *wait_for_ever(PyObject *self, PyObject *args)
{
	(void)self;
	(void)args;
	for (;;)
		pause();
}

static PyMethodDef methods[] = {
	{ "twice", twice, METH_VARARGS, "Twice a number." },
	{ "wait_for_ever", wait_for_ever, METH_NOARGS, "Never returns." },
	{ NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = { PyModuleDef_HEAD_INIT, .m_name = "hang._hang", .m_size = -1, .m_methods = methods };

PyMODINIT_FUNC PyInit__hang(void)
{
	return PyModule_Create(&module);
}
