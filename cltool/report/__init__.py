"""Reports for people: made from run folders alone, without loading a model.

`cltool.report.table` compares strategies in a table, `cltool.report.page` writes the
forgetting report, one HTML file that opens from disk without a network.
"""
