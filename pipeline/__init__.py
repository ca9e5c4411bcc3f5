"""claimwatch: watch news outlets and say what changed about what is already believed.

The rooms, in the order in which an item of news passes through them:

    errors        one error tree; an error carries the id of its thing
    model         frozen records that cross rooms
    text          what a text says, without domain knowledge
    sources       feed and sitemap bytes -> entries; when to look again
    fetch         EDGE  HTTP: conditional, polite, bounded, guarded
    articles      canonical address, identity, version, copies, story
    extract       HTML -> article; reject what is no article
    match         topics; which claims a passage is about
    diff          typed comparison with the claim; version against version
    analyse       article + watch -> analysis; the core's one entry, pure
    second        EDGE  optional: a language model that may confirm, propose or doubt a finding
    alert         who should hear of it, and in what words
    digest        choose, order, render
    settings      EDGE  YAML and environment -> checked settings and compiled watch
    storage       EDGE  tables, transactions, queries by subject
    notify        EDGE  messages out: chat, mail, webhook, feed, file
    service       calls the rooms in order
    scheduler     ticks; the store knows what is due
    cli, web      drivers
"""

__version__ = "0.1.0"
