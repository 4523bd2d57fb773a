"""REST: what a supplier wants to hear about, and what it heard."""
