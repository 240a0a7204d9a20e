"""Data as files: CSV, NDJSON, XLSX, Parquet and JSON-stat, each with the same columns and figures as the JSON answer.

A file is whole or visibly broken. The servers of WSGI end a stream that failed midway as if it were complete, so
each format shows it itself: CSV and NDJSON end with a line that no reader accepts (`BROKEN`), Parquet lacks its
footer, XLSX its directory; JSON-stat is made before the first byte is sent.
"""
