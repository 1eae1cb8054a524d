"""Watching over a running PEEA: logs without patients (`logs`), whether it is well (`health`), both by `rules`."""
