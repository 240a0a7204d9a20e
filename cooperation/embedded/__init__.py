"""PostgreSQL, Valkey and the program's own processes, started and stopped as one.

Only the standard library is used here: the package must work before anything is configured,
and say in one line what is missing.
"""
