"""A supplier's pages: what fits, its answers, its offers."""
