"""How fast PEEA is on this machine: `python -m peea.bench` (`make bench`) measures and writes docs/bench.md.

All figures of one table come from one run. The machine may be busy with other things, so what counts are ratios between
things that were measured in turns; the table says how busy it was. `steps` takes the road apart, `plain` is what a user
would write without PEEA, `streams` plays cameras, `floor` says what the processor could do at best, `table` writes.
"""
