"""Fonts, from pinned packages: web fonts into `assets/fonts`, full fonts for PDFs into `.build/fonts`.

All are under the SIL Open Font License. They are installed, never kept in the repository. Source Sans 3 covers Latin
with Vietnamese, Greek and Cyrillic; the Noto families stand in for the scripts that it lacks. The licence of each lies
beside it.
"""

import hashlib
import shutil
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from therapytrack.domain.scripts import CJK, SCRIPTS
from therapytrack.launcher import progress, toolchain
from therapytrack.settings import PROJECT_ROOT

LOCK = PROJECT_ROOT / "fonts.lock"
PDF_FONTS = toolchain.BUILD_DIR / "fonts"
WEB_FONTS = PROJECT_ROOT / "assets" / "fonts"
STAMP = PDF_FONTS / ".installed"
WEB_PACKAGE = "@fontsource-variable/source-sans-3"
SOURCE_SANS = "@expo-google-fonts/source-sans-3"
WEIGHTS = {"": "400Regular", "B": "600SemiBold"}

PDF_FILES = {
    "SourceSans3-Regular.ttf": f"{SOURCE_SANS}/400Regular/SourceSans3_400Regular.ttf",
    "SourceSans3-Italic.ttf": f"{SOURCE_SANS}/400Regular_Italic/SourceSans3_400Regular_Italic.ttf",
    "SourceSans3-SemiBold.ttf": f"{SOURCE_SANS}/600SemiBold/SourceSans3_600SemiBold.ttf",
    "SourceSans3-Bold.ttf": f"{SOURCE_SANS}/700Bold/SourceSans3_700Bold.ttf",
    "SourceSans3-LICENSE.txt": f"{SOURCE_SANS}/LICENSE_FONT",
}
for _script in SCRIPTS:
    _name = _script.family.replace(" ", "")
    _package = f"@expo-google-fonts/{_script.family.lower().replace(' ', '-')}"
    PDF_FILES[f"{_name}-LICENSE.txt"] = f"{_package}/LICENSE_FONT"
    for _style in ("", "B") if _script.bold else ("",):
        _weight = WEIGHTS[_style]
        PDF_FILES[_script.file(_style)] = f"{_package}/{_weight}/{_name}_{_weight}.ttf"


def digest() -> str:
    """Fingerprint of what is to be installed."""
    names = repr(sorted(PDF_FILES.items())).encode()
    return hashlib.sha256((LOCK / "package-lock.json").read_bytes() + names + Path(__file__).read_bytes()).hexdigest()


def are_current() -> bool:
    """Whether the pinned fonts are in place."""
    return STAMP.exists() and STAMP.read_text() == digest() and (WEB_FONTS / "LICENSE.txt").exists()


def install() -> None:
    """Fetch the pinned packages and lay the fonts out. Raises LaunchProblem."""
    env = toolchain.environment()
    work = toolchain.BUILD_DIR / "npm-fonts"
    command = toolchain.npm_ci(LOCK, work)
    progress.run_logged(command, toolchain.LOG_DIR / "fonts.log", still="still fetching fonts", cwd=work, env=env)
    lay_out_pdf_fonts(work / "node_modules")
    lay_out_web_fonts(work / "node_modules" / WEB_PACKAGE)
    shutil.rmtree(work)
    STAMP.write_text(digest())


def lay_out_pdf_fonts(modules: Path) -> None:
    """Full fonts for PDFs, under plain names, with their licences."""
    shutil.rmtree(PDF_FONTS, ignore_errors=True)
    PDF_FONTS.mkdir(parents=True)
    for name, source in PDF_FILES.items():
        shutil.copyfile(modules / source, PDF_FONTS / name)
    spec = find_spec("noto_cjk_sans_jp_regular")
    if spec is None or spec.origin is None:
        raise progress.LaunchProblem(
            "The font package for Chinese, Japanese and Korean is missing. Run `make clean`, then try again."
        )
    shutil.copyfile(Path(spec.origin).parent / "NotoSansCJKjp-Regular.otf", PDF_FONTS / CJK.file())
    licence = distribution("noto-cjk-sans-jp-regular").read_text("licenses/LICENSE")
    (PDF_FONTS / "NotoSansCJK-LICENSE.txt").write_text(licence or "", encoding="utf-8")


def lay_out_web_fonts(package: Path) -> None:
    """Variable web fonts, one file a script (the style sheet names them as `/fonts/...`), with their licence."""
    shutil.rmtree(WEB_FONTS, ignore_errors=True)
    WEB_FONTS.mkdir(parents=True)
    for font in (package / "files").glob("*.woff2"):
        shutil.copyfile(font, WEB_FONTS / font.name)
    shutil.copyfile(package / "LICENSE", WEB_FONTS / "LICENSE.txt")
