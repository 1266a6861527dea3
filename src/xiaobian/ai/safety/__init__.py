"""What keeps learners and their brand safe: keys, personal data, injected text, exits, approval."""
