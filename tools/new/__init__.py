"""``python -m tools.new``: begin an endpoint, an event type or a connector.

The written code is complete: it passes lint and type checks, and the tests over all items of its
kind find it and pass. Only its own test fails, with a sentence that tells what to fill in.
"""
