"""Grading at the bedside: the road for a stream of frames, always the newest one, never a growing queue.

`session` is one camera's state (waiting for a face, recording, monitoring, ended), `turns` lets the sessions of all
visits take fair turns at the shared model, `monitoring` watches without an end, `overlay` draws on the picture,
`rules` holds the settings; this package itself stays light for those who read only them::

    session = LiveSession(lambda: FaceFinder(settings.faces), grader, shared_turns(), settings)
    session.offer(frame)              # from the camera's thread, never waits
    session.view                      # from the page, a few times a second
    session.start(Context.REST)       # once view.stage is Stage.READY
    session.result                    # an Assessment, once finished or interrupted
"""
