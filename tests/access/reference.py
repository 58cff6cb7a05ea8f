"""The permission model as a pure function, written from its text alone, to hold the gate against.

It works on a small world of plain rows and shares no line with `therapytrack.access` but the names of the actions.
Where the text leaves a choice, the reading that permits less was taken; READINGS lists those choices.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from therapytrack.access.actions import Action

READINGS = (
    (
        "A tie of supervision counts while the link and both memberships are live, the two are supervisor and assistant"
        " by role, and the link's discipline, which is not empty, is the discipline of both."
    ),
    "Explicit grants of one person on one student add up; a break-glass grant is not explicit and gives view only.",
    "Explicitly holding edit means holding view as well, because without view the set is empty.",
    "Break-glass counts while the workspace allows it, for at most four hours, for a role that may break glass.",
    "Derived view (rule 4, break-glass) does not revive explicit rights that lack view.",
    "A case manager grants access or deletes only while she holds view on the student and is clinician or supervisor.",
    "A closed workspace, or one whose status is unknown, allows nothing, to its owner neither.",
    "A read-only workspace takes no new clinical data: no new or restored student, no co-signature, no return.",
    "Restoring an archived student gives people their rights back: whoever may grant access may do it.",
    "Drafting without a model needs the right that drafting with one needs, without rule 10.",
    "A returned note is a draft again: its author and her supervisor read it. Submitted and later: all who hold view.",
    "Every act on a note needs view on its student; reading one's own draft as well.",
    "A return is bound to the text that was shown, as a co-signature is.",
    "Supervision is seen by the office and by those in it; only a supervisor logs a contact, with her own assistants.",
    "The caseloads of assistants are seen by supervisors alone, of each the students whom rule 4 lets her view.",
    "What an assistant hands in, note or addendum, states data only, unless a rule of her state lets her interpret.",
    (
        "Whoever may view a student sees what she herself may do with her, and the office, which lists the roster, sees"
        " everybody's rights: the act is called view access and shows no record."
    ),
    "The register of disclosures is read where access is governed, and written by whoever may let a record out, too.",
    "The goal bank holds no student's record: every member reads it, and the office and those who write goals keep it.",
    "An act on a student asked without a student, or on a note without a note, is unknown: denied.",
)

TABLE: dict[Action, str] = {
    # action: owner, admin, supervisor, clinician, assistant, reader, billing
    Action.VIEW_SETTINGS: "Y Y - - - - -",
    Action.VIEW_AUDIT: "Y Y - - - - -",
    Action.LIST_ROSTER: "Y Y - - - - -",
    Action.CONFIGURE_WORKSPACE: "Y Y - - - - -",
    Action.SET_RETENTION: "Y - - - - - -",
    Action.SWITCH_AI: "Y - - - - - -",
    Action.EXPORT_ACCOUNT: "Y - - - - - -",
    Action.EXPORT_AUDIT: "Y - - - - - -",
    Action.CLOSE_WORKSPACE: "Y - - - - - -",
    Action.TRANSFER_OWNERSHIP: "Y - - - - - -",
    Action.RELEASE_HOLD: "Y - - - - - -",
    Action.PLACE_HOLD: "Y Y - - - - -",
    Action.MANAGE_BILLING: "Y - - - - - Y",
    Action.VIEW_INVOICES: "Y Y - - - - Y",
    Action.INVITE: "Y Y - - - - -",
    Action.MANAGE_MEMBER: "Y Y - - - - -",
    Action.MANAGE_ADMIN: "Y - - - - - -",
    Action.LINK_SUPERVISION: "Y Y - - - - -",
    Action.VIEW_SUPERVISION: "Y Y Y - Y - -",
    Action.VIEW_CASELOADS: "- - Y - - - -",
    Action.LOG_CONTACT: "- - Y - - - -",
    Action.SET_SUPERVISION_RULE: "Y Y - - - - -",
    Action.KEEP_GOAL_BANK: "Y Y Y Y - - -",
    Action.CREATE_STUDENT: "- - Y Y - - -",
    Action.GRANT_ACCESS: "Y Y manager manager - - -",
    Action.VIEW_ACCESS: "Y Y view view view view -",
    Action.DELETE_STUDENT: "Y - manager manager - - -",
    Action.RESTORE_STUDENT: "Y Y manager manager - - -",
    Action.VIEW_DISCLOSURES: "Y Y manager manager - - -",
    Action.RECORD_DISCLOSURE: "Y Y export export export export -",
    Action.VIEW: "- - view view view view -",
    Action.VIEW_PROGRESS: "- - view view view view -",
    Action.VIEW_STATISTICS: "- - view - - - -",
    Action.DOWNLOAD: "- - view view view view -",
    Action.RECORD_SESSION: "- - edit edit edit - -",
    Action.DRAFT_NOTE: "- - edit edit edit - -",
    Action.ATTACH: "- - edit edit edit - -",
    Action.MANAGE_GOALS: "- - edit edit - - -",
    Action.EDIT_PROFILE: "- - edit edit - - -",
    Action.MANAGE_PLAN: "- - edit edit - - -",
    Action.EXPORT_SESSION_LOG: "- - export export export export -",
    Action.EXPORT_SUMMARY: "- - export export - export -",
    Action.EXPORT_GOAL_PROGRESS: "- - export export - export -",
    Action.GENERATE_NOTE: "- - generate+edit generate+edit generate+edit - -",
    Action.GENERATE_SUMMARY: "- - generate generate - - -",
    Action.GENERATE_NOTE_WITH_AI: "- - generate+edit generate+edit generate+edit - -",
    Action.GENERATE_SUMMARY_WITH_AI: "- - generate generate - - -",
    Action.READ_NOTE: "- - view view view view -",
    Action.EDIT_NOTE: "- - edit edit edit - -",
    Action.SIGN_NOTE: "- - edit edit - - -",
    Action.SUBMIT_NOTE: "- - - - edit - -",
    Action.COSIGN_NOTE: "- - view - - - -",
    Action.RETURN_NOTE: "- - view - - - -",
    Action.ADD_ADDENDUM: "- - edit edit edit - -",
    Action.BREAK_GLASS: "Y Y Y Y - - -",
}
COLUMNS = ("owner", "admin", "supervisor", "clinician", "assistant", "reader", "billing")
ALL = frozenset({"view", "edit", "export", "generate"})
CEILING = {"supervisor": ALL, "clinician": ALL, "assistant": ALL, "reader": frozenset({"view", "export"})}
WITH_AI = {Action.GENERATE_NOTE_WITH_AI, Action.GENERATE_SUMMARY_WITH_AI}
NEW_DATA = {
    Action.CREATE_STUDENT,
    Action.KEEP_GOAL_BANK,
    Action.RESTORE_STUDENT,
    Action.COSIGN_NOTE,
    Action.RETURN_NOTE,
    Action.LOG_CONTACT,
}
NOTE_ACTIONS = {
    Action.READ_NOTE,
    Action.EDIT_NOTE,
    Action.SIGN_NOTE,
    Action.SUBMIT_NOTE,
    Action.COSIGN_NOTE,
    Action.RETURN_NOTE,
    Action.ADD_ADDENDUM,
}
WORKSPACE_ACTIONS = set(list(TABLE)[: list(TABLE).index(Action.CREATE_STUDENT) + 1]) - {
    Action.PLACE_HOLD,
    Action.RELEASE_HOLD,
}
STUDENT_ACTIONS = set(TABLE) - WORKSPACE_ACTIONS - NOTE_ACTIONS
OPEN = ("active", "read_only")
GLASS_HOURS = timedelta(hours=4)


@dataclass(frozen=True)
class RefWorkspace:
    id: int
    status: str = "active"
    ai_enabled: bool = False
    assistants_may_export: bool = False
    break_glass_enabled: bool = False


@dataclass(frozen=True)
class RefMember:
    id: int
    workspace: int
    start: datetime
    end: datetime | None = None
    admin: str = "none"
    clinical: str = "none"
    billing: bool = False
    discipline: str = ""
    status: str = "active"


@dataclass(frozen=True)
class RefStudent:
    id: int
    workspace: int
    case_manager: int
    archived: bool = False
    on_hold: bool = False
    ai_opt_out: bool = False


@dataclass(frozen=True)
class RefGrant:
    workspace: int
    student: int
    member: int
    start: datetime
    end: datetime | None = None
    kind: str = "explicit"
    rights: frozenset[str] = frozenset({"view"})


@dataclass(frozen=True)
class RefLink:
    workspace: int
    supervisor: int
    assistant: int
    discipline: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class RefNote:
    id: int
    workspace: int
    student: int
    author: int
    status: str
    content_hash: str
    shown_hash: str = ""
    oversteps: bool = False


@dataclass(frozen=True)
class World:
    """All rows that a decision may depend on, and the moment of the decision."""

    now: datetime
    workspaces: tuple[RefWorkspace, ...] = ()
    members: tuple[RefMember, ...] = ()
    students: tuple[RefStudent, ...] = ()
    grants: tuple[RefGrant, ...] = ()
    links: tuple[RefLink, ...] = ()
    notes: tuple[RefNote, ...] = ()

    def workspace(self, wanted: int) -> RefWorkspace | None:
        """The workspace, or None."""
        return next((w for w in self.workspaces if w.id == wanted), None)

    def member(self, wanted: int) -> RefMember | None:
        """The member whose membership counts at this moment, or None (rule 1)."""
        found = next((m for m in self.members if m.id == wanted), None)
        return found if found and found.status == "active" and self.during(found) else None

    def during(self, row: RefMember | RefGrant | RefLink) -> bool:
        """`start <= now < end` (rule 1)."""
        return row.start <= self.now and (row.end is None or self.now < row.end)


def decide(
    world: World, member: int, action: Action, student: RefStudent | None = None, note: RefNote | None = None
) -> bool:
    """Whether `member` may do `action`, on `student` and on `note` when the action is about them."""
    me = world.member(member)
    workspace = world.workspace(me.workspace) if me else None
    if me is None or workspace is None or workspace.status not in OPEN or action not in TABLE:
        return False
    if not _asked_rightly(world, me, action, student, note):
        return False
    if not any(_cell(world, me, workspace, cell, student) for cell in _cells(me, action)):
        # Rule 8: the one way in for those whose column has no clinical right is the broken glass, to view.
        glass = TABLE[action].split()[COLUMNS.index("clinician")] == "view" or action is Action.READ_NOTE
        if not (glass and student and _broken_glass(world, me, workspace, student)):
            return False
    return _conditions(world, me, workspace, action, student) and (note is None or _note(world, me, action, note))


def effective(world: World, me: RefMember, workspace: RefWorkspace, student: RefStudent) -> frozenset[str]:
    """The rights that a live member holds on a student (rules 2 to 5, 8 and 9)."""
    if student.workspace != me.workspace or workspace.status not in OPEN:
        return frozenset()
    rights = _explicit(world, me, student)
    if me.clinical == "assistant":
        if not any("edit" in _explicit(world, boss, student) for boss in _supervisors(world, me)):
            rights -= {"edit", "generate"}
        if not workspace.assistants_may_export:
            rights -= {"export"}
    if me.clinical == "supervisor" and any("edit" in _explicit(world, a, student) for a in _supervisees(world, me)):
        rights |= {"view"}
    if _broken_glass(world, me, workspace, student):
        rights |= {"view"}
    if student.archived or workspace.status != "active":
        rights -= {"edit", "generate"}
    return rights


def _asked_rightly(
    world: World, me: RefMember, action: Action, student: RefStudent | None, note: RefNote | None
) -> bool:
    if action in WORKSPACE_ACTIONS:
        return student is None and note is None
    if student is None or student.workspace != me.workspace or student not in world.students:
        return False
    if action not in NOTE_ACTIONS:
        return note is None
    return note is not None and note in world.notes and (note.workspace, note.student) == (me.workspace, student.id)


def _cells(me: RefMember, action: Action) -> list[str]:
    """The cells of the action's row in the columns of this member: the three axes are joined by OR."""
    row = dict(zip(COLUMNS, TABLE[action].split(), strict=True))
    axes = [me.admin, me.clinical, "billing" if me.billing else "none"]
    return [row[axis] for axis in axes if axis in row]


def _cell(world: World, me: RefMember, workspace: RefWorkspace, cell: str, student: RefStudent | None) -> bool:
    if cell in ("Y", "-"):
        return cell == "Y"
    if student is None:
        return False
    held = effective(world, me, workspace, student)
    if cell == "manager":
        return student.case_manager == me.id and "view" in held
    return held.issuperset(cell.split("+"))


def _conditions(
    world: World, me: RefMember, workspace: RefWorkspace, action: Action, student: RefStudent | None
) -> bool:
    """What the table says in words beside a row, and rules 9 and 10."""
    if action is Action.BREAK_GLASS:
        return workspace.break_glass_enabled
    if action in NEW_DATA:
        return workspace.status == "active"
    if action is Action.DELETE_STUDENT:
        return student is not None and not student.on_hold
    if action in WITH_AI:
        return student is not None and workspace.ai_enabled and not student.ai_opt_out
    return True


def _note(world: World, me: RefMember, action: Action, note: RefNote) -> bool:
    """Rules 6 and 7."""
    mine = note.author == me.id
    draft = note.status in ("draft", "returned")
    over_author = any(a.id == note.author for a in _supervisees(world, me))
    beyond_license = me.clinical == "assistant" and note.oversteps
    if action is Action.READ_NOTE:
        return not draft or mine or over_author
    if action in (Action.EDIT_NOTE, Action.SIGN_NOTE, Action.SUBMIT_NOTE):
        return mine and draft and not (action is Action.SUBMIT_NOTE and beyond_license)
    if action in (Action.COSIGN_NOTE, Action.RETURN_NOTE):
        same_text = note.shown_hash != "" and note.shown_hash == note.content_hash
        return note.status == "submitted" and not mine and over_author and same_text
    return note.status in ("signed", "cosigned") and not beyond_license


def _explicit(world: World, who: RefMember, student: RefStudent) -> frozenset[str]:
    """Live explicit grants within the ceiling of the role; without view, nothing (rule 2)."""
    held = frozenset(
        right
        for grant in world.grants
        if grant.kind == "explicit" and (grant.student, grant.member) == (student.id, who.id)
        if grant.workspace == student.workspace == who.workspace and world.during(grant)
        for right in grant.rights
    ) & CEILING.get(who.clinical, frozenset())
    return held if "view" in held else frozenset()


def _broken_glass(world: World, me: RefMember, workspace: RefWorkspace, student: RefStudent) -> bool:
    """A live break-glass grant in the hands of someone who may break glass (rule 8)."""
    return (
        workspace.break_glass_enabled
        and "Y" in _cells(me, Action.BREAK_GLASS)
        and any(
            grant.kind == "break_glass"
            and (grant.student, grant.member) == (student.id, me.id)
            and grant.workspace == student.workspace == me.workspace
            and world.during(grant)
            and world.now < grant.start + GLASS_HOURS
            for grant in world.grants
        )
    )


def _pairs(world: World) -> list[tuple[RefMember, RefMember]]:
    """(supervisor, assistant) of every tie of supervision that counts at this moment."""
    found = []
    for link in world.links:
        boss, aide = world.member(link.supervisor), world.member(link.assistant)
        if boss is None or aide is None or not world.during(link):
            continue
        roles = (boss.clinical, aide.clinical) == ("supervisor", "assistant")
        places = link.workspace == boss.workspace == aide.workspace
        field = link.discipline != "" and link.discipline == boss.discipline == aide.discipline
        if roles and places and field:
            found.append((boss, aide))
    return found


def _supervisors(world: World, me: RefMember) -> list[RefMember]:
    return [boss for boss, aide in _pairs(world) if aide.id == me.id]


def _supervisees(world: World, me: RefMember) -> list[RefMember]:
    return [aide for boss, aide in _pairs(world) if boss.id == me.id]


# Who may change whose rights: rules 5 and 12, and what the table says in the row "grant student access".

READINGS_OF_GRANTING = (
    "A change is what one person does at one moment on one student: grants that she makes and grants that she ends.",
    (
        "Only what a change adds is judged, person by person and moment by moment; a change that adds nothing needs the"
        " right to grant and nothing more (rule 12), also for an archived student or a suspended person."
    ),
    "Now or later: at this moment and at every later one at which a stored row or a new one begins or ends.",
    "Later is what is written down: people keep their roles; nobody is taken to be invited, linked or resumed.",
    (
        "The actor's own effective set is compared as if the workspace were active, assistants might export and the"
        " student were not archived, because all that may be so later; without broken glass, which ends by itself."
    ),
    "A grant begins now or later, never in the past, and ends after it begins.",
    "A right without view counts for nothing, so nobody is given one.",
    "A grantee is a member of the workspace, neither suspended nor removed, whose membership lasts into the grant.",
    "An archived student is restored before anybody gets a right on her.",
    (
        "A case manager's own permissions are her explicit ones, without a gap from now on until the end of what she"
        " gives; in a read-only workspace without edit and generate (rule 9). Who is office as well acts as office."
    ),
    "Break-glass is taken, never given.",
    "A link is judged on every student of the workspace; making one needs the right to link.",
)


@dataclass(frozen=True)
class RefChange:
    """Grants to make, and stored grants to end at a moment."""

    adds: tuple[RefGrant, ...] = ()
    cuts: tuple[tuple[RefGrant, datetime], ...] = ()


def changed(world: World, change: RefChange) -> World:
    """The world after a change."""
    cuts = {id(grant): at for grant, at in change.cuts}
    kept = [
        replace(grant, end=min(grant.end or cuts[id(grant)], cuts[id(grant)])) if id(grant) in cuts else grant
        for grant in world.grants
    ]
    return replace(world, grants=(*kept, *change.adds))


def may_change(world: World, member: int, student: RefStudent, change: RefChange) -> bool:
    """Whether `member` may make `change` on `student` at this moment."""
    me = world.member(member)
    if me is None or not decide(world, member, Action.GRANT_ACCESS, student):
        return False
    after = changed(world, change)
    if not all(_is_well_formed(world, student, grant) for grant in change.adds):
        return False
    if not any(_added(world, after, grant.member, student) for grant in change.adds):
        return True
    if student.archived or not all(_may_be_given(world, student, grant) for grant in change.adds):
        return False
    office = me.admin in ("owner", "admin")
    return not gains(world, after, me, student) and all(
        _within_bounds(world, after, student, me, grant.member, office) for grant in change.adds
    )


def may_link(world: World, member: int, link: RefLink) -> bool:
    """Whether `member` may put `link` in place: rule 5 on every student."""
    me = world.member(member)
    if me is None or not decide(world, member, Action.LINK_SUPERVISION):
        return False
    after = replace(world, links=(*world.links, link))
    return not any(gains(world, after, me, one) for one in world.students if one.workspace == me.workspace)


def gains(before: World, after: World, me: RefMember, student: RefStudent) -> bool:
    """Whether the actor herself would have at some moment what she would not have had (rule 5)."""
    return any(_lasting(after, me, student, at) - _lasting(before, me, student, at) for at in _moments(before, after))


def _moments(before: World, after: World) -> list[datetime]:
    rows: list[RefMember | RefLink | RefGrant] = [*after.members, *after.links, *after.grants, *before.grants]
    edges = {edge for row in rows for edge in (row.start, row.end) if edge is not None and edge > after.now}
    return sorted(edges | {after.now})


def _lasting(world: World, me: RefMember, student: RefStudent, at: datetime) -> frozenset[str]:
    """Her effective set at `at`, whatever the state of workspace and student, without broken glass."""
    then = replace(world, now=at)
    if then.member(me.id) is None:
        return frozenset()
    explicit = tuple(grant for grant in world.grants if grant.kind == "explicit")
    return effective(
        replace(then, grants=explicit),
        me,
        RefWorkspace(me.workspace, assistants_may_export=True),
        replace(student, archived=False),
    )


def _is_well_formed(world: World, student: RefStudent, grant: RefGrant) -> bool:
    here = (grant.workspace, grant.student) == (student.workspace, student.id)
    dated = grant.start >= world.now and (grant.end is None or grant.end > grant.start)
    return here and dated and grant.kind == "explicit"


def _added(before: World, after: World, member: int, student: RefStudent) -> bool:
    """Whether anything is written down for a person at some moment that was not before."""
    moments = _moments(before, after)
    return any(not _granted(after, member, student, at) <= _granted(before, member, student, at) for at in moments)


def _may_be_given(world: World, student: RefStudent, grant: RefGrant) -> bool:
    who = next((one for one in world.members if one.id == grant.member), None)
    if who is None or who.workspace != student.workspace or who.status != "active":
        return False
    return who.end is None or who.end > grant.start


def _within_bounds(before: World, after: World, student: RefStudent, me: RefMember, grantee: int, office: bool) -> bool:
    """The grantee's ceiling, view first, and for a case manager her own permissions and expiry."""
    who = next(one for one in after.members if one.id == grantee)
    own = ALL
    for at in _moments(before, after):
        own &= _own(before, me, student, at)
        added = _granted(after, grantee, student, at) - _granted(before, grantee, student, at)
        if not added <= CEILING.get(who.clinical, frozenset()):
            return False
        if added and "view" not in _granted(after, grantee, student, at):
            return False
        if not office and not added <= own:
            return False
    return True


def _own(world: World, me: RefMember, student: RefStudent, at: datetime) -> frozenset[str]:
    then = replace(world, now=at)
    if then.member(me.id) is None:
        return frozenset()
    workspace = world.workspace(me.workspace)
    idle = {"edit", "generate"} if workspace is None or workspace.status != "active" else frozenset()
    return _explicit(then, me, student) - idle


def _granted(world: World, who: int, student: RefStudent, at: datetime) -> frozenset[str]:
    """What is written down for a person at `at`, before any rule."""
    then = replace(world, now=at)
    return frozenset(
        right
        for grant in world.grants
        if grant.kind == "explicit" and (grant.student, grant.member) == (student.id, who) and then.during(grant)
        for right in grant.rights
    )
