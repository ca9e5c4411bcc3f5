"""`/api/v1`: everything that the pages do, for programs. Lists go on with a cursor; faults are problem+json."""
