"""Days as reports know them: often only a month or a year."""

from __future__ import annotations

import calendar
from datetime import date


def span_of(text: str) -> tuple[date, date] | None:
    """First and last day of ``2024``, ``2024-05`` or ``2024-05-27``; None for anything else."""
    parts = text[:10].split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return None
    numbers = [int(part) for part in parts]
    try:
        first = date(*[*numbers, 1, 1][:3])
    except ValueError:
        return None
    if len(numbers) == 3:
        return first, first
    month = numbers[1] if len(numbers) == 2 else 12
    return first, date(first.year, month, calendar.monthrange(first.year, month)[1])
