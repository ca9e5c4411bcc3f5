"""Which article it is: canonical address, identity, version, copies, story."""
