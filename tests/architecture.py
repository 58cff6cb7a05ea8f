"""The rules of the house as functions over source text; each finding says how to mend it.

`test_architecture.py` holds the code to them, and each rule to small bad examples: no rule passes by blindness.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Services that work without an actor, and why.
WITHOUT_ACTOR = {
    "therapytrack/services/identity.py": "before sign-in nobody is an actor yet",
    "therapytrack/services/throttle.py": "counts failed attempts of strangers",
    "therapytrack/services/sign_ins.py": "makes the actor",
    "therapytrack/services/demo.py": "writes the demonstration before anybody is signed in",
    "therapytrack/services/demo_files.py": "writes the file of the demonstration before anybody is signed in",
    "therapytrack/services/demo_reports.py": "writes the reports of the demonstration before anybody is signed in",
    "therapytrack/services/prompt_scale.py:add_default_scale": "a part of founding a workspace, called by identity",
    "therapytrack/services/attendance_codes.py:add_default_codes": "a part of founding a workspace, called by identity",
    "therapytrack/services/note_templates.py:add_default_templates": "the same",
    "therapytrack/services/report_settings.py:add_default_code_sets": "the same",
    "therapytrack/services/goal_bank.py:add_default_goals": "the same",
    "therapytrack/services/attendance_codes.py:choice_of": "reads an entry that the caller was granted",
    "therapytrack/services/password_reset.py": "who forgot her password is not signed in",
    "therapytrack/services/joining.py": "who accepts an invitation is no actor in its workspace yet",
    "therapytrack/services/reach.py:end_reach": "also when an invitation brings a former member back: before sign-in",
    "therapytrack/services/audit_seal.py": "stores what an act of an actor has collected, as its transaction ends",
    "therapytrack/services/audit_sql.py": "the statements of the log's chain, for the two above and below",
    "therapytrack/services/audit_check.py": "the operator checks the log outside of the product",
    "therapytrack/services/audit_report.py": "the operator checks the log outside of the product",
    "therapytrack/services/file_keys.py": "the operator renews the keys of files outside of the product",
    "therapytrack/services/alarms.py": "watches acts while they are stored; `tell` knows its actor",
    "therapytrack/services/letters.py": "hands mail over once a transaction has committed",
    "therapytrack/services/activity.py:record_before_actor": "before sign-in nobody is an actor yet",
    "therapytrack/services/activity.py:record_refusals": "also of somebody who is nobody in the workspace yet",
    "therapytrack/services/refusal_tally.py": "counts for the two above",
    "therapytrack/services/dialects.py": "writes a statement in the database's dialect, reads no record",
    "therapytrack/services/trial_sql.py": "writes a statement in the database's dialect, reads no record",
}
OPENS_TRANSACTIONS = (
    "therapytrack/services/sign_ins.py",
    "therapytrack/services/demo",
    "therapytrack/services/file_sweep.py",  # works for the server itself, workspace by workspace
)
PANDAS = ("therapytrack/services/exports", "therapytrack/services/progress")
QUERIES = ("therapytrack/access/", "therapytrack/services/")
QUERY_NAMES = {"select", "insert", "update", "delete"}
QUERY_LIBRARIES = {"sqlalchemy", "sqlmodel", "sa"}
LOGGERS = {"log", "logger"}
PERSONAL = {
    "birth_date", "email", "first_name", "full_name", "last_name", "legal_name", "note", "note_text", "preferred_name",
    "student_name", "text",
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that breaks a rule, and how to mend it."""

    path: str
    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}. Fix: {self.fix}"


Rule = Callable[[str, str], Iterator[Finding]]


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function in a tree, nested ones too."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def called(node: ast.AST) -> str:
    """The dotted name that a call calls, as far as it is one."""
    if isinstance(node, ast.Attribute):
        return f"{called(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name of what it calls."""
    yield from ((node, called(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call))


def services_know_their_actor(path: str, source: str) -> Iterator[Finding]:
    """A service that touches the database begins with `db, actor`; only the bridge opens transactions for it."""
    if not path.startswith("therapytrack/services/"):
        return
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            exempt = path in WITHOUT_ACTOR or f"{path}:{node.name}" in WITHOUT_ACTOR
            parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            uses_db = any(
                a.arg == "db" or re.search(r"\bSession\b", ast.unparse(a.annotation or a)) for a in parameters
            )
            if uses_db and not exempt and [a.arg for a in parameters[:2]] != ["db", "actor"]:
                fix = (
                    "make `db, actor` its first two parameters and fetch through access.gate, or begin its name with _"
                )
                yield Finding(path, node.lineno, f"service {node.name} takes the database without an actor", fix)
    if path.startswith(OPENS_TRANSACTIONS):
        return
    for call, name in calls(tree):
        if name.rpartition(".")[2] in ("transaction", "viewing", "get_engine", "make_engine") or name == "Session":
            fix = "take the open `db` as a parameter; the bridge in state/base.py opens one transaction an event"
            yield Finding(path, call.lineno, f"a service calls {name}()", fix)


def queries_stay_behind_the_gate(path: str, source: str) -> Iterator[Finding]:
    """`select(` and its kin, `.exec(` and `.query(` stand in access and services only."""
    if not path.startswith("therapytrack/") or path.startswith(QUERIES):
        return
    fix = "move the query into a service (through access.gate) and call that"
    for node, name in calls(ast.parse(source)):
        head, _, tail = name.rpartition(".")
        builds = tail in QUERY_NAMES and (head in QUERY_LIBRARIES or not head)
        runs = tail in ("exec", "query", "scalars") and bool(head)
        if builds or runs:
            yield Finding(path, node.lineno, f"{name}( outside access and services", fix)


def pandas_stays_in_exports(path: str, source: str) -> Iterator[Finding]:
    """Data frames are for exports and progress."""
    if not path.startswith("therapytrack/") or path.startswith(PANDAS):
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        if any(name.split(".")[0] == "pandas" for name in names):
            yield Finding(path, node.lineno, "pandas imported here", f"use it in {' or '.join(PANDAS)}*.py only")


def nothing_prints(path: str, source: str) -> Iterator[Finding]:
    """No `print`: what people read goes through the page, what operators read through the log or the launcher."""
    for node, name in calls(ast.parse(source)):
        if name == "print":
            yield Finding(path, node.lineno, "print(", "log with structlog, or write with launcher.progress.say")


def sizes(path: str, source: str) -> Iterator[Finding]:
    """Functions of 40 lines at most (pages, components and tests 60), modules of 300."""
    limit = 60 if path.startswith(("therapytrack/pages/", "therapytrack/components/", "tests/")) else 40
    lines = source.count("\n")
    if path.startswith("therapytrack/") and lines > 300:
        yield Finding(path, 1, f"{lines} lines (300 at most)", "find the noun that is missing and give it a module")
    for node in functions(ast.parse(source)):
        size = (node.end_lineno or node.lineno) - node.lineno + 1
        if size > limit:
            fix = "name its steps and make them functions"
            yield Finding(path, node.lineno, f"{node.name} has {size} lines ({limit} at most)", fix)


def handlers_carry_a_policy(path: str, source: str) -> Iterator[Finding]:
    """Every public method of a state is a handler that a stranger can call: marked, and async."""
    if not path.startswith("therapytrack/state/"):
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef) or not any("State" in ast.unparse(base) for base in node.bases):
            continue
        for method in node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not method.name.startswith("_"):
                yield from _handler(path, f"{node.name}.{method.name}", method)


def _handler(path: str, name: str, method: Function) -> Iterator[Finding]:
    marks = [ast.unparse(mark.func if isinstance(mark, ast.Call) else mark) for mark in method.decorator_list]
    if any(mark.endswith(".var") for mark in marks):
        return
    if not any(mark.rpartition(".")[2] in ("requires", "public") for mark in marks):
        fix = "put @requires(Action....) under @rx.event, or begin its name with _"
        yield Finding(path, method.lineno, f"handler {name} has no policy", fix)
    if isinstance(method, ast.FunctionDef):
        yield Finding(
            path, method.lineno, f"handler {name} is not async: it would stall everybody", "make it async def"
        )


def logs_name_nobody(path: str, source: str) -> Iterator[Finding]:
    """A log line carries ids and kinds, never a name, an address or a note."""
    if not path.startswith("therapytrack/"):
        return
    for node, name in calls(ast.parse(source)):
        if name.split(".")[0] not in LOGGERS:
            continue
        words = {keyword.arg for keyword in node.keywords}
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            words |= {part.attr for part in ast.walk(argument) if isinstance(part, ast.Attribute)}
            words |= {part.id for part in ast.walk(argument) if isinstance(part, ast.Name)}
        if found := sorted(words & PERSONAL, key=str):
            yield Finding(path, node.lineno, f"a log line carries {', '.join(map(str, found))}", "log the record's id")


def modules_say_why(path: str, source: str) -> Iterator[Finding]:
    """A module's docstring says why it exists."""
    if path.startswith("therapytrack/") and source.strip() and ast.get_docstring(ast.parse(source)) is None:
        yield Finding(path, 1, "no module docstring", "say in one sentence why this module exists")


def tests_wait_and_run(path: str, source: str) -> Iterator[Finding]:
    """Tests wait for conditions and are never skipped."""
    if not path.startswith("tests/"):
        return
    tree = ast.parse(source)
    for call, name in calls(tree):
        if name in ("time.sleep", "sleep") or name.endswith(".wait_for_timeout"):
            yield Finding(path, call.lineno, f"{name}( in a test", "wait for the condition that you mean")
        if name in ("pytest.skip", "pytest.xfail"):
            yield Finding(path, call.lineno, name, "make the test pass or delete it")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and called(node) in (
            "pytest.mark.skip",
            "pytest.mark.skipif",
            "pytest.mark.xfail",
        ):
            yield Finding(path, node.lineno, called(node), "make the test pass or delete it")


RULES: tuple[Rule, ...] = (
    services_know_their_actor,
    queries_stay_behind_the_gate,
    pandas_stays_in_exports,
    nothing_prints,
    sizes,
    handlers_carry_a_policy,
    logs_name_nobody,
    modules_say_why,
    tests_wait_and_run,
)
