"""EDGE: an optional second reader, a language model that may confirm, propose or doubt and takes nothing away."""
