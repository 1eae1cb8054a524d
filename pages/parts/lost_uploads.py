"""A file that is given while the page runs anew is not lost.

Before a browser sends a file it asks the server where to. Streamlit forgets what waits to be sent to the browser when a
run of the page begins, that answer included (1.67, `ForwardMsgQueue.clear`); the field then waits for ever, and takes
no other file either.
"""

from __future__ import annotations

from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

ANSWER = "file_urls_response"


def keep_upload_answers() -> None:
    """Let every queue to a browser keep the answers to files that are about to be sent; to be called once."""
    forget = ForwardMsgQueue.clear

    def clear(queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, **of_run: Any) -> None:
        kept: list[ForwardMsg] = []
        if retain_lifecycle_msgs:  # a run begins; otherwise everything was sent
            kept = [message for message in queue._queue if message.WhichOneof("type") == ANSWER]
        forget(queue, retain_lifecycle_msgs, **of_run)
        queue._queue.extend(message for message in kept if message not in queue._queue)

    ForwardMsgQueue.clear = clear  # type: ignore[method-assign]
