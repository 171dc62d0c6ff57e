"""Tables of a submission: what they hold, and how files become them."""
