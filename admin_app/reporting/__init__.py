"""The rules of MODO, without any web.

A report's way: `reports.open_campaign` → `sheet.save` → `sheet.check` → `reports.submit` → `reports.accept` or `reject`.
Each verb checks (guard), changes (workflow, sheet), records (audit) and tells (notices) in one transaction; the edge commits.
"""
