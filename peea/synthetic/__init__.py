"""Synthetic patients: rendered elderly faces with exactly known action units.

They are the demonstration, the training set, the benchmark and the ground truth of the tests. Their labels are the
generator's action units, not certified FACS coding. Nothing that a ward PC runs imports this package.
"""
