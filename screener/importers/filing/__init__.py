"""Imports annual and quarterly reports as documents: inline XBRL, HTML, plain text and SGML submissions, read offline."""
