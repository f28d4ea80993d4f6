"""Which devices are told of a membership. Its path follows from the membership's.

So what a booking's trigger reads anyway can be read together with it, in one call.
"""

from __future__ import annotations

from shared.domain.members.push_subscriptions import PushSubscription
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

SUBSCRIPTIONS = Documents(
    PushSubscription,
    paths.push_subscription,
    collection="pushSubscriptions",
    path_of=lambda each: paths.push_subscription(each.membership_id),
    personal=Personal(
        "pushSubscriptions",
        personal.of_user("pushSubscriptions"),
        lambda _, __: None,
        readable=("subscribed_devices",),
    ),
)

decode = SUBSCRIPTIONS.decode
find = SUBSCRIPTIONS.find
write = SUBSCRIPTIONS.write
deletion = SUBSCRIPTIONS.deletion
