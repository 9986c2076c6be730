"""What is too much: each bound on what a file may ask of the machine, with its reason (docs/security.md has them as a table).

Measured on two cores of a small server; what is larger is refused with an error that names the bound, never cut off.
"""

DOCUMENT_BYTES = 32 * 2**20
"""Of a JSON document: five seconds to read at most. What is larger is a table."""

YAML_BYTES = 2 * 2**20
"""Of a YAML document: it reads thirty times slower than JSON, four seconds at most."""

NESTING = 60
"""Levels of lists and mappings: a profile needs eight; the readers recurse."""

DIGITS = 300
"""Of a whole number: what is longer is too large for a float, and slow to read."""

NUMBER = 1e24
"""No figure of a company is larger: a million times the yearly product of the world in any currency."""

PROBLEMS = 100
"""That are told of one profile, or of all rule files together: to look for the nearest known name takes a millisecond each."""

KNOWN = 1000
"""Names among which the nearest to a wrong one is looked for; of more, those with the same first letters."""

SHOWN = 400
"""Characters of what a file says that a message repeats."""

MEMBERS = 1000
"""Of one list: rules that look at pairs of members see a million pairs, and 0.8 GB."""

RELATIONS = 5000
"""Members of all lists of a profile, those inside others too."""

PLACES = 32
"""Members of one company in a table of members: there are as many columns as the longest list of a batch has members."""

CLAIMS = 1000
"""Of one figure: each is weighed against all others."""

COMPANIES = 1000
"""That a profile names: every rule looks at each, 7 ms and 0.6 MB a company."""

LOOPS = 200
"""Loops of money that are listed: their number doubles with each company; what is beyond counts as unknown."""

EXPRESSION = 1000
"""Characters of one formula or condition."""

EXPRESSION_DEPTH = 30
"""Levels of brackets in one: evaluation recurses."""

MATCHES = 300_000
"""Sets of facts that the rules of one layer match for one profile: some seconds."""

UNPACKED_BYTES = 2**30
"""Of what an Excel file, a ZIP archive, unpacks to: the archive itself may be a thousand times smaller."""

EXCEL_CELLS = 50_000_000
"""Of an Excel sheet, empty ones too: 60 bytes each in memory; a cell may claim to stand in the last of a million rows."""

CELLS = 200_000_000
"""Rows times columns of a Parquet file: a column of one value takes no room in the file, but eight bytes a row in memory."""
