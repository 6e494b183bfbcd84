"""Words that everyone speaks: errors, units, CRS, grids, schemas, scenarios.

Imports none of the other folders.
"""
