"""What was done with progress reports, in the words of the activity log."""

EXPORT, PRINT, DOWNLOAD = "export progress report", "print progress reports", "download progress reports"
_ACTS = {
    "draft report": "draft a progress report",
    "code report goal": "set a goal's code in a progress report",
    "sign report": "sign a progress report",
    "submit report": "submit a progress report",
    "co-sign report": "co-sign a progress report",
    "return report": "return a progress report",
    "add report addendum": "add an addendum to a progress report",
    "submit report addendum": "submit an addendum to a progress report",
    "co-sign report addendum": "co-sign an addendum to a progress report",
    "return report addendum": "return an addendum to a progress report",
}
_EXPORTS = {
    EXPORT: "export a progress report",
    PRINT: "print progress reports",
    DOWNLOAD: "download progress reports",
}
_SETTINGS = {
    "add reporting period": "add a reporting period",
    "change reporting period": "change a reporting period",
    "remove reporting period": "remove a reporting period",
    "change code set": "change a set of progress codes",
    "use code set": "use another set of progress codes",
}
PHRASES = _ACTS | _EXPORTS | _SETTINGS
ACTS, EXPORTS, SETTINGS = tuple(_ACTS), tuple(_EXPORTS), tuple(_SETTINGS)
SEEN = {
    "progress_report": "open a progress report",
    "report_queue": "open the queue of progress reports",
}
