"""What the approvals keep."""

from privyseal.approvals.models.applications import Application, Casting, Line, Vote
from privyseal.approvals.models.categories import CategoryVersion
from privyseal.approvals.models.charters import CharterVersion
from privyseal.approvals.models.copies import CopyCheck
from privyseal.approvals.models.course import Comment, Detour, Reader, Urging, VoidVote
from privyseal.approvals.models.deadlines import Due
from privyseal.approvals.models.delegations import Delegation
from privyseal.approvals.models.drafts import Draft
from privyseal.approvals.models.joint import Joint, JointCasting
from privyseal.approvals.models.outside import Answer, Asking, OutsideSystem
from privyseal.approvals.models.own_yes import OwnYes
from privyseal.approvals.models.passkeys import ApprovalPasskey
from privyseal.approvals.models.phrases import CompanyPhrases, OwnPhrases
from privyseal.approvals.models.policies import Policy, SeatAsked
from privyseal.approvals.models.rosters import RosterSeat, SeatList

__all__ = [
    "Answer",
    "Application",
    "ApprovalPasskey",
    "Asking",
    "Casting",
    "CategoryVersion",
    "CharterVersion",
    "Comment",
    "CompanyPhrases",
    "CopyCheck",
    "Delegation",
    "Detour",
    "Draft",
    "Due",
    "Joint",
    "JointCasting",
    "Line",
    "OutsideSystem",
    "OwnPhrases",
    "OwnYes",
    "Policy",
    "Reader",
    "RosterSeat",
    "SeatAsked",
    "SeatList",
    "Urging",
    "VoidVote",
    "Vote",
]
