"""Rules of the ward, pure: when pain is assessed again, which way it goes, what a team lead reads, what has drifted.

Nothing here opens a data base or draws: values in, values and sentences out. Times are aware datetimes, stored and
compared in UTC; they become clock times of the ward only where they are shown.
"""
