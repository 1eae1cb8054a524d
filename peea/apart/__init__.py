"""Files from outside are read by a process of their own, which can do nothing else: what every such reader shares.

`process` starts a reader and speaks to it, and trusts no answer of it; `inside` is the reader's own side, `confinement`
takes its rights away, `protocol` says what both may say. What is read is the business of those who use this:
`peea.frames` unpacks recordings, `peea.uploads` reads tables, lists of patients and FHIR.

Readers import this package, so that it imports nothing itself.
"""
