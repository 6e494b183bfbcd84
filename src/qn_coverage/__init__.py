"""Mobile-coverage verdicts for every commune and village of Quảng Ninh province, Vietnam."""

__version__ = "0.1.0"
