"""The templates with which a workspace begins, to be replaced: originals, in the words of each discipline.

They state data and draw no conclusion, so that an assistant may use them as well; what the student's response was is
the clinician's to write.
"""

from therapytrack.domain.note_templates import TemplateForm

_WORK = {
    "slp": ("SLP", "speech-language therapy", "communication"),
    "ot": ("OT", "occupational therapy", "participation in school tasks"),
    "pt": ("PT", "physical therapy", "movement and access at school"),
    "counselor": ("Counseling", "counseling", "social and emotional goals"),
}


def _texts(service: str, aim: str) -> dict[str, str]:
    return {
        "individual": (
            f"{{student}} received {{minutes}} of {service} on {{date}}, {{setting}} ({{delivery}}, {{place}}).\n"
            "Goals: {goals}.\n{results}"
        ),
        "group": (
            f"{{student}} took part in {{minutes}} of {service} on {{date}}, {{setting}} ({{delivery}}, {{place}}).\n"
            "Goals worked on with this student: {goals}.\n{results}"
        ),
        "consult": (
            f"{{minutes}} of consultation in {service} for {{student}} on {{date}} ({{delivery}}, {{place}}), "
            f"about {aim}.\n{{results}}"
        ),
    }


DEFAULT_TEMPLATES = tuple(
    TemplateForm(f"{name} {setting}", discipline, setting, text)
    for discipline, (name, service, aim) in _WORK.items()
    for setting, text in _texts(service, aim).items()
)
