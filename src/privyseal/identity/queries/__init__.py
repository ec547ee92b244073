"""Who is who and who may do what, at a given time."""

from privyseal.identity.queries.companies import companies_visible_to, company_visible_to
from privyseal.identity.queries.factors import Factor, factors_visible_to, has_second_factor, is_linked_to_provider
from privyseal.identity.queries.founded import installation
from privyseal.identity.queries.imports import companies_by_code, units_by_path, wrong_people, wrong_units
from privyseal.identity.queries.organisation import (
    holders_of_post,
    holdings_visible_to,
    memberships_visible_to,
    post_visible_to,
    posts_visible_to,
    unit_visible_to,
    units_of_company,
    units_visible_to,
    vacant_posts_of,
)
from privyseal.identity.queries.people import (
    demo_people,
    keepers_visible_to,
    names_of,
    open_entry_code,
    operators_visible_to,
    people_found,
    people_visible_to,
    person_visible_to,
    person_with_login,
)
from privyseal.identity.queries.powers import (
    Powers,
    grants_in_force,
    grants_visible_to,
    holdings_in_force,
    people_with,
    powers_of,
    require,
)
from privyseal.identity.queries.sessions import sessions_visible_to

__all__ = [
    "Factor",
    "Powers",
    "companies_by_code",
    "companies_visible_to",
    "company_visible_to",
    "demo_people",
    "factors_visible_to",
    "grants_in_force",
    "grants_visible_to",
    "has_second_factor",
    "holders_of_post",
    "holdings_in_force",
    "holdings_visible_to",
    "installation",
    "is_linked_to_provider",
    "keepers_visible_to",
    "memberships_visible_to",
    "names_of",
    "open_entry_code",
    "operators_visible_to",
    "people_found",
    "people_visible_to",
    "people_with",
    "person_visible_to",
    "person_with_login",
    "post_visible_to",
    "posts_visible_to",
    "powers_of",
    "require",
    "sessions_visible_to",
    "unit_visible_to",
    "units_by_path",
    "units_of_company",
    "units_visible_to",
    "vacant_posts_of",
    "wrong_people",
    "wrong_units",
]
