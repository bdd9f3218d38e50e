from setuptools import Extension, setup

setup(name="hang", version="@VERSION@", packages=["hang", "hang.tests"], ext_modules=[Extension("hang._hang", ["hang/_hang.c"])])
