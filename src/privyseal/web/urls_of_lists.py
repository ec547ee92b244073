"""Where lists are that people look through, and the overview above them."""

from django.urls import URLPattern, path

from privyseal.web.views import application_lists, list_files, lists, overview, phrases, seal_lists, takeout_months


def paths() -> list[URLPattern]:
    return [
        path("overview/", overview.overview, name="overview"),
        path("lists/keep/", lists.keep, name="list-keep"),
        path("lists/<uid:uid>/drop/", lists.drop, name="list-drop"),
        path("phrases/", phrases.phrases, name="phrases"),
        path("phrases/<uid:uid>/", phrases.company_phrases, name="company-phrases"),
        path("applications/", application_lists.application_list, name="applications"),
        path("applications/list.<str:ending>", application_lists.application_list_file, name="applications-file"),
        path("seals/", seal_lists.seal_list, name="seals"),
        path("seals/list.<str:ending>", seal_lists.seal_list_file, name="seals-file"),
        path("incidents/list.<str:ending>", list_files.incidents, name="incidents-file"),
        path("take-outs/calendar/", takeout_months.month, name="take-out-calendar"),
        path("take-outs/list.<str:ending>", list_files.take_outs, name="take-outs-file"),
        path("machines/list.<str:ending>", list_files.machines, name="machines-file"),
        path("stock-takes/list.<str:ending>", list_files.stock_takes, name="stock-takes-file"),
        path("people/list.<str:ending>", list_files.people, name="people-file"),
    ]
