# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Đưa dữ liệu của mình vào / Bring your own data
#
# From a messy workbook, as it comes by mail, to a map. The stations and villages below are
# **invented for this notebook** (*số liệu bịa ra để làm mẫu*): only their mistakes are real.

# %%
from pathlib import Path

import openpyxl

import qn_coverage as qn
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.importing.villages import import_villages

# %% [markdown]
# ## Danh sách như thường gặp / A list as it comes
# A title, Vietnamese headers, and in each row another way to write a place: decimal comma, degrees
# minutes seconds, exchanged columns, lost decimal points. The last row is broken.

# %%
rows = [
    ("DANH SÁCH TRẠM BTS (ví dụ)",),
    ("TT", "Mã trạm", "Tên trạm", "Nhà mạng", "Kinh độ", "Vĩ độ", "Công nghệ", "Độ cao anten (m)",
     "Góc phương vị", "Ngày phát sóng", "Chương trình"),
    (1, "VD01", "Trạm A", "viettel", "107,762100", "20,974300", "2G/4G", "42 m", "0/120/240",
     "15/03/2015", None),
    (2, "VD02", "Trạm B", "VNPT", "107°21'35\"Đ", "21°19'52\"B", "4G", 36, "omni", "2016", None),
    (3, "VD03", "Trạm C", "MBF", "21.070512", "107.301244", "LTE 1800", 45, "60/180/300",
     "01/06/2018", None),
    (4, "VD04", "Trạm D", "Viettel", 107284400, 21275900, "4G", 40, "0/120/240", "11/2022",
     "105-villages"),
    (5, "VD05", "Viettel Trạm C", "Viettel", "107.301250", "21.070520", "4G", 45, "90",
     "20/05/2019", None),
    (6, "VD06", "Trạm E", "Viettel", "107.30", "hỏi lại anh Nam", "4G", 40, None, None, None),
]  # fmt: skip
book = openpyxl.Workbook()
for row in rows:
    book.active.append(row)
book.save("tram.xlsx")

# %% [markdown]
# ## Thử trước / Try first
# A dry run writes nothing. Whatever a cell does not plainly say is *taken as* something, row by
# row; what stays unclear is refused (✗). The same masts under two names are proposed, not merged.

# %%
trial = import_sites([Path("tram.xlsx")], None, dry_run=True)
for line in trial.lines():
    print(line)

# %% [markdown]
# ## Nhập / Import
# The refused row is left out here; `sites-report.xlsx` has its cell in red, to be sent back.

# %%
report = import_sites([Path("tram.xlsx")], Path("sites.gpkg"), skip_refused=True)
sectors = qn.read_sectors("sites.gpkg")
sectors[["site_id", "operator", "technology", "azimuth_deg", "height_agl_m", "on_air", "assumed"]]

# %% [markdown]
# ## Thôn, bản chỉ có tên / Villages by name alone
# Without coordinates a village stands in the middle of its commune, old or new, with the radius
# that holds the commune.

# %%
book = openpyxl.Workbook()
for row in [
    ("Tên thôn", "Xã", "Xã cũ", "Huyện", "Kinh độ", "Vĩ độ", "Số hộ", "Thuộc 105 thôn bản"),
    ("Thôn A", "Đặc khu Cô Tô", None, None, "107,763", "20,978", 90, "không"),
    ("Thôn B", None, "Xã Đồn Đạc", "Huyện Ba Chẽ", None, None, 60, "có"),
    ("Thôn C", "ba che", None, None, None, None, 45, "có"),
]:  # fmt: skip
    book.active.append(row)
book.save("thon.xlsx")
import_villages([Path("thon.xlsx")], Path("villages.gpkg"))
villages = qn.read_villages("villages.gpkg")
villages[["name_vi", "commune_code", "former_commune", "origin", "uncertainty_m", "in_programme"]]

# %% [markdown]
# ## Chạy nghiên cứu / Run the study
# The two files go into a scenario; what it leaves out is the shipped data. Cells of 1 km are for a
# first look.

# %%
Path("my.toml").write_text(
    """[study]
name_vi = "Thử với danh sách của mình"
name_en = "Trial with one's own lists"
cell_m = 1000.0
[inputs]
sectors = "sites.gpkg"
villages = "villages.gpkg"
[model]
name = "okumura_hata"
[uncertainty]
realisations = 20
""",
    encoding="utf-8",
)
study = qn.run_study(qn.load_scenario("my.toml"))
study.villages[["name_vi", "uncertainty_m", "verdict_before", "verdict_after"]]

# %% [markdown]
# ## Bản đồ / The map

# %%
page = Path("map.html")
qn.write_map(study, page)
f"{page.stat().st_size / 1e6:.1f} MB"

# %% [markdown]
# ## Kiểm tra / Checks

# %%
codes = {note.code for note in report.notes}
assert (report.read, report.taken, report.written) == (6, 5, 14)
assert {"decimal-comma", "dms", "swapped", "scaled", "azimuths", "proposed-same-mast"} <= codes
assert [(problem.row, problem.column) for problem in report.problems] == [(6, "Kinh độ")]
assert sectors.geometry.x.between(107.2, 107.8).all()
assert sectors.geometry.y.between(20.9, 21.4).all()
assert sorted(set(sectors["operator"])) == ["MobiFone", "Viettel", "VinaPhone"]
assert villages["commune_code"].nunique() == 2
assert villages["uncertainty_m"].iloc[0] == 500 < villages["uncertainty_m"].iloc[1]
assert study.villages["verdict_after"].notna().all()
assert "Trạm D" in page.read_text(encoding="utf-8")
