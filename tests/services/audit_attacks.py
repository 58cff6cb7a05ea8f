"""What somebody with all rights in the database, and without the key, can do to the log; and what a check then says.

Each attack runs on twelve rows in the chain of one workspace (see `audit_world`). `{here}` and `{there}` are the two
workspaces, `{r}` is the condition for a row of the chain: "{r} = 5".
"""

from dataclasses import dataclass

ZERO, JUNK = "0" * 32, "f" * 64
ROW = "workspace_id = '{here}' AND sequence"
ALL = "workspace_id = '{here}'"
COLUMNS = (
    "id, created_at, workspace_id, account_id, membership_id, action, outcome, student_id, record_kind, record_id, "
    "detail, sequence, key_id, hash"
)
MOVED = (
    "created_at", "workspace_id", "account_id", "membership_id", "action", "outcome", "student_id", "record_kind",
    "record_id", "detail",
)  # fmt: skip
NO_INDEX = "DROP INDEX ix_activity_chain"
CHANGED, HEAD_CHANGED = "changed after", "the head was not written by TherapyTrack"
CUT = "missing at the end"


@dataclass(frozen=True)
class Attack:
    """Statements, and words that a finding about it has."""

    name: str
    says: str
    statements: tuple[str, ...]


def edit(column: str, value: str, says: str = f"row 5: {CHANGED}") -> Attack:
    """One column of one row."""
    return Attack(f"edit {column} to {value}", says, (f"UPDATE activity SET {column} = {value} WHERE {ROW} = 5",))


def attack(name: str, says: str, *statements: str) -> Attack:
    """Any statements."""
    return Attack(name, says, statements)


def head(**values: object) -> str:
    """A statement that sets columns of the chain's head."""
    return "UPDATE audit_head SET " + ", ".join(f"{k} = {v}" for k, v in values.items()) + f" WHERE {ALL}"


def of_row(column: str, sequence: int) -> str:
    """A value taken from another row."""
    return f"(SELECT a.{column} FROM activity a WHERE a.workspace_id = '{{here}}' AND a.sequence = {sequence})"


def copied(sequence: str, of: int, where: str = "'{here}'", key: str = ZERO[:-1] + "1") -> str:
    """A statement that inserts a copy of a row at another place."""
    return (
        f"INSERT INTO activity ({COLUMNS}) SELECT '{key}', created_at, {where}, account_id, membership_id, action, "
        f"outcome, student_id, record_kind, record_id, detail, {sequence}, key_id, hash "
        f"FROM activity WHERE {ROW} = {of}"
    )


def swapped(*columns: str) -> tuple[str, ...]:
    """Statements that exchange columns of rows 4 and 5 through a temporary copy."""
    take = ", ".join(
        f"{column} = (SELECT k.{column} FROM kept k WHERE k.sequence = 9 - activity.sequence)" for column in columns
    )
    return (
        f"CREATE TEMPORARY TABLE kept AS SELECT * FROM activity WHERE {ROW} IN (4, 5)",
        f"UPDATE activity SET {take} WHERE {ROW} IN (4, 5)",
    )


EDITS = (
    edit("id", f"'{ZERO[:-1]}1'"),
    edit("created_at", "'2020-01-01 00:00:00.000000'"),
    edit("created_at", "'infinity'"),
    edit("account_id", "NULL"),
    edit("membership_id", f"'{ZERO[:-1]}2'"),
    edit("action", "'act 50'"),
    edit("outcome", "'refused'"),
    edit("student_id", "NULL"),
    edit("record_kind", "'goal'"),
    edit("record_id", f"'{ZERO[:-1]}3'"),
    edit("detail", """'{{"number": 6}}'"""),
    edit("detail", """' {{"number": 5, "words": ["\\u00e9", "\\u2028"]}}'"""),
    edit("hash", f"'{JUNK}'", f"rows 5 to 6: {CHANGED}"),
    edit("key_id", "'0123456789abcdef'", "row 5: sealed with another key"),
    edit("sequence", "99", "row 5: missing"),
    edit("workspace_id", "'{there}', sequence = 99", "row 5: missing"),
    edit("workspace_id", "NULL, sequence = 99", "row 5: missing"),
    attack("edit the last row", f"row 12: {CHANGED}", f"UPDATE activity SET action = 'x' WHERE {ROW} = 12"),
    attack("edit every row", f"rows 1 to 12: {CHANGED}", f"UPDATE activity SET outcome = 'x' WHERE {ALL}"),
    attack("blame somebody else", f"rows 1 to 12: {CHANGED}", f"UPDATE activity SET account_id = NULL WHERE {ALL}"),
)
DELETIONS = (
    attack("delete the first row", "row 1: missing", f"DELETE FROM activity WHERE {ROW} = 1"),
    attack("delete a middle row", "row 6: missing", f"DELETE FROM activity WHERE {ROW} = 6"),
    attack("delete some rows", "rows 3 to 7: missing", f"DELETE FROM activity WHERE {ROW} BETWEEN 3 AND 7"),
    attack("delete the last row", f"row 12: {CUT}", f"DELETE FROM activity WHERE {ROW} = 12"),
    attack("cut the tail", f"rows 8 to 12: {CUT}", f"DELETE FROM activity WHERE {ROW} > 7"),
    attack("delete all rows", f"rows 1 to 12: {CUT}", f"DELETE FROM activity WHERE {ALL}"),
    attack(
        "delete all rows and the head",
        "the whole log is missing",
        f"DELETE FROM activity WHERE {ALL}",
        f"DELETE FROM audit_head WHERE {ALL}",
    ),
    attack("delete everything of all logs", "Lincoln", "DELETE FROM activity WHERE workspace_id IS NULL"),
    attack(
        "close the gap by numbering anew",
        f"rows 3 to 11: {CHANGED}",
        NO_INDEX,
        f"DELETE FROM activity WHERE {ROW} = 3",
        f"UPDATE activity SET sequence = sequence - 1 WHERE {ROW} > 3",
    ),
)
ORDER = (
    attack("swap the contents of two rows", f"rows 4 to 5: {CHANGED}", *swapped(*MOVED)),
    attack(
        "swap contents and hashes of two rows",
        f"rows 4 to 6: {CHANGED}",
        *swapped(*MOVED, "hash", "key_id"),
    ),
    attack("swap two hashes", f"rows 4 to 6: {CHANGED}", *swapped("hash")),
    attack("swap two times", f"rows 4 to 5: {CHANGED}", *swapped("created_at")),
    attack(
        "swap two numbers",
        f"rows 4 to 6: {CHANGED}",
        NO_INDEX,
        f"UPDATE activity SET sequence = 9 - sequence WHERE {ROW} IN (4, 5)",
    ),
    attack(
        "turn the order around",
        CHANGED,
        NO_INDEX,
        f"UPDATE activity SET sequence = 13 - sequence WHERE {ALL}",
    ),
    attack(
        "number everything anew from 2",
        "row 1: missing",
        NO_INDEX,
        f"UPDATE activity SET sequence = sequence + 1 WHERE {ALL}",
        head(sequence=13),
    ),
)
INSERTIONS = (
    attack("add a copy behind the last row", "row 13: beyond the head", copied("13", 5)),
    attack("add a copy with the same number", "row 5: there more than once", NO_INDEX, copied("5", 5)),
    attack("add a row before the first", "no place in the log", copied("0", 5)),
    attack(
        "add a row and move the head to it",
        HEAD_CHANGED,
        copied("13", 5),
        head(sequence=13, hash=of_row("hash", 5)),
    ),
    attack(
        "add a row in between",
        f"rows 6 to 13: {CHANGED}",
        NO_INDEX,
        f"UPDATE activity SET sequence = sequence + 1 WHERE {ROW} > 5",
        copied("6", 5),
        head(sequence=13),
    ),
    attack(
        "put another workspace's row at the end",
        f"row 13: {CHANGED}",
        "UPDATE activity SET workspace_id = '{here}', sequence = 13 WHERE workspace_id = '{there}' AND sequence = 1",
    ),
    attack(
        "put another workspace's row in the place of one",
        f"rows 1 to 2: {CHANGED}",
        f"DELETE FROM activity WHERE {ROW} = 1",
        "UPDATE activity SET workspace_id = '{here}' WHERE workspace_id = '{there}'",
    ),
    attack(
        "begin a workspace's log once more",
        CHANGED,
        "UPDATE activity SET action = 'begin log' WHERE action = 'sign in'",
    ),
    attack("a log of a workspace that never began", "its beginning is missing", copied("1", 5, "'{other}'")),
)
HEADS = (
    attack("delete the head", "the head is missing", f"DELETE FROM audit_head WHERE {ALL}"),
    attack("set the head back", "rows 10 to 12: beyond the head", head(sequence=9)),
    attack("set the head forward", f"rows 13 to 17: {CUT}", head(sequence=17)),
    attack("change the head's hash", HEAD_CHANGED, head(hash=f"'{JUNK}'")),
    attack("change the head's seal", HEAD_CHANGED, head(seal=f"'{JUNK}'")),
    attack("put signs into the head's seal", HEAD_CHANGED, head(seal="'é'")),
    attack("change the head's key", "the head is sealed with another key", head(key_id="'0123456789abcdef'")),
    attack(
        "cut the tail and write the head from the rows",
        HEAD_CHANGED,
        f"DELETE FROM activity WHERE {ROW} > 9",
        head(sequence=9, hash=of_row("hash", 9)),
    ),
    attack(
        "cut the tail and put the last hash as the seal",
        HEAD_CHANGED,
        f"DELETE FROM activity WHERE {ROW} > 9",
        head(sequence=9, hash=of_row("hash", 9), seal=of_row("hash", 9)),
    ),
    attack(
        "cut the tail and blame another key",
        "the head is sealed with another key",
        f"DELETE FROM activity WHERE {ROW} > 9",
        head(sequence=9, hash=of_row("hash", 9), key_id="'0123456789abcdef'"),
    ),
    attack(
        "put another workspace's head here",
        HEAD_CHANGED,
        "UPDATE audit_head SET (sequence, hash, key_id, seal) = "
        "(SELECT h.sequence, h.hash, h.key_id, h.seal FROM audit_head h WHERE h.workspace_id = '{there}') "
        f"WHERE {ALL}",
    ),
    attack(
        "delete the installation's own log",
        "its beginning is missing in the installation's own log",
        "DELETE FROM activity WHERE workspace_id IS NULL",
        "DELETE FROM audit_head WHERE workspace_id IS NULL",
    ),
    attack(
        "delete every log and every head, and begin one anew",
        "its beginning is missing",
        "DELETE FROM activity WHERE workspace_id <> '{here}' OR workspace_id IS NULL OR sequence > 1",
        "DELETE FROM audit_head",
    ),
)
# Values that only SQLite takes into such columns.
STRANGE = (
    edit("action", "CAST(x'ff' AS TEXT)"),
    edit("id", "x'00ff'"),
    edit("sequence", "'five'", "no place in the log"),
    edit("workspace_id", "'nowhere', sequence = 99", "rows of a workspace that cannot be"),
    attack("change the head's number to a word", HEAD_CHANGED, head(sequence="'last'")),
    attack("put bytes into the head", HEAD_CHANGED, head(hash="x'ff'")),
)
ATTACKS = (*EDITS, *DELETIONS, *ORDER, *INSERTIONS, *HEADS)
