"""The commands of `czca`, one module each; what is heavy is imported when a command runs."""
