"""Files from outside that are no recordings: tables of ratings, lists of patients, FHIR Bundles.

`reading` has `reader`, a process of its own without rights (`peea.apart`), read them; `rating_table`, `patient_list`
and `fhir_bundle` know the formats, `values` is what they find: texts whose meaning is still to be looked at. `limits`
says what a file may cost.

The reader imports this package, so that it imports nothing itself, and nothing of the data base.
"""
