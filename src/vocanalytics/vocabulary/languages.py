"""Languages by their two letters (ISO 639-1), as exports write them and as a reader names them."""

from __future__ import annotations

#: A verbatim of which nobody can say the language: too short, no words, or too close between two.
UNDETERMINED = "und"

#: English name, then whatever else exports write for it: three letters (ISO 639-2 and 639-3), its own name.
_WRITTEN = {
    "en": "English eng",
    "ar": "Arabic ara العربية",
    "bg": "Bulgarian bul български",
    "ca": "Catalan cat català",
    "cs": "Czech ces cze čeština",
    "da": "Danish dan dansk",
    "de": "German deu ger deutsch",
    "el": "Greek ell gre ελληνικά",
    "es": "Spanish spa español castellano castilian",
    "et": "Estonian est eesti",
    "fa": "Persian fas per farsi فارسی",
    "fi": "Finnish fin suomi",
    "fr": "French fra fre français",
    "he": "Hebrew heb iw עברית",
    "hi": "Hindi hin हिन्दी",
    "hr": "Croatian hrv hrvatski",
    "hu": "Hungarian hun magyar",
    "id": "Indonesian ind in",
    "it": "Italian ita italiano",
    "ja": "Japanese jpn 日本語",
    "ko": "Korean kor 한국어",
    "lt": "Lithuanian lit lietuvių",
    "lv": "Latvian lav latviešu",
    "ms": "Malay msa may",
    "nl": "Dutch nld dut nederlands flemish",
    "no": "Norwegian nor norsk nb nob bokmål nn nno nynorsk",
    "pl": "Polish pol polski",
    "pt": "Portuguese por português",
    "ro": "Romanian ron rum română",
    "ru": "Russian rus русский",
    "sk": "Slovak slk slo slovenčina",
    "sl": "Slovenian slv slovenščina slovene",
    "sr": "Serbian srp српски srpski",
    "sv": "Swedish swe svenska",
    "ta": "Tamil tam தமிழ்",
    "th": "Thai tha ไทย",
    "tr": "Turkish tur türkçe",
    "uk": "Ukrainian ukr українська",
    "ur": "Urdu urd اردو",
    "vi": "Vietnamese vie",
    "zh": "Chinese zho chi cmn mandarin 中文 汉语 漢語",
}

#: Two letters to English name, in the order of the letters.
LANGUAGES: dict[str, str] = {code: written.split()[0] for code, written in sorted(_WRITTEN.items())}
_CODES = {name.casefold(): code for code, written in _WRITTEN.items() for name in (code, *written.split())}


def language_code(written: str) -> str | None:
    """The two letters for what an export says: `en-US`, `eng`, `English` and `english (UK)` are all `en`.

    None where it names no language known here (`n/a`, `other`): then the words themselves must tell.
    """
    words = written.strip().casefold().replace("_", "-").replace("-", " ").replace("(", " ").split()
    return _CODES.get(words[0]) if words else None


def language_name(code: str) -> str:
    """The English name of a language, as a sentence writes it."""
    return "an unknown language" if code == UNDETERMINED else LANGUAGES.get(code, code)
