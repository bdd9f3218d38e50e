/* The same as crossing.c, as a C extension: objects in, objects out. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include "crossing.c"

static PyObject *add(PyObject *self, PyObject *args)
{
	long long a, b;

	if (!PyArg_ParseTuple(args, "LL", &a, &b))
		return NULL;
	return PyLong_FromLongLong(crossing_add(a, b));
}

static PyObject *low_bits(PyObject *self, PyObject *number)
{
	long long n = PyLong_AsLongLong(number);

	if (n == -1 && PyErr_Occurred())
		return NULL;
	return PyLong_FromLongLong(crossing_low_bits(n));
}

static PyObject *low_bits_unlocked(PyObject *self, PyObject *number)
{
	long long n = PyLong_AsLongLong(number);

	if (n == -1 && PyErr_Occurred())
		return NULL;
	Py_BEGIN_ALLOW_THREADS n = crossing_low_bits(n);
	Py_END_ALLOW_THREADS return PyLong_FromLongLong(n);
}

static PyObject *weigh(PyObject *self, PyObject *args)
{
	double a, b;

	if (!PyArg_ParseTuple(args, "dd", &a, &b))
		return NULL;
	return PyFloat_FromDouble(crossing_weigh(a, b));
}

static PyObject *invert(PyObject *self, PyObject *flag)
{
	int truth = PyObject_IsTrue(flag);

	return truth < 0 ? NULL : PyBool_FromLong(crossing_invert(truth));
}

static PyObject *reverse(PyObject *self, PyObject *data)
{
	char *in;
	Py_ssize_t len;
	PyObject *result;

	if (PyBytes_AsStringAndSize(data, &in, &len) < 0)
		return NULL;
	result = PyBytes_FromStringAndSize(NULL, len);
	if (result)
		crossing_reverse(in, PyBytes_AS_STRING(result), (size_t)len);
	return result;
}

static PyObject *upper(PyObject *self, PyObject *text)
{
	Py_ssize_t len;
	const char *in = PyUnicode_AsUTF8AndSize(text, &len);
	PyObject *result;
	char *out;

	if (!in)
		return NULL;
	out = PyMem_Malloc((size_t)len + 1);
	if (!out)
		return PyErr_NoMemory();
	crossing_upper(in, out, (size_t)len);
	result = PyUnicode_DecodeUTF8(out, len, NULL);
	PyMem_Free(out);
	return result;
}

static PyObject *total(PyObject *self, PyObject *list)
{
	double sum = 0;

	if (!PyList_Check(list))
		return PyErr_Format(PyExc_TypeError, "a list was expected");
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
		sum += PyFloat_AsDouble(PyList_GET_ITEM(list, i));
	return PyErr_Occurred() ? NULL : PyFloat_FromDouble(sum);
}

static PyObject *total_of_keys(PyObject *self, PyObject *dict)
{
	PyObject *key, *value;
	Py_ssize_t at = 0;
	long long sum = 0;

	if (!PyDict_Check(dict))
		return PyErr_Format(PyExc_TypeError, "a dictionary was expected");
	while (PyDict_Next(dict, &at, &key, &value)) {
		const char *name = PyUnicode_AsUTF8(key);
		if (!name)
			return NULL;
		if (name[0] == 'k')
			sum += PyLong_AsLongLong(value);
	}
	return PyErr_Occurred() ? NULL : PyLong_FromLongLong(sum);
}

static PyObject *call_back(PyObject *self, PyObject *args)
{
	PyObject *function;
	long long times, sum = 0;

	if (!PyArg_ParseTuple(args, "OL", &function, &times))
		return NULL;
	for (long long i = 0; i < times; i++) {
		PyObject *answer = PyObject_CallFunction(function, "L", i);
		if (!answer)
			return NULL;
		sum += PyLong_AsLongLong(answer);
		Py_DECREF(answer);
	}
	return PyErr_Occurred() ? NULL : PyLong_FromLongLong(sum);
}

/* Some zeroed memory. */
typedef struct {
	PyObject_HEAD char *memory;
	Py_ssize_t size;
} Block;

static void block_free(PyObject *self)
{
	free(((Block *)self)->memory);
	Py_TYPE(self)->tp_free(self);
}

static PyObject *block_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
	Py_ssize_t size;
	Block *block;

	if (!PyArg_ParseTuple(args, "n", &size))
		return NULL;
	block = (Block *)type->tp_alloc(type, 0);
	if (!block)
		return NULL;
	block->memory = calloc((size_t)size, 1);
	block->size = size;
	if (!block->memory) {
		Py_DECREF(block);
		return PyErr_NoMemory();
	}
	return (PyObject *)block;
}

static Py_ssize_t block_length(PyObject *self)
{
	return ((Block *)self)->size;
}

static PySequenceMethods block_as_sequence = {
	.sq_length = block_length,
};

static PyTypeObject block_type = {
	PyVarObject_HEAD_INIT(NULL, 0).tp_name = "crossing_extension.Block",
	.tp_basicsize = sizeof(Block),
	.tp_flags = Py_TPFLAGS_DEFAULT,
	.tp_new = block_new,
	.tp_dealloc = block_free,
	.tp_as_sequence = &block_as_sequence,
};

typedef struct {
	PyObject_HEAD struct point point;
} Point;

static PyMemberDef point_members[] = {
	{ "x", T_LONGLONG, offsetof(Point, point.x), 0, NULL },
	{ "y", T_DOUBLE, offsetof(Point, point.y), 0, NULL },
	{ NULL, 0, 0, 0, NULL },
};

static PyTypeObject point_type = {
	PyVarObject_HEAD_INIT(NULL, 0).tp_name = "crossing_extension.Point",
	.tp_basicsize = sizeof(Point),
	.tp_flags = Py_TPFLAGS_DEFAULT,
	.tp_new = PyType_GenericNew,
	.tp_members = point_members,
};

static PyMethodDef functions[] = {
	{ "add", add, METH_VARARGS, NULL },
	{ "low_bits", low_bits, METH_O, NULL },
	{ "low_bits_unlocked", low_bits_unlocked, METH_O, NULL },
	{ "weigh", weigh, METH_VARARGS, NULL },
	{ "invert", invert, METH_O, NULL },
	{ "reverse", reverse, METH_O, NULL },
	{ "upper", upper, METH_O, NULL },
	{ "total", total, METH_O, NULL },
	{ "total_of_keys", total_of_keys, METH_O, NULL },
	{ "call_back", call_back, METH_VARARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = {
	PyModuleDef_HEAD_INIT,
	.m_name = "crossing_extension",
	.m_size = -1,
	.m_methods = functions,
};

PyMODINIT_FUNC PyInit_crossing_extension(void)
{
	PyObject *module;

	if (PyType_Ready(&block_type) < 0 || PyType_Ready(&point_type) < 0)
		return NULL;
	module = PyModule_Create(&definition);
	if (!module)
		return NULL;
	Py_INCREF(&block_type);
	Py_INCREF(&point_type);
	if (PyModule_AddObject(module, "Block", (PyObject *)&block_type) < 0 ||
	    PyModule_AddObject(module, "Point", (PyObject *)&point_type) < 0)
		return NULL;
	return module;
}
