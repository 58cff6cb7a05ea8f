"""Fonts, from pinned packages: web fonts into `assets/fonts`, full fonts for PDFs into `.build/fonts`.

All are under the SIL Open Font License. They are installed, never kept in the repository. Source Sans 3 covers Latin
with Vietnamese, Greek and Cyrillic; the Noto families stand in for the scripts that it lacks.
"""

import hashlib
import shutil
from importlib.util import find_spec
from pathlib import Path

from therapytrack.launcher import progress, toolchain
from therapytrack.settings import PROJECT_ROOT

LOCK = PROJECT_ROOT / "fonts.lock"
PDF_FONTS = toolchain.BUILD_DIR / "fonts"
WEB_FONTS = PROJECT_ROOT / "assets" / "fonts"
STAMP = PDF_FONTS / ".installed"
WEB_PACKAGE = "@fontsource-variable/source-sans-3"
SOURCE_SANS = "@expo-google-fonts/source-sans-3"
ARABIC = "@expo-google-fonts/noto-sans-arabic"
DEVANAGARI = "@expo-google-fonts/noto-sans-devanagari"

PDF_FILES = {
    "SourceSans3-Regular.ttf": f"{SOURCE_SANS}/400Regular/SourceSans3_400Regular.ttf",
    "SourceSans3-Italic.ttf": f"{SOURCE_SANS}/400Regular_Italic/SourceSans3_400Regular_Italic.ttf",
    "SourceSans3-SemiBold.ttf": f"{SOURCE_SANS}/600SemiBold/SourceSans3_600SemiBold.ttf",
    "SourceSans3-Bold.ttf": f"{SOURCE_SANS}/700Bold/SourceSans3_700Bold.ttf",
    "NotoSansArabic-Regular.ttf": f"{ARABIC}/400Regular/NotoSansArabic_400Regular.ttf",
    "NotoSansArabic-Bold.ttf": f"{ARABIC}/700Bold/NotoSansArabic_700Bold.ttf",
    "NotoSansDevanagari-Regular.ttf": f"{DEVANAGARI}/400Regular/NotoSansDevanagari_400Regular.ttf",
    "NotoSansDevanagari-Bold.ttf": f"{DEVANAGARI}/700Bold/NotoSansDevanagari_700Bold.ttf",
}
CJK_FILE = "NotoSansCJK-Regular.otf"


def digest() -> str:
    """Fingerprint of what is to be installed."""
    names = repr(sorted(PDF_FILES)).encode()
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
    """Full fonts for PDFs, under plain names."""
    PDF_FONTS.mkdir(parents=True, exist_ok=True)
    for name, source in PDF_FILES.items():
        shutil.copyfile(modules / source, PDF_FONTS / name)
    spec = find_spec("noto_cjk_sans_jp_regular")
    if spec is None or spec.origin is None:
        raise progress.LaunchProblem(
            "The font package for Chinese, Japanese and Korean is missing. Run `make clean`, then try again."
        )
    shutil.copyfile(Path(spec.origin).parent / "NotoSansCJKjp-Regular.otf", PDF_FONTS / CJK_FILE)


def lay_out_web_fonts(package: Path) -> None:
    """Variable web fonts, one file a script (the style sheet names them as `/fonts/...`), with their licence."""
    shutil.rmtree(WEB_FONTS, ignore_errors=True)
    WEB_FONTS.mkdir(parents=True)
    for font in (package / "files").glob("*.woff2"):
        shutil.copyfile(font, WEB_FONTS / font.name)
    shutil.copyfile(package / "LICENSE", WEB_FONTS / "LICENSE.txt")
