"""What the notes page asks before a note is signed."""

from dataclasses import dataclass

from therapytrack.services.claim_check import BeforeSigning

TONES = {"late": "warn", "missing": "warn"}


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question: its word, the sentence, and where it comes from."""

    word: str
    sentence: str
    source: str
    tone: str


def question_views(asked: BeforeSigning) -> list[QuestionView]:
    """The questions about a note, and last the note that it repeats."""
    shown = [
        QuestionView(one.question.capitalize(), one.sentence, one.source, TONES.get(one.question, "bad"))
        for one in asked.findings
    ]
    if asked.alike:
        sentence = f"{asked.alike.percent}% of this text stands in {asked.alike.other}. Write what was of this day."
        shown.append(QuestionView("Repeats", sentence, "auditors look for cloned notes", "warn"))
    return shown
