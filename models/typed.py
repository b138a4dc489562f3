"""What people type or send, made safe to keep and to show."""

import re
import unicodedata

_UNSAFE_IN_NAMES = re.compile(r'[<>:"|?*]')


def safe_filename(name: str) -> str:
    """A file's own name without folders, control characters or what some systems forbid; at most 200 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Category C holds control and format characters; the latter can make a name read backwards.
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = _UNSAFE_IN_NAMES.sub("_", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:
        name = f"{stem[: 199 - len(extension)]}.{extension}"
    return name[:200].strip(" .") or "document"


def clean_text(text: str) -> str:
    """Text without control characters but line ends and tabs; databases refuse some, terminals obey others."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()
