from setuptools import setup

setup(name="plain", version="@VERSION@", packages=["plain", "plain.tests"])
