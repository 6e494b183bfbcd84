"""Names that planners give to columns, by the field that they mean; docs/exchange-in.md shows them.

Compared without accents, case, blanks, punctuation and what stands in brackets.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE: Final = {
    "lon": (
        "Kinh độ; KĐ; Kinh độ WGS84; Kinh độ VN2000; Toạ độ kinh độ; Kinh; Longitude; Long; Lon; "
        "Lng; Longtitude; x; Toạ độ x; Easting; East; Point X; ⟨x⟩; decimal longitude"
    ),
    "lat": (
        "Vĩ độ; VĐ; Vĩ độ WGS84; Vĩ độ VN2000; Toạ độ vĩ độ; Vĩ; Latitude; Lat; Latittude; y; Toạ "
        "độ y; Northing; North; Point Y; ⟨y⟩; decimal latitude"
    ),
    "position": (
        "Toạ độ; Toạ độ địa lý; Toạ độ trạm; Vị trí toạ độ; Toạ độ GPS; GPS; Lat Long; Lat Lon; "
        "LatLng; Long Lat; Coordinates; Coordinate; Position; Vĩ độ kinh độ; Kinh độ vĩ độ; Toạ "
        "độ lat long; Toạ độ long lat"
    ),
    "uncertainty_m": (
        "uncertainty_m; Sai số; Sai số vị trí; Bán kính sai số; Độ chính xác; Uncertainty; "
        "Accuracy; Position error; ⟨radius m⟩"
    ),
    "origin": "origin; Nguồn gốc; Nguồn gốc số liệu",
    "source": "source; Nguồn; Nguồn số liệu; Nguồn dữ liệu; Trích dẫn; Citation; Reference",
    "commune": (
        "Xã; Phường; Xã phường; Phường xã; Xã phường đặc khu; Xã phường thị trấn; Tên xã; Đơn vị "
        "hành chính; ĐVHC; Commune; Ward; Commune name; Địa bàn xã; Xã mới; Xã phường mới; Xã "
        "phường sau sáp nhập; Địa bàn; ĐVHC cấp xã"
    ),
    "commune_code": (
        "commune_code; Mã xã; Mã phường xã; Mã xã phường; Mã ĐVHC; Mã đơn vị hành chính; Commune "
        "code; Ward code; Mã xã phường đặc khu; GSO code"
    ),
    "former_commune": (
        "former_commune; Xã cũ; Xã phường cũ; Xã trước sáp nhập; Xã phường trước sáp nhập; Former "
        "commune; Old commune; Xã phường thị trấn cũ; Xã phường trước 7 2025"
    ),
    "district": (
        "Huyện; Quận huyện; Huyện thị xã thành phố; Huyện thị; Thành phố; TP; District; Huyện cũ; "
        "Thị xã; Huyện thành phố; Former district"
    ),
    "note": "note; Ghi chú; Notes; Remark; Remarks; Comment",
}

SITES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **_PLACE,
        "site_id": (
            "site_id; Mã trạm; Mã site; Mã nhà trạm; Mã cột; Mã vị trí; Mã CSHT; ID trạm; Site; "
            "Site code; Station ID; Station code; BTS ID; eNodeB ID; eNodeB; gNodeB ID; Mã BTS"
        ),
        "sector_id": (
            "sector_id; Mã sector; Mã cell; Cell; Cell ID; Cell name; Tên cell; Sector; Sector "
            "name; Tên sector; Mã ô; CI; Cellname"
        ),
        "name": (
            "name; Tên trạm; Tên site; Tên nhà trạm; Tên vị trí; Tên; Site name; Station name; "
            "Station; Trạm; Tên BTS; BTS name; Tên cột; Trạm BTS; Tên trạm BTS"
        ),
        "operator": (
            "operator; Nhà mạng; Mạng; Doanh nghiệp; Nhà cung cấp; Đơn vị khai thác; Carrier; "
            "Network; Network operator; Provider; Tên doanh nghiệp; Doanh nghiệp viễn thông"
        ),
        "technology": (
            "technology; Công nghệ; Loại công nghệ; Thế hệ; Loại trạm; Tech; RAT; Radio; System; "
            "Hệ thống; Công nghệ vô tuyến; Loại mạng"
        ),
        "frequency_mhz": (
            "frequency_mhz; Băng tần; Tần số; Tần số phát; Dải tần; Band; Frequency; Freq; "
            "Frequency band; Băng; Tần số trung tâm; Downlink frequency; Băng tần hoạt động"
        ),
        "bandwidth_mhz": (
            "bandwidth_mhz; Băng thông; Độ rộng băng tần; Độ rộng kênh; Bandwidth; BW; Channel "
            "bandwidth; Băng thông kênh"
        ),
        "height_agl_m": (
            "height_agl_m; Độ cao cột; Chiều cao cột; Cao cột; Độ cao; Chiều cao; Độ cao anten; "
            "Chiều cao anten; Độ cao treo anten; Chiều cao treo anten; Height; Antenna height; "
            "Tower height; Mast height; Height AGL; Độ cao ăng ten; Độ cao treo ăng ten; Chiều "
            "cao ăng ten; Chiều cao treo ăng ten; Độ cao treo; Chiều cao cột anten; Độ cao cột "
            "anten; Chiều cao cột ăng ten; H"
        ),
        "azimuth_deg": (
            "azimuth_deg; Góc phương vị; Phương vị; Azimuth; Góc hướng; Hướng; Hướng anten; "
            "Direction; Azi; Góc azimuth; Hướng sector; Bearing"
        ),
        "downtilt_deg": (
            "downtilt_deg; Tilt; Downtilt; Góc cụp; Góc ngẩng; Total tilt; Tổng tilt; Góc "
            "nghiêng; Tilt tổng; Góc tilt"
        ),
        "tilt_mechanical": (
            "mechanical_tilt_deg; Tilt cơ; M tilt; Mechanical tilt; Góc cụp cơ; Mtilt; Mechanical "
            "downtilt"
        ),
        "tilt_electrical": (
            "Tilt điện; E tilt; Electrical tilt; Góc cụp điện; Etilt; Electrical downtilt"
        ),
        "beamwidth_h_deg": (
            "beamwidth_h_deg; Độ rộng búp ngang; Búp sóng ngang; Horizontal beamwidth; H "
            "beamwidth; HBW; Beamwidth; Độ rộng búp sóng"
        ),
        "beamwidth_v_deg": (
            "beamwidth_v_deg; Độ rộng búp đứng; Búp sóng đứng; Vertical beamwidth; V beamwidth; VBW"
        ),
        "eirp_dbm": (
            "eirp_dbm; EIRP; Công suất bức xạ; Công suất EIRP; Công suất bức xạ đẳng hướng tương "
            "đương"
        ),
        "on_air": (
            "on_air; Ngày phát sóng; Ngày hoạt động; Phát sóng; Ngày lên sóng; On air date; Ngày "
            "bắt đầu phát sóng; On air; Launch date; Năm phát sóng; Thời gian phát sóng; Start "
            "date; Ngày đưa vào sử dụng; Thời điểm phát sóng"
        ),
        "off_air": "off_air; Ngày ngừng; Ngày tắt sóng; Ngày ngừng phát; Off air date; End date",
        "programme": "programme; Chương trình; Program; Dự án; Project",
        # No bare "power" and no bare "gain": lists give watts and dBd under them, and units in
        # brackets are not read.
        "power_dbm": "power_dbm; Công suất phát tính bằng dBm",
        "gain_dbi": "gain_dbi; Độ lợi dBi; Tăng ích dBi; Gain dBi; Antenna gain dBi",
        "losses_db": (
            "losses_db; Suy hao feeder; Suy hao phi đơ; Tổn hao feeder; Feeder loss; Cable loss; "
            "Feeder losses"
        ),
        "antenna": (
            "antenna; Anten; Loại anten; Kiểu anten; Antenna; Antenna type; Antenna model; MSI; "
            "Tệp MSI; Ăng ten; Loại ăng ten; Kiểu ăng ten; Antenna file"
        ),
    }
)

VILLAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **_PLACE,
        "village_id": (
            "village_id; Mã thôn; Mã bản; Mã thôn bản; ID; Village ID; Village code; Mã thôn bản "
            "khu phố"
        ),
        "name_vi": (
            "name_vi; Tên thôn; Tên bản; Thôn; Bản; Thôn bản; Tên thôn bản; Thôn bản khu phố; "
            "Tên; Village; Village name; Name; Khu; Khu phố; Tên thôn bản khu phố; Thôn khu; Tên "
            "thôn khu; Thôn bản khu; Tên thôn bản khu; Điểm dân cư; Tên điểm"
        ),
        "population": (
            "population; Dân số; Số dân; Số khẩu; Nhân khẩu; Số người; Số nhân khẩu; People; "
            "Inhabitants; Khẩu"
        ),
        "households": "households; Số hộ; Hộ; Số hộ dân; Hộ dân; Tổng số hộ",
        "in_programme": (
            "in_programme; Thuộc chương trình; Thuộc 105; Thuộc 105 thôn bản; Trong chương trình; "
            "Thuộc danh sách 105; In programme; Vùng lõm; Thuộc chương trình 105"
        ),
        "served_from": (
            "served_from; Ngày có sóng; Có sóng từ; Ngày phủ sóng; Served from; Ngày phát sóng; "
            "Thời điểm có sóng; Năm có sóng"
        ),
    }
)

MEASUREMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{key: _PLACE[key] for key in ("lon", "lat", "position", "source", "note")},
        "uncertainty_m": _PLACE["uncertainty_m"] + "; GPS accuracy; Sai số GPS",
        "measurement_id": "measurement_id; STT đo; Mã điểm đo; Điểm đo; Point ID; Sample ID; ID",
        "time": (
            "time; Thời gian; Thời điểm; Thời gian đo; Ngày đo; Timestamp; Datetime; Date time; "
            "Date; Ngày; Giờ đo; UTC"
        ),
        "operator": SITES["operator"],
        "technology": SITES["technology"],
        "level_dbm": "level_dbm; RSRP; RSRP dBm; RxLev; RSCP; SS RSRP; Mức thu; Mức tín hiệu; "
        "Cường độ tín hiệu; Signal; Signal strength; Level; Mức thu RSRP; Signal level; dBm; RSSI",
        "frequency_mhz": SITES["frequency_mhz"],
        "cell_id": "cell_id; Cell ID; Cell; CI; ECI; Mã cell; CGI",
        "indoor": "indoor; Trong nhà; In building",
    }
)
