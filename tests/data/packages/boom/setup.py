from setuptools import Extension, setup

setup(name="boom", version="@VERSION@", packages=["boom", "boom.tests"], ext_modules=[Extension("boom._boom", ["boom/_boom.c"])])
