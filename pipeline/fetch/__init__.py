"""EDGE. HTTP: conditional, polite, bounded, guarded. The one place from which anything is fetched."""
