"""The published validation set: every logged quantity of all 27 cases.

Origin: distributed with github.com/eeveetza/Py1812, free use with acknowledgement.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from qn_coverage.propagation import p1812

DOCUMENT = json.loads(
    gzip.decompress((Path(__file__).parent / "data" / "p1812_cases.json.gz").read_bytes())
)
CASES = {case["name"]: case for case in DOCUMENT["cases"]}

QUANTITIES = {
    "d (km)": "d",
    "dlt (km) [Eq (78)]": "d_lt",
    "dlr (km) [Eq (81a)]": "d_lr",
    "th_t (mrad) [Eqs (76-78)]": "theta_t",
    "th_r (mrad) [Eqs (79-81)]": "theta_r",
    "th (mrad) [Eq (82)]": "theta",
    "hts (m)": "h_ts",
    "hrs (m)": "h_rs",
    "htc (m) [Table 5]": "h_ts",
    "hrc (m) [Table 5]": "h_rs",
    "w [Table 5]": "omega",
    "dtm (km) [Sec 3.6]": "d_tm",
    "dlm (km) [Sec 3.6]": "d_lm",
    "dct (km)": "d_ct",
    "dcr (km)": "d_cr",
    "phi (deg) [Eq (4)]": "phi",
    "b0 (%) [Eq (5)]": "beta_0",
    "ae (km) [Eq (7a)]": "a_e",
    "hst (m) [Eq (85)]": "h_st_regression",
    "hsr (m) [Eq (86)]": "h_sr_regression",
    "hst (m) [Eq (90a)]": "h_st",
    "hsr (m) [Eq (90b)]": "h_sr",
    "hstd (m) [Eq (89)]": "h_std",
    "hsrd (m) [Eq (89)]": "h_srd",
    "htc (m) [Eq (37a)]": "h_tc_smooth",
    "hrc (m) [Eq (37b)]": "h_rc_smooth",
    "hte (m) [Eq (92a)]": "h_te",
    "hre (m) [Eq (92b)]": "h_re",
    "hm (m) [Eq (93)]": "h_m",
    "Fi [Eq (40)]": "f_i",
    "Fj [Eq (57)]": "f_j",
    "Fk [Eq (58)]": "f_k",
    "Lbfs [Eq (8)]": "l_bfs",
    "Lb0p [Eq (10)]": "l_b0p",
    "Lb0b [Eq (11)]": "l_b0beta",
    # The set logs the Bullington and spherical parts of its last call, the one at a_β.
    "Lbulla (dB) [Eq (21)]": "l_bulla_beta",
    "Lbulls (dB) [Eq (21)]": "l_bulls_beta",
    "Ldsph (dB) [Eq (27)]": "l_dsph_beta",
    "Ld50 (dB) [Eq (39)]": "l_d50",
    "Ldb (dB) [Eq (39)]": "l_dbeta",
    "Ldp (dB) [Eq (41)]": "l_dp",
    "Lbd50 (dB) [Eq (42)]": "l_bd50",
    "Lbd (dB) [Eq (43)]": "l_bd",
    "Lminb0p (dB) [Eq (59)]": "l_minb0p",
    "Lba (dB) [Eq (46)]": "l_ba",
    "Lminbap (dB) [Eq (60)]": "l_minbap",
    "Lbda (dB) [Eq (61)]": "l_bda",
    "Lbam (dB) [Eq (62)]": "l_bam",
    "Lbs (dB) [Eq (44)]": "l_bs",
    "Lbc (dB) [Eq (63)]": "l_bc",
    "Lb (dB) [Eq (69)]": "l_b",
    "Ep (dBuV/m) [Eq (70)]": "e_p",
}
INPUTS = {
    "Ptx (kW)",
    "Gtx (dBi)",
    "Grx (dBi)",
    "f (GHz)",
    "p (%)",
    "pL (%)",
    "sigmaL (dB)",
    "phi_t (deg)",
    "phi_r (deg)",
    "lam_t (deg)",
    "lam_r (deg)",
    "htg (m)",
    "hrg (m)",
    "pol",
    "DN",
    "N0",
    "R2 (m)",
    "Rn-1 (m)",
}


def solved(case):
    profile, logged = DOCUMENT["profiles"][case["profile"]], case["logged"]
    latitude = p1812.path_centre_latitude_deg(
        (profile["tx_lon"], profile["tx_lat"]),
        (profile["rx_lon"], profile["rx_lat"]),
        logged["d (km)"],
    )
    return p1812.basic_transmission_loss(
        profile["distance_km"],
        profile["ground_m"],
        profile["clutter_m"],
        profile["radio_zone"],
        tx_height_agl_m=logged["htg (m)"],
        rx_height_agl_m=logged["hrg (m)"],
        frequency_ghz=logged["f (GHz)"],
        time_percent=logged["p (%)"],
        location_percent=logged["pL (%)"],
        location_sigma_db=logged["sigmaL (dB)"],
        polarisation=case["polarisation"],
        delta_n=logged["DN"],
        n_0=logged["N0"],
        latitude_deg=latitude,
        tx_coast_km=logged["dct (km)"],
        rx_coast_km=logged["dcr (km)"],
        intermediates=True,
    )


@pytest.mark.parametrize("name", CASES)
def test_every_logged_quantity_agrees_within_1e_6(name):
    logged, found = CASES[name]["logged"], solved(CASES[name])
    assert set(logged) - INPUTS == set(QUANTITIES)
    for quantity, symbol in QUANTITIES.items():
        assert getattr(found, symbol) == pytest.approx(logged[quantity], rel=1e-6, abs=1e-6), symbol


@pytest.mark.parametrize("name", CASES)
def test_loss_agrees_within_1e_6_db(name):
    assert solved(CASES[name]).l_b == pytest.approx(
        CASES[name]["logged"]["Lb (dB) [Eq (69)]"], rel=0.0, abs=1e-6
    )


def test_the_set_holds_sea_land_clutter_both_polarisations_and_three_percentages():
    assert len(CASES) == 27
    assert {case["polarisation"] for case in CASES.values()} == {"horizontal", "vertical"}
    assert {case["logged"]["p (%)"] for case in CASES.values()} == {1.0, 10.0, 50.0}
    zones = {zone for p in DOCUMENT["profiles"].values() for zone in p["radio_zone"]}
    assert zones == {1, 3, 4}
