"""What people and the brand write: comments from a template grammar, captions from the plan."""
