"""English names of the languages that the readers know."""

NAMES = {
    "ar": "Arabic",
    "az": "Azerbaijani",
    "de": "German",
    "en": "English",
    "fa": "Persian",
    "fr": "French",
    "hi": "Hindi",
    "hy": "Armenian",
    "ru": "Russian",
    "tr": "Turkish",
    "ur": "Urdu",
}
