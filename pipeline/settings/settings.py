"""`settings.yaml`: every option with its default and what it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from pipeline.settings.fields import Day, Duration, Secret, Size, Strict, Terms, Text, Texts

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_OWN_HOSTS = ("localhost", "127.0.0.1", "::1")


class Database(Strict):
    url: Text = Field("sqlite:///claimwatch.db", description="sqlite:///FILE or postgresql://USER@HOST/NAME")
    password: Secret | None = Field(None, description="of the PostgreSQL user, when the address has none")


class Schedule(Strict):
    """How often things are done. The store knows what is due; a tick asks it."""

    tick: Duration = Field(timedelta(seconds=10), description="how often the store is asked what is due")
    interval: Duration = Field(15 * _MINUTE, description="between two polls of a source that names none")
    floor: Duration = Field(5 * _MINUTE, description="never poll a source more often")
    ceiling: Duration = Field(timedelta(hours=6), description="never leave a source that is well alone for longer")
    longest: Duration = Field(_DAY, description="never leave any source alone for longer, whatever it asks")
    grace: Duration = Field(timedelta(seconds=20), description="what is in hand may take so long after a stop is asked")
    reanalyse: Duration = Field(7 * _DAY, description="changed rules are applied to stored articles of this time")


class Fetching(Strict):
    contact: Text = Field("", description="an address or page where an outlet can reach you; part of the user agent")
    connect_timeout: Duration = timedelta(seconds=10)
    read_timeout: Duration = timedelta(seconds=20)
    total_timeout: Duration = timedelta(seconds=60)
    feed_size: Size = Field(20_000_000, description="largest feed after decompression")
    page_size: Size = Field(5_000_000, description="largest page after decompression")
    header_size: Size = 64_000
    redirects: int = Field(8, ge=0, le=20)
    concurrency: int = Field(32, ge=1, le=512, description="requests at once, all hosts together")
    per_host: int = Field(2, ge=1, le=16, description="requests at once to one host")
    host_delay: Duration = Field(timedelta(seconds=1), description="between two requests to one host")
    robots: bool = Field(True, description="honour robots.txt")
    entries: int = Field(2_000, ge=1, description="entries read of one feed; more are counted and named")
    attempts: int = Field(6, ge=1, description="tries for one page before it is given up")
    aggregators: Texts = Field((), description="hosts whose links hide the publisher's own address")
    allow_private: Texts = Field(
        (), description="host:port pairs that may be private; every other private address is refused"
    )


class Articles(Strict):
    story_window: Duration = Field(7 * _DAY, description="reports of one change within this time are one story")
    keep_pages: Duration = Field(7 * _DAY, description="how long compressed pages are kept")
    put_off: bool = Field(
        True, description="leave pages unread whose words can reach no topic and no claim; they are kept, and counted"
    )
    agencies: dict[str, Terms] = Field(
        default_factory=dict, description="agency -> its names: texts that other outlets carry count as one origin"
    )


class Engine(Strict):
    kind: Literal["inline", "processes", "dask"] = "inline"
    workers: int = Field(1, ge=1, le=256)
    batch: int = Field(16, ge=1, le=1000, description="articles that travel together; four times as many on a cluster")
    address: Text = Field("", description="of a Dask scheduler: tls://host:port")
    ca_file: Text = ""
    cert_file: Text = ""
    key_file: Text = ""
    article_timeout: Duration = Field(timedelta(seconds=30), description="longest time for one article or feed")
    article_memory: Size = Field(512_000_000, description="memory that one article or feed may take")
    in_flight: int = Field(64, ge=1, le=10_000, description="batches handed out and not yet answered, at most")


class Web(Strict):
    host: Text = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    hosts: Texts = Field(("127.0.0.1", "localhost"), description="names under which the pages may be asked for")
    public_url: Text = Field("", description="where people reach the pages; makes the links in messages")
    session: Duration = timedelta(hours=12)


class Retention(Strict):
    articles: Duration = Field(3650 * _DAY, description="texts without a finding; findings keep their evidence")
    near_misses: Duration = 30 * _DAY
    entries: Duration = 180 * _DAY
    outbox: Duration = 365 * _DAY


class Rates(Strict):
    """Exchange rates, for comparing sums only: how many of each currency one of `base` buys."""

    base: str = "USD"
    on: Day | None = None
    source: Text = ""
    per_base: dict[str, float] = Field(default_factory=dict)


class Lease(Strict):
    time: Duration = Field(timedelta(seconds=30), description="a standby takes over after this time")


class Logging(Strict):
    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Canary(Strict):
    enabled: bool = Field(
        True, description="send a known article through the flow once a period and warn when it is lost"
    )
    every: Duration = Field(timedelta(hours=6), description="between two of them")
    channels: Terms = Field((), description="who is told that it is lost, and found again; none: all that rules use")
    severity: Literal["low", "normal", "high"] = Field(
        "high", description="of these messages: whether quiet hours let them through"
    )


class Budget(Strict):
    """What a second reader may cost in one UTC day; the first limit that is met counts."""

    questions: int = Field(200, ge=0)
    tokens: int = Field(400_000, ge=0, description="read and written together")
    cost: float | None = Field(None, ge=0, description="in the currency of the price; none: no limit")


class Price(Strict):
    """What a million tokens cost, as its provider says; zero for a model of one's own."""

    read: float = Field(0.0, ge=0)
    written: float = Field(0.0, ge=0)
    currency: str = Field("USD", pattern="^[A-Z]{3}$")


class SecondReader(Strict):
    """A language model that may confirm, propose or doubt. Off by default; nothing needs it."""

    enabled: bool = False
    address: Text = Field("", description="base of an OpenAI-compatible service: https://HOST/v1")
    model: Text = Field("", description="its name at that service")
    key: Secret | None = Field(None, description="sent as a bearer token")
    ca_file: Text = Field("", description="an authority besides the system's, for a service of one's own")
    timeout: Duration = Field(timedelta(seconds=20), description="for the whole of one question")
    budget: Budget = Budget()
    price: Price = Price()
    relations: tuple[Literal["denies", "changes", "adds", "repeats", "mentions"], ...] = Field(
        ("denies", "changes", "adds", "mentions"), description="findings of these relations are shown to it"
    )
    per_article: int = Field(5, ge=1, le=50, description="findings of one article, the least sure first")
    format: Literal["json_schema", "json_object", "text"] = Field(
        "json_schema", description="what the service can promise of an answer's form; it is checked in any case"
    )
    parameters: dict[str, Any] = Field(default_factory=dict, description="further fields of the request, as they are")
    cache: bool = Field(True, description="a question that was answered is not asked again")
    keep: Duration = Field(90 * _DAY, description="how long answers are kept")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """What it needs when it is on, and no key over a line that others can read."""
        if not self.enabled:
            return self
        missing = [name for name in ("address", "model") if not getattr(self, name)]
        if missing:
            raise ValueError(f"is enabled and needs {' and '.join(missing)}")
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"address {self.address!r} is no http or https address")
        if parts.scheme == "http" and self.key is not None and parts.hostname not in _OWN_HOSTS:
            raise ValueError("the key would be sent unencrypted: use https, or take the key out")
        return self


class Evaluation(Strict):
    leave_out: Texts = Field((), description="topics and claims that `eval` does not count unless told to count all")


class Settings(Strict):
    """The whole of `settings.yaml`."""

    database: Database = Database()
    schedule: Schedule = Schedule()
    fetch: Fetching = Fetching()
    articles: Articles = Articles()
    engine: Engine = Engine()
    web: Web = Web()
    retention: Retention = Retention()
    rates: Rates = Rates()
    lease: Lease = Lease()
    logging: Logging = Logging()
    canary: Canary = Canary()
    evaluation: Evaluation = Evaluation()
    second_reader: SecondReader = SecondReader()
    data: Text = Field(
        "",
        description="folder of the database, digests and channels' files; empty: the configuration folder's parent",
    )
