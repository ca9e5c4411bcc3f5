"""What the review pages read and do: each module a subject, each answer one moment's view of the store."""
