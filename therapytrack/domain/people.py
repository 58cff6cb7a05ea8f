"""Professions as sign-up offers them, and the discipline of each: the code is stored, the words are shown."""

from typing import Final

PROFESSIONS: Final = {
    "slp": "Speech-language pathologist",
    "slpa": "Speech-language pathology assistant",
    "ot": "Occupational therapist",
    "ota": "Occupational therapy assistant",
    "pt": "Physical therapist",
    "pta": "Physical therapist assistant",
    "counselor": "School counselor",
    "psychologist": "School psychologist",
    "social_worker": "School social worker",
    "behavior_analyst": "Behavior analyst",
    "audiologist": "Audiologist",
    "teacher": "Special education teacher",
    "other": "Other",
}

DISCIPLINES: Final = {
    "slp": "Speech-language pathology",
    "ot": "Occupational therapy",
    "pt": "Physical therapy",
    "counselor": "Counseling",
    "psychologist": "Psychology",
    "social_worker": "Social work",
    "behavior_analyst": "Behavior analysis",
    "audiologist": "Audiology",
    "teacher": "Special education",
    "other": "Other",
}

ASSISTANTS: Final = {"slpa": "slp", "ota": "ot", "pta": "pt"}


def discipline_of(profession: str) -> str:
    """The discipline that a profession belongs to: an assistant's is that of the clinician who supervises her."""
    return ASSISTANTS.get(profession, profession)


def is_assistant(profession: str) -> bool:
    """Whether the profession works under a supervising clinician's license."""
    return profession in ASSISTANTS
