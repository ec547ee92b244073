"""Where messages are: what came, where one is reached, what did not go out, and which programs are told."""

from django.urls import URLPattern, path

from privyseal.web.views import message_ways, messages, seen_messages, webhooks


def paths() -> list[URLPattern]:
    return [
        path("messages/", messages.message_list, name="messages"),
        path("messages/seen/", seen_messages.seen_messages, name="messages-seen"),
        path("messages/read/", messages.read_all, name="messages-read"),
        path("messages/deliveries/", messages.deliveries, name="deliveries"),
        path("messages/deliveries/<uid:uid>/send-again/", messages.send_again, name="send-again"),
        path("webhooks/", webhooks.webhook_list, name="webhooks"),
        path("webhooks/new/", webhooks.subscribe, name="webhook-subscribe"),
        path("webhooks/<uid:uid>/test/", webhooks.test, name="webhook-test"),
        path("webhooks/<uid:uid>/resume/", webhooks.resume, name="webhook-resume"),
        path("webhooks/<uid:uid>/end/", webhooks.end, name="webhook-end"),
        path("webhooks/notices/<uid:uid>/send-again/", webhooks.send_again, name="webhook-again"),
        path("mine/messages/", messages.wishes, name="message-wishes"),
        path("mine/messages/ways/", message_ways.ways, name="message-ways"),
        path("mine/messages/mute/", message_ways.mute, name="message-mute"),
        path("mine/messages/hours/", messages.set_wishes, name="message-wishes-set"),
        path("mine/messages/browsers/", messages.name_browser, name="browser-name"),
        path("mine/messages/browsers/<uid:uid>/remove/", messages.remove_browser, name="browser-remove"),
        path("mine/messages/addresses/", messages.name_address, name="address-name"),
        path("mine/messages/addresses/<uid:uid>/confirm/", messages.confirm_address, name="address-confirm"),
        path("mine/messages/addresses/<uid:uid>/remove/", messages.remove_address, name="address-remove"),
    ]
