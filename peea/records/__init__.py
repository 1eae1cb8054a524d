"""What leaves the app about a patient: the record sheet (PDF), the voice, FHIR, CSV and Parquet; and what comes in.

`record_sheet` prints, `voice` speaks, `contents` gathers what a filter shows, `fhir_out` writes it for other systems,
`tables` writes CSV and Parquet; `incoming` has a list or Bundle read (`peea.uploads`), `candidates` takes patients in.
"""
