"""The invented people, goals and sentences of the demo workspace."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class GoalKind:
    """A goal as it recurs on the caseload; `start` and `weekly` are percent and percentage points a week, or as much in
    the unit of its measure."""

    label: str
    condition: str
    behavior: str
    target: float
    start: float
    weekly: float
    measure: str = "trials"
    targets: tuple[str, ...] = ()


ELEMENTARY: Final = ("K", "1", "2", "3", "4", "5")
MIDDLE: Final = ("6", "7", "8")
SCHOOLS: Final = {"Lincoln ES": ELEMENTARY, "Oak MS": MIDDLE, "Riverside K-8": ELEMENTARY + MIDDLE}

# given name, family name, preferred name, pronouns, grade
STUDENTS: Final = (
    ("Mateo", "Rivera", "", "he/him", "2"),
    ("Aaliyah", "Brooks", "", "she/her", "2"),
    ("Noah", "Kim", "", "", "3"),
    ("Priya", "Natarajan", "", "she/her", "2"),
    ("Levi", "Thompson", "", "", "1"),
    ("Sofía", "Hernández", "", "she/her", "K"),
    ("Jaylen", "Carter", "", "he/him", "5"),
    ("Emma", "Novák", "", "", "4"),
    ("Tariq", "Hassan", "", "he/him", "6"),
    ("Chloe", "Nguyễn", "", "", "3"),
    ("Oluwaseun", "Adeyemi", "Seun", "he/him", "4"),
    ("Isabella", "Rossi", "Bella", "", "1"),
    ("Amir", "Rahimi", "", "", "2"),
    ("Zofia", "Wiśniewska", "", "", "3"),
    ("Kai", "Nakamura", "", "they/them", "5"),
    ("Maya", "Goldberg", "", "", "K"),
    ("Diego", "Castillo", "", "", "4"),
    ("Fatima", "El-Amin", "", "she/her", "6"),
    ("Liam", "O'Connor", "", "", "1"),
    ("Anaya", "Deshmukh", "", "", "2"),
    ("Eli", "Begay", "", "he/him", "3"),
    ("Harper", "Lindqvist", "", "", "5"),
    ("Minh", "Trần", "", "", "4"),
    ("Ximena", "Peña", "", "she/her", "7"),
    ("Jonah", "Whitfield", "", "", "2"),
    ("Leilani", "Kealoha", "Lani", "", "1"),
    ("Samir", "Khatri", "", "", "6"),
    ("Beatriz", "Gonçalves", "Bia", "", "3"),
    ("Ava", "Petrova", "", "", "K"),
    ("Darius", "Coleman", "", "he/him", "8"),
    ("Ingrid", "Sørensen", "", "", "5"),
    ("Yusuf", "Demir", "", "", "4"),
    ("Naomi", "Abrams", "", "", "2"),
    ("Thiago", "Moreira", "", "", "1"),
    ("Grace", "Mbeki", "", "she/her", "7"),
    ("Callum", "Fraser", "", "", "3"),
    ("Linh", "Phạm", "", "", "6"),
    ("Hana", "Kobayashi", "", "", "4"),
    ("Marcus", "Delacroix", "Marc", "he/him", "8"),
    ("Soo-ah", "Park", "", "", "5"),
    ("Ruth", "Yazzie", "", "", "2"),
    ("Elias", "Lehtonen", "", "", "1"),
)
OUTSIDERS_STUDENTS: Final = (
    ("Oscar", "Baptiste", "", "", "3"),
    ("Willa", "Chen", "", "", "4"),
    ("June", "Okafor", "", "", "2"),
)

GOALS: Final = (
    GoalKind("/ɹ/ initial, sentences", "a picture and a carrier phrase", "produce initial /ɹ/", 80, 28, 2.6),
    GoalKind("Retell, 4 elements", "a short story read aloud", "retell it with four story elements", 75, 25, 2.0),
    GoalKind("Past tense -ed", "pictures of finished actions", "use regular past tense", 80, 40, 2.2),
    GoalKind(
        "/s/ blends, words",
        "picture cards",
        "produce /s/ blends in words",
        90,
        45,
        2.8,
        targets=("spoon", "star", "snake", "sleep", "smile"),
    ),
    GoalKind("2-step directions", "spoken directions with familiar words", "follow two-step directions", 80, 35, 1.1),
    GoalKind("Wh- questions", "a short picture book", "answer who, what and where questions", 75, 38, 1.4),
    GoalKind("Fluency: easy onset", "a structured conversation", "start phrases with easy onset", 80, 42, 2.4),
    GoalKind(
        "Inference questions", "a paragraph at grade level", "answer questions that need an inference", 70, 25, 0.6
    ),
    GoalKind("Conversation turns", "a topic of choice", "take turns on topic with a peer", 80, 36, 2.0, "tally"),
    GoalKind("/k/ final, phrases", "picture cards and a model", "produce final /k/ in phrases", 80, 30, -0.4),
    GoalKind("Plural -s", "pictures of one and of many", "mark plural nouns in sentences", 80, 32, 1.0),
    GoalKind("Category naming", "a spoken category", "name five members of the category", 75, 40, 0.8),
    GoalKind(
        "Greetings, AAC", "an arrival at the classroom", "greet with the speech-generating device", 80, 20, 1.8, "tally"
    ),
    GoalKind("/θ/ all positions", "sentences read aloud", "produce /θ/ in all positions", 85, 35, 2.1),
    GoalKind("Main idea", "a short text heard twice", "state the main idea in a sentence", 75, 30, 1.6),
    GoalKind("Self-repair", "a recorded retell", "notice and repair unclear sentences", 70, 22, 1.2),
)

NOTE_LINES: Final = (
    "Worked on {goals} with picture cards and a board game. {name} joined in all activities.",
    "Targeted {goals}. Verbal models were given after two unsuccessful attempts.",
    "Practiced {goals} at the table, then in a barrier game with a peer.",
    "Probe first without cues, then practice of {goals}. {name} asked to play the game again.",
    "Targeted {goals} during shared reading. Visual cue card on the table throughout.",
)
RETURN_COMMENT: Final = "Please add which cues you gave for the second goal, and keep to what you saw."
ABSENCES: Final = ("student_absent", "student_absent", "school_activity", "student_refused", "provider_duty")
