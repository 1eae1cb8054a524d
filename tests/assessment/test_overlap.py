"""Steps that overlap: the same items in the same order, never far ahead, nothing left behind."""

import threading

import pytest

from peea.assessment.overlap import ahead
from peea.language import Language, current_language, using_language


def others() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "ahead"}


def test_items_come_in_order_and_the_thread_ends():
    assert list(ahead(range(50), 3)) == list(range(50))
    assert not others()


def test_no_more_is_fetched_than_was_allowed():
    fetched = []

    def items():
        for number in range(20):
            fetched.append(number)
            yield number

    for taken, _ in enumerate(ahead(items(), 2), start=1):
        # Two held, one in the thread's hands, one being made.
        assert len(fetched) <= taken + 4


def test_an_error_comes_after_the_items_before_it():
    def items():
        yield from range(3)
        raise OSError("the disk is gone")

    made = ahead(items(), 5)
    assert [next(made), next(made), next(made)] == [0, 1, 2]
    with pytest.raises(OSError, match="the disk is gone"):
        next(made)
    assert not others()


def test_closing_early_closes_the_source_even_through_two_steps():
    closed = []

    def endless():
        try:
            number = 0
            while True:
                yield (number := number + 1)
        finally:
            closed.append(True)

    doubled = ahead((2 * number for number in ahead(endless(), 2)), 2)
    assert [next(doubled), next(doubled)] == [2, 4]
    doubled.close()
    assert closed == [True]
    assert not others()


def test_the_thread_speaks_the_language_of_the_one_who_asks():
    with using_language(Language.CHINESE):
        assert list(ahead((current_language() for _ in range(1)), 1)) == [Language.CHINESE]
