"""Imports: how a file becomes a release.

`operations` is what people do (load, name columns, confirm, cancel), `work` what a worker does (read, compare,
publish), `queue` the jobs, `given` what a person says about a file, `preview` what the pages show, `downloads` the
lists of problems as files.
"""
