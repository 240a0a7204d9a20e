"""What the pages of trade show: dataclasses built from `trade.cube`, the same answers as those of the API.

page        the explorer: headline, key figures, main chart, goods, places, mirror, target
controls    the sentence by which a reader asks
lines       the observations behind a number
releases    datasets, their releases and what each release changed
names       names of codes
snippets    the same question in pandas, R, Excel and on the command line
"""
