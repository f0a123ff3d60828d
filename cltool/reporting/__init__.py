"""Reports for people: made from run folders alone, without loading a model.

`cltool.reporting.table` compares strategies in a table, `cltool.reporting.page` writes the
forgetting report, one HTML file that opens from disk without a network.
"""
