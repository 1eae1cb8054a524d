"""Keeping what a hospital entrusts to PEEA: how long, encrypted with which key, and where the copies lie.

`rules` are the settings, `rekeying` encrypts a data base and changes its key, `backup` and `restore` copy it,
`retention` removes what its time is over, `start` checks everything when the app starts. The key itself and what is
encrypted with it are in `peea.store` (`site_key`, `sealing`, `database`, `kept_files`). For the hospital's IT:
docs/keeping.md.
"""
