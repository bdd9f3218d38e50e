#include <Python.h>

PyMODINIT_FUNC PyInit__broken(void)
{
	return a_name_that_nothing_declares;
}
