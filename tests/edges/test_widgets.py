"""Long lists to choose from look and act as Django's own do."""

from django import forms
from django.http import QueryDict
from django.utils.safestring import mark_safe

from privyseal.identity.models import Company
from privyseal.identity.queries import NamedCompany
from privyseal.web.widgets import LongSelect, LongSelectMultiple, choice_of_company, give_choices

MANY = [("", "—"), *((f"company-{number}", f"<公司> & {number}") for number in range(198))]
MANY += [('"quoted"', "it's"), ("safe", mark_safe("<b>1</b>"))]


class Sample(forms.Form):
    one = forms.ChoiceField(required=True)
    several = forms.MultipleChoiceField(required=False)


def sample(form: forms.Form, choices: list[tuple[str, str]]) -> forms.Form:
    for name in ("one", "several"):
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        give_choices(field, choices)
    return form


def plain(form: forms.Form) -> forms.Form:
    for name in ("one", "several"):
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = MANY
    return form


def parts(drawn: str) -> str:
    return drawn.replace("\n", "").replace("  ", "").replace("> <", "><")


def test_many_choices_are_drawn_as_django_draws_them() -> None:
    sent = QueryDict("one=company-7&several=company-3&several=company-150")
    ours, theirs = sample(Sample(sent), MANY), plain(Sample(sent))

    for name in ("one", "several"):
        drawn = str(ours[name])
        assert isinstance(ours.fields[name].widget, (LongSelect, LongSelectMultiple))
        assert drawn.count("<option") == str(theirs[name]).count("<option") == 201
        assert "&lt;公司&gt; &amp; 7" in drawn
        assert parts(drawn).split("<option")[1:] == parts(str(theirs[name])).split("<option")[1:]
    assert sorted(parts(str(ours["several"])).split(">")[0].split()) == sorted(
        parts(str(theirs["several"])).split(">")[0].split()
    )
    assert ours.is_valid()
    assert ours.cleaned_data == {"one": "company-7", "several": ["company-3", "company-150"]}


def test_few_choices_stay_with_django() -> None:
    form = sample(Sample(), MANY[:5])

    assert type(form.fields["one"].widget) is forms.Select


def test_a_page_without_a_form_offers_companies_and_what_else_there_is() -> None:
    other = Company(pk=2, uid="b" * 32, name="二")
    offered = [NamedCompany(1, "a" * 32, "<一>"), NamedCompany(2, other.uid, other.name)]

    drawn = [choice_of_company(offered, chosen, ("", "全部")) for chosen in (other, None)]

    assert drawn[0].startswith('<select id="id_company" name="company"><option value="">全部</option>')
    assert "&lt;一&gt;</option>" in drawn[0]
    assert [[line[:40] for line in one.split("<option") if " selected" in line] for one in drawn] == [
        [f' value="{other.uid}"'[:40]],
        [' value="" selected>全部</option>'],
    ]
