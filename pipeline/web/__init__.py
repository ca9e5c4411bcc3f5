"""The review pages and the HTTP interface: drivers over `service/desk` and `service/review`."""
