"""What the approvals keep."""

from privyseal.approvals.models.applications import Application, Casting, Line, Vote
from privyseal.approvals.models.policies import Policy, SeatAsked

__all__ = ["Application", "Casting", "Line", "Policy", "SeatAsked", "Vote"]
