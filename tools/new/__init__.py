"""``python -m tools.new``: begin an endpoint, an event type or a connector.

What is written is whole: it lints, its types hold, and the walks over all of its kind find it and
pass. Only its own test fails, with a sentence that says what to fill in.
"""
