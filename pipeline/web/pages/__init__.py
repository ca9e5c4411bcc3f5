"""The review pages: each module a subject. Reading needs no script; changes are forms that a script speeds up."""
