"""EDGE: YAML and environment -> checked settings and compiled watch."""
