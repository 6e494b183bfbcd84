"""Plans side by side: what each costs and gives, and which sites they share."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.core.errors import ManifestError
from qn_coverage.core.files import sha256_of
from qn_coverage.export import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS: Final = (
    ("sites", "Số trạm", "Sites", "{:,.0f}", 1.0),
    ("cost_vnd", "Chi phí (tỷ đồng)", "Cost (billion VND)", "{:,.2f}", 1e-9),
    ("people_added", "Thêm người (kỳ vọng)", "More people (expected)", "{:,.0f}", 1.0),
    ("villages_added", "Thêm thôn (kỳ vọng)", "More villages (expected)", "{:,.2f}", 1.0),
    ("households_added", "Thêm hộ (kỳ vọng)", "More households (expected)", "{:,.1f}", 1.0),
    ("land_added", "Thêm đất (km²)", "More land (km²)", "{:,.1f}", 1.0),
    ("share_plan", "Tỷ lệ theo phương án", "Share with the plan", "{:.3%}", 1.0),
    ("gap", "Khoảng cách tối ưu", "Optimality gap", "{:.2%}", 1.0),
)
"""Key of the summary, names in both languages, how it is written, and in which unit."""


def read_plan_summaries(folders: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Summaries of plans by folder name, or by path where folders are called alike.

    Raises
    ------
    ManifestError
        A folder holds no plan, or a summary that is no longer the one that was written.
    """
    found: dict[str, dict[str, Any]] = {}
    named = [Path(os.path.normpath(folder)) for folder in dict.fromkeys(folders)]
    alike = len({folder.name for folder in named}) < len(named)
    for folder in named:
        document = manifest.read_manifest(folder)
        path = folder / "summary.json"
        recorded = document["outputs"].get(path.name, {}).get("sha256")
        if manifest.PLAN not in document:
            raise ManifestError(
                f"{folder}: là kết quả chạy, không phải phương án / holds a study, not a plan. "
                "Mend: give folders of 'qn-coverage plan'."
            )
        if not path.exists() or sha256_of(path) != recorded:
            raise ManifestError(
                f"{path}: thiếu hoặc đã thay đổi từ khi lập phương án / missing or changed since "
                "the plan was made. Mend: make the plan again."
            )
        found[str(folder) if alike else folder.name] = json.loads(path.read_text(encoding="utf-8"))
    return found


def compared(summaries: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """One row a figure, one column a plan, then one row a site: its rank in each plan.

    Returns
    -------
    ``what_vi``, ``what_en`` and a column a plan, texts.
    """
    rows = [
        {"what_vi": vi, "what_en": en}
        | {name: _told(plan.get(key), pattern, scale) for name, plan in summaries.items()}
        for key, vi, en, pattern, scale in ROWS
    ]
    picks = sorted({pick for plan in summaries.values() for pick in plan["picks"]})
    # Sites of many plans come first: these are the safe ones.
    picks.sort(key=lambda pick: -sum(pick in plan["picks"] for plan in summaries.values()))
    rows += [
        {"what_vi": f"Trạm {pick}", "what_en": f"Site {pick}"}
        | {name: _rank(plan["picks"], pick) for name, plan in summaries.items()}
        for pick in picks
    ]
    return pd.DataFrame(rows)


def warnings_of(summaries: dict[str, dict[str, Any]]) -> list[str]:
    """Why the plans may not be comparable, one sentence each."""
    found = []
    for key, what in (("study_en", "studies"), ("model", "models"), ("share_now", "networks")):
        if len({json.dumps(plan.get(key)) for plan in summaries.values()}) > 1:
            found.append(f"the plans start from different {what}")
    if len({plan["goal"]["measure"] for plan in summaries.values()}) > 1:
        found.append("the plans count different measures")
    if len({plan["costs"]["id"] for plan in summaries.values()}) > 1:
        found.append("the plans use different cost models")
    return found


def _told(value: Any, pattern: str, scale: float) -> str:
    return "–" if value is None else pattern.format(value * scale)


def _rank(picks: list[str], pick: str) -> str:
    return f"#{picks.index(pick) + 1}" if pick in picks else "–"
