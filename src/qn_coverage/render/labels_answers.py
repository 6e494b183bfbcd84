"""Words for how sure, why not, where to measure and the claims; `labels` joins them to the rest."""

from __future__ import annotations

from typing import Final

_SURE: Final = {
    "sure.class": ("Kết luận", "Verdict"),
    "sure.probability": ("Xác suất có sóng", "Probability of signal"),
    "sure.byModel": ("Nếu mô hình đúng", "If the model is right"),
    "sure.disc": ("Trong vòng sai số", "Inside its circle"),
    "sure.discHint": (
        "Phần dân trong vòng bán kính {r} thuộc mỗi loại",
        "Share of the people within {r} in each class",
    ),
    "sure.waits": ("Còn chờ", "Waits for"),
    "waits.position": ("vị trí chính xác hơn", "a better position"),
    "waits.model": ("đo kiểm tại chỗ", "a measurement on the spot"),
    "sure.interval": ("5–95\u00a0%: {low} – {high}", "5–95%: {low} – {high}"),
    "sure.intervalNote": (
        (
            "5–95\u00a0%: khoảng do sai số của mô hình truyền sóng. Không gồm trạm thiếu hoặc sai, "
            "ngưỡng sai, dân số sai chỗ."
        ),
        (
            "5–95%: range from the propagation model's error alone. A missing or wrong site, a "
            "wrong threshold or people in the wrong place are not in it."
        ),
    ),
    "sure.villages": (
        "Kết luận kể cả sai số của mô hình:",
        "Verdicts with the model's error:",
    ),
    "sure.shareHint": (
        "Tỷ lệ lớn là kết quả nếu mô hình đúng.",
        "The large figure holds if the model is right.",
    ),
}

_CLASSES: Final = {
    "classes.title": ("Thôn, bản, khu được xét", "Villages examined"),
    "classes.show": ("Hiện theo kết luận", "Show by verdict"),
    "classes.covered": ("xác suất từ {covered}", "probability {covered} or more"),
    "classes.weak": ("từ {weak} đến dưới {covered}", "{weak} to below {covered}"),
    "classes.no_signal": ("dưới {weak}", "below {weak}"),
    "classes.cannot_tell": (
        "chưa loại nào đạt {sure} trong vòng sai số",
        "no class reaches {sure} of its circle",
    ),
    "classes.rule": ("Quy tắc: {rule}, bản {version}", "Rule: {rule}, version {version}"),
}

_WHY: Final = {
    "why.title": ("Vì sao chưa có sóng", "Why there is no signal"),
    "why.titleUnsure": ("Điều gì cản sóng", "What stands against the signal"),
    "why.candidate": ("Trạm phù hợp nhất", "Best candidate"),
    "why.missing": ("Còn thiếu", "Missing"),
    "why.blame": ("Nguyên nhân", "Reason"),
    "why.edge": (
        "điểm chắn cách trạm {km}, đỉnh {top} trên mực nước biển, {above}",
        "edge {km} from the site, top {top} above the sea, {above}",
    ),
    "why.edgeAbove": ("cao hơn đường ngắm {m}", "{m} above the line of sight"),
    "why.edgeBelow": ("thấp hơn đường ngắm {m}", "{m} below the line of sight"),
    "why.remedy": ("Cần thêm", "What would do"),
    "why.mast": ("nâng cột thêm {m}", "{m} more mast"),
    "why.mastNever": ("nâng cột thêm {m} vẫn không đủ", "not even {m} more mast"),
    "why.height": ("hoặc máy ở độ cao {m} tại chỗ", "or a telephone {m} above ground there"),
    "why.heightNever": (
        "đưa máy lên cao thêm {m} tại chỗ vẫn không đủ",
        "not even a telephone raised by {m} there",
    ),
    "why.nearest": ("Nơi gần nhất có sóng", "Nearest signal"),
    "why.here": ("ngay tại điểm giữa", "at the middle itself"),
    "why.disagree": (
        (
            "Tính riêng đường truyền này theo ITU-R P.1812 thì đủ sóng, còn bản đồ tính theo mô "
            "hình {model} thì không: hai mô hình chưa thống nhất, cần đo kiểm."
        ),
        (
            "Over this path ITU-R P.1812 finds enough signal, while the map's model, {model}, "
            "does not: the two disagree, so measure."
        ),
    ),
    "why.signalHere": (
        "Ngay tại vị trí danh nghĩa thì đủ sóng; chỗ khác trong vòng sai số thì chưa chắc.",
        "At the nominal position itself the signal suffices; elsewhere in its circle it may not.",
    ),
    "why.others": ("Các nhà mạng khác", "Other operators"),
    "why.method": (
        "Tính theo ITU-R P.1812 trên địa hình, tại vị trí danh nghĩa.",
        "By ITU-R P.1812 over the terrain, at the nominal position.",
    ),
    "why.methodGap": (
        "Tính theo ITU-R P.1812 trên địa hình, tại điểm giữa của vùng.",
        "By ITU-R P.1812 over the terrain, at the middle of the gap.",
    ),
    "profile.label": (
        "Mặt cắt địa hình từ trạm {site} đến điểm xét",
        "Terrain profile from site {site} to the place",
    ),
    "profile.mast": ("trạm", "mast"),
    "profile.phone": ("máy", "phone"),
    "profile.distance": ("khoảng cách từ trạm (km)", "distance from the site (km)"),
    "profile.height": ("độ cao (m)", "height (m)"),
    "profile.caption": (
        "Nâu: mặt đất; xanh: nhà, cây; nét đứt: đường ngắm trên mặt đất cong; ▲ điểm chắn.",
        (
            "Brown: ground; green: buildings, trees; dashed: line of sight over the curved Earth; "
            "▲ blocking edge."
        ),
    ),
    "compass.0": ("bắc", "north"),
    "compass.1": ("đông bắc", "north-east"),
    "compass.2": ("đông", "east"),
    "compass.3": ("đông nam", "south-east"),
    "compass.4": ("nam", "south"),
    "compass.5": ("tây nam", "south-west"),
    "compass.6": ("tây", "west"),
    "compass.7": ("tây bắc", "north-west"),
}

_MEASURE: Final = {
    "layer.measurements": ("Nơi đo kiểm có ích nhất", "Where measuring helps most"),
    "layer.measurementsNone": (
        "Không nơi nào đo một lần mà quyết định thêm được thôn nào.",
        "At no place would one measurement settle a village.",
    ),
    "legend.measurement": ("Nơi nên đo, theo thứ tự", "Where to measure, in order"),
    "measure.title": ("Nơi nên đo số {rank}", "Measure here: no. {rank}"),
    "measure.settled": ("Số thôn kỳ vọng quyết định được", "Villages expected to be settled"),
    "measure.people": ("Dân số kỳ vọng liên quan", "People concerned, expected"),
    "measure.inAll": ("Cộng với các nơi đứng trước", "With the places before it"),
    "measure.note": (
        (
            "Giá trị kỳ vọng của một lần đo tại đây; không phải kết quả đo. Thôn chưa rõ dân số "
            "được tính bằng trung bình của các thôn đã rõ."
        ),
        (
            "Expected worth of one reading here; not a reading. A village of unknown population "
            "counts as the mean of those known."
        ),
    ),
}

_CLAIMS: Final = {
    "claims.title": ("Kiểm chứng các phát biểu", "The claims tested"),
    "claims.hint": (
        "Chỉ tin, báo cáo công bố được dùng làm bằng chứng; số liệu mô phỏng không bao giờ.",
        "Only published reports are evidence; nothing modelled ever is.",
    ),
    "claims.none": ("Không có phát biểu nào để kiểm chứng.", "There are no claims to test."),
    "claims.day": ("ngày {day}", "as of {day}"),
    "claims.by": ("Bằng chứng quyết định:", "Decided by:"),
    "claims.besides": ("Bằng chứng khác, không quyết định", "Other reports, which do not decide"),
    "claims.reading": ("Cách hiểu:", "As read:"),
    "claims.needs": ("Cần để kiểm chứng:", "Needed to test it:"),
    "claims.source": ("Nguồn phát biểu:", "Stated by:"),
    "claims.place": ("Nơi:", "Place:"),
    "indicators.title": ("Chỉ số khác", "Other indicators"),
    "indicators.source": ("Nguồn:", "Source:"),
}

_REPORT: Final = {
    "report.disagree": (
        "Đủ sóng theo P.1812, không đủ theo mô hình của bản đồ",
        "Enough by P.1812, not enough by the map's model",
    ),
    "report.ties": (
        "Khi tỷ lệ bằng nhau, xã có cận dưới thấp hơn đứng trước.",
        "Where shares are equal, the lower end of the interval decides.",
    ),
    "report.measure": ("Cần đo kiểm", "Measure"),
}

ANSWERS: Final = _SURE | _CLASSES | _WHY | _MEASURE | _CLAIMS | _REPORT
"""(Vietnamese, English) by key."""
