"""The answer that a browser waits for before it sends a file outlives the beginning of the next run of the page."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from pages.parts.lost_uploads import keep_upload_answers


@pytest.fixture
def queue(monkeypatch):
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # put back afterwards
    keep_upload_answers()
    queue = ForwardMsgQueue()
    answer, old = ForwardMsg(), ForwardMsg()
    answer.file_urls_response.response_id = "one file"
    old.delta.new_element.text.body = "of the run before"
    for message in (old, answer):
        queue.enqueue(message)
    return queue


def kinds(queue: ForwardMsgQueue) -> list[str]:
    return [message.WhichOneof("type") for message in queue.flush()]


@pytest.mark.parametrize("of_run", [{}, {"fragment_ids_this_run": ["one"]}])
def test_the_answer_outlives_the_beginning_of_a_run_once(queue, of_run):
    queue.clear(retain_lifecycle_msgs=True, **of_run)
    assert kinds(queue).count("file_urls_response") == 1


def test_what_was_sent_is_forgotten(queue):
    assert kinds(queue) == ["delta", "file_urls_response"]
    assert queue.is_empty
