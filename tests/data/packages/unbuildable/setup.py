from setuptools import Extension, setup

setup(name="unbuildable", version="@VERSION@", packages=["unbuildable"],
      ext_modules=[Extension("unbuildable._broken", ["unbuildable/_broken.c"])])
