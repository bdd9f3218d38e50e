#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *add(PyObject *self, PyObject *args)
{
	long a, b;

	(void)self;
	if (!PyArg_ParseTuple(args, "ll", &a, &b))
		return NULL;
	return PyLong_FromLong(a + b);
}

/* Both volatile: a compiler that sees through it would leave the store out, or put another trap in its place. */
static PyObject *write_nowhere(PyObject *self, PyObject *args)
{
	volatile int *volatile nowhere = NULL;

	(void)self;
	(void)args;
	*nowhere = 1;
	Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
	{ "add", add, METH_VARARGS, "The sum of two numbers." },
	{ "write_nowhere", write_nowhere, METH_NOARGS, "Ends the interpreter." },
	{ NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = { PyModuleDef_HEAD_INIT, .m_name = "boom._boom", .m_size = -1, .m_methods = methods };

PyMODINIT_FUNC PyInit__boom(void)
{
	return PyModule_Create(&module);
}
