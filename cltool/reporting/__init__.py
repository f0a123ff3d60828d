"""Reports from run folders, without loading a model.

`cltool.reporting.table` compares strategies in a table. `cltool.reporting.report_page` writes the
forgetting report, one HTML file that opens from disk without a network; `cltool.reporting.views`
has its sections. ``audit_page``, ``survey_page`` and ``tuning_page`` write the other pages.
"""
