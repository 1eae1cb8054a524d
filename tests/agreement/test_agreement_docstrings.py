"""Every statistic says its formula's source and shows an example that runs."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import peea.agreement

MODULES = [
    "peea.agreement",
    *(f"peea.agreement.{module.name}" for module in pkgutil.iter_modules(peea.agreement.__path__)),
]
FUNCTIONS = [name for name in peea.agreement.__all__ if inspect.isfunction(getattr(peea.agreement, name))]
NO_STATISTIC = {"ratings_from_long", "ratings_from_wide"}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_parameters_source_and_example(name):
    text = inspect.getdoc(getattr(peea.agreement, name))
    sections = ["Parameters\n---", "Examples\n---", *([] if name in NO_STATISTIC else ["References\n---"])]
    assert [section for section in sections if section not in text] == []
