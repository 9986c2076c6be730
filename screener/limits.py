"""Limits on the memory and time that an input may use, each with its reason (docs/security.md shows them as a table).

Times and sizes were measured on two cores of a small server. An input beyond a limit is refused with an error that names the limit;
nothing is truncated silently.
"""

DOCUMENT_BYTES = 32 * 2**20
"""Size of a JSON document: reading one takes up to five seconds. Larger data belongs in a table."""

YAML_BYTES = 2 * 2**20
"""Size of a YAML document: YAML is read thirty times more slowly than JSON, up to four seconds."""

FILING_BYTES = 96 * 2**20
"""Size of a submission with its exhibits and pictures, of which only the report is read."""

REPORT_BYTES = 32 * 2**20
"""Size of a report: the largest have 25 MB, and take six seconds and ten times the memory; one made of keywords half a minute."""

FILING_FACTS = 200_000
"""Facts of a report in inline XBRL: the largest state some 20,000."""

NESTING = 60
"""Levels of lists and mappings in a document: a profile needs eight; the readers are recursive."""

DIGITS = 300
"""Digits of a whole number: a longer one does not fit into a float, and is slow to read."""

NUMBER = 1e24
"""Absolute value of a number: a million times the annual product of the world, in any currency."""

PROBLEMS = 100
"""Problems reported for a profile, or for all rule files: the search for the nearest known name takes a millisecond each."""

KNOWN = 1000
"""Names that are compared with a wrong one to suggest the nearest; of more, those with the same first letters."""

SHOWN = 400
"""Characters of an input that a message repeats."""

MEMBERS = 1000
"""Members of one list: rules on pairs of members evaluate a million pairs, with 0.8 GB of memory."""

RELATIONS = 5000
"""Members of all lists of a profile, nested ones included."""

PLACES = 32
"""Members of one company in a table of members: the columns grow with the longest list of a batch."""

CLAIMS = 1000
"""Claims of one figure: each is compared with all others."""

COMPANIES = 1000
"""Companies that a profile names: every rule is applied to each, with 7 ms and 0.6 MB for each."""

LOOPS = 200
"""Loops of payments that are listed: their number may double with each company; the rest counts as unknown."""

EXPRESSION = 1000
"""Characters of one formula or condition."""

EXPRESSION_DEPTH = 30
"""Levels of brackets in one formula or condition: evaluation is recursive."""

METRIC_LEVELS = 320
"""Levels of nested formulas that a metric rests on, through the metrics that it reads: evaluation is recursive."""

DURABLE_PAIRS = 5000
"""Pairs of facts that rules combine in one profile: durable_rules holds 100 MB for so many; beyond, the engine is `search`."""

MATCHES = 300_000
"""Sets of facts that the rules of one stratum match for one profile: some seconds of computing."""

WORKER_BYTES = 3 * 2**30
"""Growth of a process that screens companies, in address space (on Linux): three times what a profile within the limits takes."""

UNPACKED_BYTES = 2**30
"""Unpacked size of an Excel file (a ZIP archive): the archive itself may be a thousand times smaller."""

UNPACKED_RATIO = 100
"""Unpacked by packed size of a part of an Excel file larger than `UNPACKED_FREELY`: sheets of numbers and texts have 5 to 40."""

UNPACKED_FREELY = 16 * 2**20
"""Unpacked size up to which a part of an Excel file may be packed as tightly as it likes: it is read in a second."""

TABLE_BYTES = 512 * 2**20
"""Size of a CSV, TSV or ARFF file: it is read at once, with some six times its size in memory. Parquet is read batch by batch."""

TABLE_COLUMNS = 16_384
"""Columns of a table: as many as a sheet of Excel has."""

SHEET_CELLS = 50_000_000
"""Cells of a sheet or a text file, empty ones and blank lines included: 60 bytes of memory for each."""

CELLS = 200_000_000
"""Rows times columns of a Parquet file: a column with one value takes no space in the file, and eight bytes a row in memory."""
