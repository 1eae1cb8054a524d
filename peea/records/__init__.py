"""What leaves the app about a patient: the record sheet (PDF), the voice, FHIR, CSV and Parquet; and what comes in.

`record_sheet` prints, `voice` speaks, `contents` gathers what a filter shows, `fhir_out` and `fhir_in` exchange it with
other systems, `tables` writes CSV and Parquet, `patient_import` takes patients in.
"""
