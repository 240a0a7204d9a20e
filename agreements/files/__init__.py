"""Plans as files: read from a table of Word or Excel, given in the same shape, and reported on paper.

file = open_file(upload)                 # its tables; raises UnusableFile
rows = plan_rows(file, sides)            # what stands where; raises UnusableFile
comparison = compare(rows, plan, …)      # new, changed, unchanged, missing, and what is wrong by row and column

`agreements.operations.files` writes what was compared. `plan_paper` and `report_paper` describe a plan and the report
on it; `word` and `workbook` put either on paper.
"""
