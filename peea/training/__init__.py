"""From rated images to a released grader: `data_set` -> `augmentation` -> `batches` -> `fit` -> `calibration` ->
`release` -> `evaluation`; `plan` says how.

Works on the synthetic patients and on a hospital's own manifest alike. A ward PC never imports this package.
"""
