"""The built wheel carries its data and runs the main job in an empty environment."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, **options):
    done = subprocess.run(
        [str(part) for part in command],
        check=False,  # the output is worth more than the exception
        capture_output=True,
        text=True,
        encoding="utf-8",
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def python_of(home):
    return home / "Scripts" / "python.exe" if os.name == "nt" else home / "bin" / "python"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_layer_of_the_catalog_and_no_build_script(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    catalog = tomllib.loads((ROOT / "geodata" / "catalog.toml").read_text(encoding="utf-8"))
    files = {entry["file"] for entry in catalog["layer"]}
    shipped = {name.removeprefix("qn_coverage/_shipped/geodata/") for name in names}
    assert files <= shipped
    assert not [name for name in names if "geodata/build" in name]
    assert "qn_coverage/_shipped/scenarios/default.toml" in names


@pytest.mark.slow
def test_the_installed_wheel_runs_the_main_job_from_another_folder(wheel, tmp_path):
    home = tmp_path / "env"
    if uv := shutil.which("uv"):
        run(uv, "venv", "--quiet", "--python", sys.executable, home)
        python = python_of(home)
        run(uv, "pip", "install", "--quiet", "--python", python, wheel)
    else:
        run(sys.executable, "-m", "venv", home)
        python = python_of(home)
        run(python, "-m", "pip", "install", "--quiet", wheel)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    call = (python, "-m", "qn_coverage")
    # Coarse, since nothing is compiled there yet; everything else is the default study.
    (elsewhere / "coarse.toml").write_text("[study]\ncell_m = 500.0\n", encoding="utf-8")
    run(*call, "run", "coarse.toml", "--out", "out", cwd=elsewhere, env=environment)
    run(*call, "verify", "out", cwd=elsewhere, env=environment)
    run(*call, "data", "--check", cwd=elsewhere, env=environment)
    assert (elsewhere / "out" / "map.html").stat().st_size > 100_000
