from setuptools import setup

setup(name="steps", version="@VERSION@", packages=["steps", "steps.tests"])
