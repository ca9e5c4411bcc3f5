CREATE TABLE public.addresses (
    url text NOT NULL,
    article_id bigint NOT NULL
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert_decisions (
    id bigint NOT NULL,
    alert_id bigint,
    finding_id bigint,
    claim text DEFAULT ''::text NOT NULL,
    rule text DEFAULT ''::text NOT NULL,
    action text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    severity text DEFAULT ''::text NOT NULL,
    channels jsonb,
    until timestamp with time zone,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.alert_decisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alert_decisions_id_seq OWNED BY public.alert_decisions.id;
CREATE TABLE public.alert_keys (
    id bigint NOT NULL,
    alert_id bigint NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    relation text DEFAULT ''::text NOT NULL,
    slot text DEFAULT ''::text NOT NULL,
    value text DEFAULT ''::text NOT NULL,
    story_id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.alert_keys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alert_keys_id_seq OWNED BY public.alert_keys.id;
CREATE TABLE public.alert_publishers (
    id bigint NOT NULL,
    alert_id bigint NOT NULL,
    finding_id bigint,
    source text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    family text DEFAULT ''::text NOT NULL,
    country text DEFAULT ''::text NOT NULL,
    state boolean,
    tier integer DEFAULT 2 NOT NULL,
    agency text DEFAULT ''::text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    published timestamp with time zone,
    "group" text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.alert_publishers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alert_publishers_id_seq OWNED BY public.alert_publishers.id;
CREATE TABLE public.alerts (
    id bigint NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    relation text DEFAULT ''::text NOT NULL,
    severity text DEFAULT 'normal'::text NOT NULL,
    headline text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    finding_id bigint,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    snoozed_until timestamp with time zone,
    decided_by text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    merged_into bigint
);
CREATE SEQUENCE public.alerts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alerts_id_seq OWNED BY public.alerts.id;
CREATE TABLE public.article_sources (
    article_id bigint NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    entry_id bigint,
    first_seen timestamp with time zone NOT NULL
);
CREATE TABLE public.articles (
    id bigint NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    host text DEFAULT ''::text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    published timestamp with time zone,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    version_count integer DEFAULT 0 NOT NULL,
    backlog boolean DEFAULT false NOT NULL,
    checks integer DEFAULT 0 NOT NULL,
    changes integer DEFAULT 0 NOT NULL,
    flaps integer DEFAULT 0 NOT NULL,
    flapping boolean DEFAULT false NOT NULL,
    etag text DEFAULT ''::text NOT NULL,
    last_modified text DEFAULT ''::text NOT NULL,
    last_checked_at timestamp with time zone,
    revisit_at timestamp with time zone,
    last_reason text DEFAULT ''::text NOT NULL,
    lease_holder text DEFAULT ''::text NOT NULL,
    lease_until timestamp with time zone
);
CREATE SEQUENCE public.articles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.articles_id_seq OWNED BY public.articles.id;
CREATE TABLE public.audit (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    who text DEFAULT ''::text NOT NULL,
    action text DEFAULT ''::text NOT NULL,
    thing_kind text DEFAULT ''::text NOT NULL,
    thing text DEFAULT ''::text NOT NULL,
    before jsonb,
    after jsonb,
    note text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.copy_bands (
    recipe integer DEFAULT 1 NOT NULL,
    band bigint NOT NULL,
    version_id bigint NOT NULL
);
CREATE TABLE public.copy_groups (
    id bigint NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.copy_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.copy_groups_id_seq OWNED BY public.copy_groups.id;
CREATE TABLE public.copy_members (
    version_id bigint NOT NULL,
    group_id bigint NOT NULL,
    like_version_id bigint,
    similarity double precision NOT NULL,
    joined_at timestamp with time zone NOT NULL
);
CREATE TABLE public.digest_findings (
    kind text DEFAULT ''::text NOT NULL,
    finding_id bigint NOT NULL,
    digest_id bigint NOT NULL
);
CREATE TABLE public.digests (
    id bigint NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    period_start timestamp with time zone NOT NULL,
    period_end timestamp with time zone NOT NULL,
    record jsonb,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone
);
CREATE SEQUENCE public.digests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.digests_id_seq OWNED BY public.digests.id;
CREATE TABLE public.entries (
    id bigint NOT NULL,
    source text NOT NULL,
    key text DEFAULT ''::text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    host text DEFAULT ''::text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    published timestamp with time zone,
    published_raw text DEFAULT ''::text NOT NULL,
    updated timestamp with time zone,
    summary text DEFAULT ''::text NOT NULL,
    content text DEFAULT ''::text NOT NULL,
    author text DEFAULT ''::text NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    notes jsonb,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    backlog boolean DEFAULT false NOT NULL,
    stage text DEFAULT 'new'::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    lease_holder text DEFAULT ''::text NOT NULL,
    lease_until timestamp with time zone,
    article_id bigint,
    finished_at timestamp with time zone
);
CREATE SEQUENCE public.entries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.entries_id_seq OWNED BY public.entries.id;
CREATE TABLE public.finding_changes (
    id bigint NOT NULL,
    finding_id bigint NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    slot text DEFAULT ''::text NOT NULL,
    type text DEFAULT ''::text NOT NULL,
    old text,
    new text DEFAULT ''::text NOT NULL,
    evidence jsonb,
    story_id bigint
);
CREATE SEQUENCE public.finding_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.finding_changes_id_seq OWNED BY public.finding_changes.id;
CREATE TABLE public.findings (
    id bigint NOT NULL,
    version_id bigint NOT NULL,
    article_id bigint NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    relation text DEFAULT ''::text NOT NULL,
    confidence double precision NOT NULL,
    certainty text DEFAULT ''::text NOT NULL,
    attribution text DEFAULT ''::text NOT NULL,
    edited boolean DEFAULT false NOT NULL,
    backlog boolean DEFAULT false NOT NULL,
    watch_version text DEFAULT ''::text NOT NULL,
    rules_hash text DEFAULT ''::text NOT NULL,
    compared_with jsonb,
    evidence jsonb,
    reads jsonb,
    steps jsonb,
    redline jsonb,
    source text DEFAULT ''::text NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    published timestamp with time zone,
    found_at timestamp with time zone NOT NULL,
    importance double precision,
    verdict text DEFAULT ''::text NOT NULL,
    verdict_by text DEFAULT ''::text NOT NULL,
    verdict_at timestamp with time zone,
    verdict_note text DEFAULT ''::text NOT NULL,
    snoozed_until timestamp with time zone,
    superseded_at timestamp with time zone,
    revision integer DEFAULT 1 NOT NULL,
    before text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.findings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.findings_id_seq OWNED BY public.findings.id;
CREATE TABLE public.host_gates (
    host text NOT NULL,
    next_at timestamp with time zone NOT NULL
);
CREATE TABLE public.jobs (
    name text NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    ok_at timestamp with time zone,
    took_s double precision,
    result text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    runs integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone
);
CREATE TABLE public.leases (
    name text NOT NULL,
    holder text DEFAULT ''::text NOT NULL,
    until timestamp with time zone,
    token bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.ledger (
    id bigint NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    slot text DEFAULT ''::text NOT NULL,
    value text,
    valid_from text DEFAULT ''::text NOT NULL,
    learned_at timestamp with time zone NOT NULL,
    finding_id bigint,
    on_whose_word text DEFAULT ''::text NOT NULL,
    accepted_by text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    supersedes bigint,
    look_again_at date,
    undone_at timestamp with time zone,
    undone_by text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ledger_id_seq OWNED BY public.ledger.id;
CREATE TABLE public.marks (
    name text NOT NULL,
    value jsonb,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.near_misses (
    id bigint NOT NULL,
    version_id bigint NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    score double precision NOT NULL,
    failed text DEFAULT ''::text NOT NULL,
    evidence jsonb,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.near_misses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.near_misses_id_seq OWNED BY public.near_misses.id;
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    thing_id bigint NOT NULL,
    channel text DEFAULT ''::text NOT NULL,
    part text DEFAULT ''::text NOT NULL,
    thread text DEFAULT ''::text NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    story text DEFAULT ''::text NOT NULL,
    keys jsonb,
    held_until timestamp with time zone,
    batched boolean DEFAULT false NOT NULL,
    payload jsonb,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    lease_holder text DEFAULT ''::text NOT NULL,
    lease_until timestamp with time zone,
    last_error text DEFAULT ''::text NOT NULL,
    message_id text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone
);
CREATE SEQUENCE public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.pages (
    id bigint NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    entry_id bigint,
    article_id bigint,
    fetched_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    content_type text DEFAULT ''::text NOT NULL,
    put_off boolean DEFAULT false NOT NULL,
    body bytea NOT NULL,
    size integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE public.pages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.pages_id_seq OWNED BY public.pages.id;
CREATE TABLE public.search_rows (
    id bigint NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    thing_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    relation text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.search_rows_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.search_rows_id_seq OWNED BY public.search_rows.id;
CREATE TABLE public.search_words (
    id bigint NOT NULL,
    words tsvector NOT NULL
);
CREATE TABLE public.second_questions (
    id bigint NOT NULL,
    key text DEFAULT ''::text NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    claim_version text DEFAULT ''::text NOT NULL,
    model text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL,
    verdict text DEFAULT ''::text NOT NULL,
    answer text DEFAULT ''::text NOT NULL,
    fault text DEFAULT ''::text NOT NULL,
    tokens_in integer DEFAULT 0 NOT NULL,
    tokens_out integer DEFAULT 0 NOT NULL,
    cost double precision DEFAULT '0'::double precision NOT NULL,
    took_s double precision
);
CREATE SEQUENCE public.second_questions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.second_questions_id_seq OWNED BY public.second_questions.id;
CREATE TABLE public.sessions (
    digest text NOT NULL,
    "user" text NOT NULL,
    csrf text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.sign_ins (
    id bigint NOT NULL,
    who text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    ok boolean DEFAULT false NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.sign_ins_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sign_ins_id_seq OWNED BY public.sign_ins.id;
CREATE TABLE public.snoozes (
    id bigint NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    thing text DEFAULT ''::text NOT NULL,
    until timestamp with time zone NOT NULL,
    by text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone
);
CREATE SEQUENCE public.snoozes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.snoozes_id_seq OWNED BY public.snoozes.id;
CREATE TABLE public.source_events (
    id bigint NOT NULL,
    source text NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.source_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.source_events_id_seq OWNED BY public.source_events.id;
CREATE TABLE public.sources (
    id text NOT NULL,
    configured_url text DEFAULT ''::text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    host text DEFAULT ''::text NOT NULL,
    listed boolean DEFAULT true NOT NULL,
    etag text DEFAULT ''::text NOT NULL,
    last_modified text DEFAULT ''::text NOT NULL,
    body_hash text DEFAULT ''::text NOT NULL,
    first_polled_at timestamp with time zone,
    last_polled_at timestamp with time zone,
    last_ok_at timestamp with time zone,
    last_entry_at timestamp with time zone,
    next_poll_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    last_reason text DEFAULT ''::text NOT NULL,
    last_detail text DEFAULT ''::text NOT NULL,
    silent_polls integer DEFAULT 0 NOT NULL,
    usual_gap double precision,
    longest_gap double precision,
    health text DEFAULT 'new'::text NOT NULL,
    retired boolean DEFAULT false NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    paused_until timestamp with time zone,
    lease_holder text DEFAULT ''::text NOT NULL,
    lease_until timestamp with time zone
);
CREATE TABLE public.stories (
    id bigint NOT NULL,
    claim text DEFAULT ''::text NOT NULL,
    relation text DEFAULT ''::text NOT NULL,
    slot text DEFAULT ''::text NOT NULL,
    value text DEFAULT ''::text NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    merged_into bigint
);
CREATE SEQUENCE public.stories_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.stories_id_seq OWNED BY public.stories.id;
CREATE TABLE public.story_members (
    id bigint NOT NULL,
    story_id bigint NOT NULL,
    finding_id bigint NOT NULL,
    slot text DEFAULT ''::text NOT NULL,
    value text DEFAULT ''::text NOT NULL,
    version_id bigint NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    family text DEFAULT ''::text NOT NULL,
    agency text DEFAULT ''::text NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL,
    why text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.story_members_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.story_members_id_seq OWNED BY public.story_members.id;
CREATE TABLE public.story_moves (
    id bigint NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    from_story bigint NOT NULL,
    to_story bigint NOT NULL,
    members jsonb,
    why text DEFAULT ''::text NOT NULL,
    by text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone
);
CREATE SEQUENCE public.story_moves_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.story_moves_id_seq OWNED BY public.story_moves.id;
CREATE TABLE public.tallies (
    day date NOT NULL,
    step text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    thing text DEFAULT ''::text NOT NULL,
    count bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.tokens (
    id bigint NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    digest text DEFAULT ''::text NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    scopes jsonb,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);
CREATE SEQUENCE public.tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.tokens_id_seq OWNED BY public.tokens.id;
CREATE TABLE public.topic_days (
    topic text DEFAULT ''::text NOT NULL,
    day date NOT NULL,
    articles integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.topic_hits (
    id bigint NOT NULL,
    version_id bigint NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    score double precision NOT NULL,
    spans jsonb,
    steps jsonb,
    rules_hash text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.topic_hits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.topic_hits_id_seq OWNED BY public.topic_hits.id;
CREATE TABLE public.users (
    name text NOT NULL,
    password_hash text DEFAULT ''::text NOT NULL,
    role text DEFAULT 'reader'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone,
    disabled boolean DEFAULT false NOT NULL
);
CREATE TABLE public.versions (
    id bigint NOT NULL,
    article_id bigint NOT NULL,
    number integer NOT NULL,
    current boolean DEFAULT true NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    digest text DEFAULT ''::text NOT NULL,
    sketch bytea,
    recipe integer DEFAULT 1 NOT NULL,
    lang text DEFAULT ''::text NOT NULL,
    author text DEFAULT ''::text NOT NULL,
    site text DEFAULT ''::text NOT NULL,
    published timestamp with time zone,
    agency text DEFAULT ''::text NOT NULL,
    origin text DEFAULT ''::text NOT NULL,
    fetched_at timestamp with time zone NOT NULL,
    copy_group_id bigint,
    analysed_with text DEFAULT ''::text NOT NULL,
    rules_hash text DEFAULT ''::text NOT NULL,
    analysed_at timestamp with time zone
);
CREATE SEQUENCE public.versions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.versions_id_seq OWNED BY public.versions.id;
CREATE TABLE public.watch_versions (
    version text NOT NULL,
    rules_hash text DEFAULT ''::text NOT NULL,
    first_used_at timestamp with time zone NOT NULL,
    summary jsonb
);
ALTER TABLE ONLY public.alert_decisions ALTER COLUMN id SET DEFAULT nextval('public.alert_decisions_id_seq'::regclass);
ALTER TABLE ONLY public.alert_keys ALTER COLUMN id SET DEFAULT nextval('public.alert_keys_id_seq'::regclass);
ALTER TABLE ONLY public.alert_publishers ALTER COLUMN id SET DEFAULT nextval('public.alert_publishers_id_seq'::regclass);
ALTER TABLE ONLY public.alerts ALTER COLUMN id SET DEFAULT nextval('public.alerts_id_seq'::regclass);
ALTER TABLE ONLY public.articles ALTER COLUMN id SET DEFAULT nextval('public.articles_id_seq'::regclass);
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
ALTER TABLE ONLY public.copy_groups ALTER COLUMN id SET DEFAULT nextval('public.copy_groups_id_seq'::regclass);
ALTER TABLE ONLY public.digests ALTER COLUMN id SET DEFAULT nextval('public.digests_id_seq'::regclass);
ALTER TABLE ONLY public.entries ALTER COLUMN id SET DEFAULT nextval('public.entries_id_seq'::regclass);
ALTER TABLE ONLY public.finding_changes ALTER COLUMN id SET DEFAULT nextval('public.finding_changes_id_seq'::regclass);
ALTER TABLE ONLY public.findings ALTER COLUMN id SET DEFAULT nextval('public.findings_id_seq'::regclass);
ALTER TABLE ONLY public.ledger ALTER COLUMN id SET DEFAULT nextval('public.ledger_id_seq'::regclass);
ALTER TABLE ONLY public.near_misses ALTER COLUMN id SET DEFAULT nextval('public.near_misses_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.pages ALTER COLUMN id SET DEFAULT nextval('public.pages_id_seq'::regclass);
ALTER TABLE ONLY public.search_rows ALTER COLUMN id SET DEFAULT nextval('public.search_rows_id_seq'::regclass);
ALTER TABLE ONLY public.second_questions ALTER COLUMN id SET DEFAULT nextval('public.second_questions_id_seq'::regclass);
ALTER TABLE ONLY public.sign_ins ALTER COLUMN id SET DEFAULT nextval('public.sign_ins_id_seq'::regclass);
ALTER TABLE ONLY public.snoozes ALTER COLUMN id SET DEFAULT nextval('public.snoozes_id_seq'::regclass);
ALTER TABLE ONLY public.source_events ALTER COLUMN id SET DEFAULT nextval('public.source_events_id_seq'::regclass);
ALTER TABLE ONLY public.stories ALTER COLUMN id SET DEFAULT nextval('public.stories_id_seq'::regclass);
ALTER TABLE ONLY public.story_members ALTER COLUMN id SET DEFAULT nextval('public.story_members_id_seq'::regclass);
ALTER TABLE ONLY public.story_moves ALTER COLUMN id SET DEFAULT nextval('public.story_moves_id_seq'::regclass);
ALTER TABLE ONLY public.tokens ALTER COLUMN id SET DEFAULT nextval('public.tokens_id_seq'::regclass);
ALTER TABLE ONLY public.topic_hits ALTER COLUMN id SET DEFAULT nextval('public.topic_hits_id_seq'::regclass);
ALTER TABLE ONLY public.versions ALTER COLUMN id SET DEFAULT nextval('public.versions_id_seq'::regclass);
INSERT INTO public.addresses VALUES ('https://a.example/1', 1);
INSERT INTO public.alembic_version VALUES ('20261122_marked_words');
INSERT INTO public.alert_keys VALUES (1, 1, 'sale', 'changes', 'stage', 'signed', 1, '2026-03-01 12:00:00+00');
INSERT INTO public.alerts VALUES (1, 'sale', 'trade', 'changes', 'high', 'h', 'open', 1, '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00', NULL, '', NULL, '', NULL);
INSERT INTO public.articles VALUES (1, 'https://a.example/1', 's1', 'a.example', 'Türkiye ✓ بازو', '', NULL, '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00', 1, false, 0, 0, 0, false, '', '', NULL, NULL, '', '', NULL);
INSERT INTO public.copy_bands VALUES (1, -649571662916077706, 1);
INSERT INTO public.copy_bands VALUES (1, 2014268979504181100, 1);
INSERT INTO public.copy_groups VALUES (1, '', '2026-03-01 12:00:00+00');
INSERT INTO public.copy_members VALUES (1, 1, NULL, 1, '2026-03-01 12:00:00+00');
INSERT INTO public.digest_findings VALUES ('day', 1, 1);
INSERT INTO public.digests VALUES (1, 'day', '2026-03-01 12:00:00+00', '2026-03-02 12:00:00+00', '{"n": 1}', '2026-03-01 12:00:00+00', NULL);
INSERT INTO public.entries VALUES (1, 's1', '1', 'https://a.example/1', 'a.example', 'T', NULL, '', NULL, '', '', '', '', '[]', '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00', false, 'done', '', '', 1, NULL, '', NULL, 1, '2026-03-01 12:00:00+00');
INSERT INTO public.finding_changes VALUES (1, 1, 0, 'stage', 'stage', 'planned', 'signed', '{"end": 6, "text": "signed", "field": "text", "start": 0}', 1);
INSERT INTO public.findings VALUES (1, 1, 1, 'sale', 'trade', 'changes', 0.5, 'reported', '', false, false, 'w1', '', '{}', '[{"end": 6, "text": "signed", "field": "text", "start": 0}]', '[]', '[]', '[]', 's1', 'en', NULL, '2026-03-01 12:00:00+00', NULL, 'accepted', 'ann', '2026-03-01 12:00:00+00', '', NULL, NULL, 2, '');
INSERT INTO public.ledger VALUES (1, 'sale', 'stage', 'signed', '', '2026-03-01 12:00:00+00', 1, '', 'ann', '', NULL, NULL, NULL, '');
INSERT INTO public.near_misses VALUES (1, 1, 'other', 0.4, 'subject', 'null', '2026-03-01 12:00:00+00');
INSERT INTO public.outbox VALUES (1, 'alert', 1, 'log', '', '', '', '', '[{"slot": "stage", "claim": "sale", "value": "signed", "relation": "changes"}]', NULL, false, '{"a": [1]}', 'sent', 1, NULL, '', NULL, '', '', '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00');
INSERT INTO public.sources VALUES ('s1', 'https://a.example/feed', 'https://a.example/feed', 'a.example', true, '', '', '', NULL, NULL, NULL, NULL, '2026-03-01 12:00:00+00', 0, '', '', 0, NULL, NULL, 'new', false, false, NULL, '', NULL);
INSERT INTO public.stories VALUES (1, 'sale', 'changes', 'stage', 'signed', '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00', NULL);
INSERT INTO public.story_members VALUES (1, 1, 1, 'stage', 'signed', 1, 's1', '', '', '', '2026-03-01 12:00:00+00', '');
INSERT INTO public.topic_hits VALUES (1, 1, 'trade', 1, '[{"end": 6, "text": "signed", "field": "text", "start": 0}]', '[]', '', '2026-03-01 12:00:00+00');
INSERT INTO public.versions VALUES (1, 1, 1, true, 'Türkiye ✓ بازو', 'signed; and
more', 'd', '\x00ff', 1, 'en', '', '', NULL, '', '', '2026-03-01 12:00:00+00', 1, 'w1', '', '2026-03-01 12:00:00+00');
SELECT pg_catalog.setval('public.alert_decisions_id_seq', 1, false);
SELECT pg_catalog.setval('public.alert_keys_id_seq', 1, true);
SELECT pg_catalog.setval('public.alert_publishers_id_seq', 1, false);
SELECT pg_catalog.setval('public.alerts_id_seq', 1, true);
SELECT pg_catalog.setval('public.articles_id_seq', 1, true);
SELECT pg_catalog.setval('public.audit_id_seq', 1, false);
SELECT pg_catalog.setval('public.copy_groups_id_seq', 1, true);
SELECT pg_catalog.setval('public.digests_id_seq', 1, true);
SELECT pg_catalog.setval('public.entries_id_seq', 1, true);
SELECT pg_catalog.setval('public.finding_changes_id_seq', 1, true);
SELECT pg_catalog.setval('public.findings_id_seq', 1, true);
SELECT pg_catalog.setval('public.ledger_id_seq', 1, true);
SELECT pg_catalog.setval('public.near_misses_id_seq', 1, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 1, true);
SELECT pg_catalog.setval('public.pages_id_seq', 1, false);
SELECT pg_catalog.setval('public.search_rows_id_seq', 1, false);
SELECT pg_catalog.setval('public.second_questions_id_seq', 1, false);
SELECT pg_catalog.setval('public.sign_ins_id_seq', 1, false);
SELECT pg_catalog.setval('public.snoozes_id_seq', 1, false);
SELECT pg_catalog.setval('public.source_events_id_seq', 1, false);
SELECT pg_catalog.setval('public.stories_id_seq', 1, true);
SELECT pg_catalog.setval('public.story_members_id_seq', 1, true);
SELECT pg_catalog.setval('public.story_moves_id_seq', 1, false);
SELECT pg_catalog.setval('public.tokens_id_seq', 1, false);
SELECT pg_catalog.setval('public.topic_hits_id_seq', 1, true);
SELECT pg_catalog.setval('public.versions_id_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.addresses
    ADD CONSTRAINT pk_addresses PRIMARY KEY (url);
ALTER TABLE ONLY public.alert_decisions
    ADD CONSTRAINT pk_alert_decisions PRIMARY KEY (id);
ALTER TABLE ONLY public.alert_keys
    ADD CONSTRAINT pk_alert_keys PRIMARY KEY (id);
ALTER TABLE ONLY public.alert_publishers
    ADD CONSTRAINT pk_alert_publishers PRIMARY KEY (id);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT pk_alerts PRIMARY KEY (id);
ALTER TABLE ONLY public.article_sources
    ADD CONSTRAINT pk_article_sources PRIMARY KEY (article_id, source);
ALTER TABLE ONLY public.articles
    ADD CONSTRAINT pk_articles PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY public.copy_bands
    ADD CONSTRAINT pk_copy_bands PRIMARY KEY (recipe, band, version_id);
ALTER TABLE ONLY public.copy_groups
    ADD CONSTRAINT pk_copy_groups PRIMARY KEY (id);
ALTER TABLE ONLY public.copy_members
    ADD CONSTRAINT pk_copy_members PRIMARY KEY (version_id);
ALTER TABLE ONLY public.digest_findings
    ADD CONSTRAINT pk_digest_findings PRIMARY KEY (kind, finding_id);
ALTER TABLE ONLY public.digests
    ADD CONSTRAINT pk_digests PRIMARY KEY (id);
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT pk_entries PRIMARY KEY (id);
ALTER TABLE ONLY public.finding_changes
    ADD CONSTRAINT pk_finding_changes PRIMARY KEY (id);
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT pk_findings PRIMARY KEY (id);
ALTER TABLE ONLY public.host_gates
    ADD CONSTRAINT pk_host_gates PRIMARY KEY (host);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (name);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT pk_leases PRIMARY KEY (name);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT pk_ledger PRIMARY KEY (id);
ALTER TABLE ONLY public.marks
    ADD CONSTRAINT pk_marks PRIMARY KEY (name);
ALTER TABLE ONLY public.near_misses
    ADD CONSTRAINT pk_near_misses PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pk_pages PRIMARY KEY (id);
ALTER TABLE ONLY public.search_rows
    ADD CONSTRAINT pk_search_rows PRIMARY KEY (id);
ALTER TABLE ONLY public.second_questions
    ADD CONSTRAINT pk_second_questions PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (digest);
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT pk_sign_ins PRIMARY KEY (id);
ALTER TABLE ONLY public.snoozes
    ADD CONSTRAINT pk_snoozes PRIMARY KEY (id);
ALTER TABLE ONLY public.source_events
    ADD CONSTRAINT pk_source_events PRIMARY KEY (id);
ALTER TABLE ONLY public.sources
    ADD CONSTRAINT pk_sources PRIMARY KEY (id);
ALTER TABLE ONLY public.stories
    ADD CONSTRAINT pk_stories PRIMARY KEY (id);
ALTER TABLE ONLY public.story_members
    ADD CONSTRAINT pk_story_members PRIMARY KEY (id);
ALTER TABLE ONLY public.story_moves
    ADD CONSTRAINT pk_story_moves PRIMARY KEY (id);
ALTER TABLE ONLY public.tallies
    ADD CONSTRAINT pk_tallies PRIMARY KEY (day, step, reason, thing);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT pk_tokens PRIMARY KEY (id);
ALTER TABLE ONLY public.topic_days
    ADD CONSTRAINT pk_topic_days PRIMARY KEY (topic, day);
ALTER TABLE ONLY public.topic_hits
    ADD CONSTRAINT pk_topic_hits PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (name);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT pk_versions PRIMARY KEY (id);
ALTER TABLE ONLY public.watch_versions
    ADD CONSTRAINT pk_watch_versions PRIMARY KEY (version);
ALTER TABLE ONLY public.search_words
    ADD CONSTRAINT search_words_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.alert_keys
    ADD CONSTRAINT uq_alert_keys_claim_relation_slot_value_story_id UNIQUE (claim, relation, slot, value, story_id);
ALTER TABLE ONLY public.alert_publishers
    ADD CONSTRAINT uq_alert_publishers_alert_id_source_url UNIQUE (alert_id, source, url);
ALTER TABLE ONLY public.articles
    ADD CONSTRAINT uq_articles_url UNIQUE (url);
ALTER TABLE ONLY public.digests
    ADD CONSTRAINT uq_digests_kind_period_start UNIQUE (kind, period_start);
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT uq_entries_source_key UNIQUE (source, key);
ALTER TABLE ONLY public.finding_changes
    ADD CONSTRAINT uq_finding_changes_finding_id_position UNIQUE (finding_id, "position");
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT uq_findings_version_id_claim_edited UNIQUE (version_id, claim, edited);
ALTER TABLE ONLY public.near_misses
    ADD CONSTRAINT uq_near_misses_version_id_claim UNIQUE (version_id, claim);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT uq_outbox_kind_thing_id_channel_part UNIQUE (kind, thing_id, channel, part);
ALTER TABLE ONLY public.search_rows
    ADD CONSTRAINT uq_search_rows_kind_thing_id UNIQUE (kind, thing_id);
ALTER TABLE ONLY public.story_members
    ADD CONSTRAINT uq_story_members_finding_id_slot_value UNIQUE (finding_id, slot, value);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT uq_tokens_digest UNIQUE (digest);
ALTER TABLE ONLY public.topic_hits
    ADD CONSTRAINT uq_topic_hits_version_id_topic UNIQUE (version_id, topic);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT uq_versions_article_id_number UNIQUE (article_id, number);
CREATE INDEX ix_addresses_article_id ON public.addresses USING btree (article_id);
CREATE INDEX ix_alert_decisions_alert_id ON public.alert_decisions USING btree (alert_id);
CREATE INDEX ix_alert_decisions_at ON public.alert_decisions USING btree (at);
CREATE INDEX ix_alert_decisions_finding_id ON public.alert_decisions USING btree (finding_id);
CREATE INDEX ix_alert_keys_alert_id ON public.alert_keys USING btree (alert_id);
CREATE INDEX ix_alert_keys_story_id ON public.alert_keys USING btree (story_id);
CREATE INDEX ix_alert_publishers_finding_id ON public.alert_publishers USING btree (finding_id);
CREATE INDEX ix_alerts_claim ON public.alerts USING btree (claim, created_at);
CREATE INDEX ix_alerts_created_at ON public.alerts USING btree (created_at, id);
CREATE INDEX ix_alerts_finding_id ON public.alerts USING btree (finding_id);
CREATE INDEX ix_alerts_merged_into ON public.alerts USING btree (merged_into);
CREATE INDEX ix_article_sources_entry_id ON public.article_sources USING btree (entry_id);
CREATE INDEX ix_article_sources_source ON public.article_sources USING btree (source);
CREATE INDEX ix_articles_first_seen ON public.articles USING btree (first_seen);
CREATE INDEX ix_articles_leased ON public.articles USING btree (lease_until) WHERE (lease_until IS NOT NULL);
CREATE INDEX ix_articles_revisit_at ON public.articles USING btree (revisit_at);
CREATE INDEX ix_articles_source ON public.articles USING btree (source);
CREATE INDEX ix_audit_at ON public.audit USING btree (at);
CREATE INDEX ix_audit_thing ON public.audit USING btree (thing_kind, thing, at);
CREATE INDEX ix_copy_bands_version_id ON public.copy_bands USING btree (version_id);
CREATE INDEX ix_copy_members_group_id ON public.copy_members USING btree (group_id);
CREATE INDEX ix_digest_findings_digest_id ON public.digest_findings USING btree (digest_id);
CREATE INDEX ix_entries_article_id ON public.entries USING btree (article_id);
CREATE INDEX ix_entries_due ON public.entries USING btree (stage, next_attempt_at, id);
CREATE INDEX ix_entries_finished_at ON public.entries USING btree (finished_at);
CREATE INDEX ix_entries_leased ON public.entries USING btree (lease_until) WHERE (lease_until IS NOT NULL);
CREATE INDEX ix_entries_source ON public.entries USING btree (source, id);
CREATE INDEX ix_finding_changes_story_id ON public.finding_changes USING btree (story_id);
CREATE INDEX ix_findings_article_id ON public.findings USING btree (article_id);
CREATE INDEX ix_findings_claim ON public.findings USING btree (claim, id);
CREATE INDEX ix_findings_claim_verdict ON public.findings USING btree (claim, verdict, id);
CREATE INDEX ix_findings_counted ON public.findings USING btree (claim, relation, found_at) WHERE (superseded_at IS NULL);
CREATE INDEX ix_findings_found_at ON public.findings USING btree (found_at, id);
CREATE INDEX ix_findings_judged ON public.findings USING btree (id, topic, confidence, verdict) WHERE (verdict <> ''::text);
CREATE INDEX ix_findings_open ON public.findings USING btree (verdict, found_at);
CREATE INDEX ix_findings_relation ON public.findings USING btree (relation, found_at);
CREATE INDEX ix_findings_standing ON public.findings USING btree (claim, found_at, relation, verdict, backlog, source) WHERE (superseded_at IS NULL);
CREATE INDEX ix_findings_topic ON public.findings USING btree (topic, id);
CREATE INDEX ix_findings_waiting ON public.findings USING btree (id, topic, claim) WHERE ((verdict = ''::text) AND (relation = ANY (ARRAY['adds'::text, 'changes'::text, 'denies'::text])) AND (NOT backlog) AND (superseded_at IS NULL));
CREATE INDEX ix_findings_waiting_claim ON public.findings USING btree (claim, id, found_at) WHERE ((verdict = ''::text) AND (relation = ANY (ARRAY['adds'::text, 'changes'::text, 'denies'::text])) AND (NOT backlog) AND (superseded_at IS NULL));
CREATE INDEX ix_findings_waiting_topic ON public.findings USING btree (topic, id) WHERE ((verdict = ''::text) AND (relation = ANY (ARRAY['adds'::text, 'changes'::text, 'denies'::text])) AND (NOT backlog) AND (superseded_at IS NULL));
CREATE INDEX ix_ledger_finding_id ON public.ledger USING btree (finding_id);
CREATE INDEX ix_ledger_look_again_at ON public.ledger USING btree (look_again_at);
CREATE INDEX ix_ledger_slot ON public.ledger USING btree (claim, slot, learned_at);
CREATE INDEX ix_ledger_supersedes ON public.ledger USING btree (supersedes);
CREATE INDEX ix_near_misses_at ON public.near_misses USING btree (at);
CREATE INDEX ix_outbox_channel ON public.outbox USING btree (channel, created_at);
CREATE INDEX ix_outbox_claim ON public.outbox USING btree (claim, created_at);
CREATE INDEX ix_outbox_due ON public.outbox USING btree (state, next_attempt_at, id);
CREATE INDEX ix_outbox_sent ON public.outbox USING btree (state, sent_at, id);
CREATE INDEX ix_pages_article_id ON public.pages USING btree (article_id);
CREATE INDEX ix_pages_entry_id ON public.pages USING btree (entry_id);
CREATE INDEX ix_pages_expires_at ON public.pages USING btree (expires_at);
CREATE INDEX ix_pages_put_off ON public.pages USING btree (put_off, id);
CREATE INDEX ix_search_rows_at ON public.search_rows USING btree (at);
CREATE INDEX ix_second_questions_at ON public.second_questions USING btree (at);
CREATE INDEX ix_second_questions_key ON public.second_questions USING btree (key, id);
CREATE INDEX ix_sessions_expires_at ON public.sessions USING btree (expires_at);
CREATE INDEX ix_sessions_user ON public.sessions USING btree ("user");
CREATE INDEX ix_sign_ins_address ON public.sign_ins USING btree (address, at);
CREATE INDEX ix_sign_ins_who ON public.sign_ins USING btree (who, at);
CREATE INDEX ix_snoozes_until ON public.snoozes USING btree (until);
CREATE INDEX ix_source_events_at ON public.source_events USING btree (at);
CREATE INDEX ix_sources_due ON public.sources USING btree (next_poll_at, id);
CREATE INDEX ix_sources_leased ON public.sources USING btree (lease_until) WHERE (lease_until IS NOT NULL);
CREATE INDEX ix_stories_last_at ON public.stories USING btree (last_at);
CREATE INDEX ix_stories_merged_into ON public.stories USING btree (merged_into);
CREATE INDEX ix_stories_subject ON public.stories USING btree (claim, relation, slot, last_at);
CREATE INDEX ix_story_members_story_id ON public.story_members USING btree (story_id);
CREATE INDEX ix_story_members_version_id ON public.story_members USING btree (version_id);
CREATE INDEX ix_story_moves_from_story ON public.story_moves USING btree (from_story);
CREATE INDEX ix_story_moves_to_story ON public.story_moves USING btree (to_story);
CREATE INDEX ix_tallies_shares ON public.tallies USING btree (thing, day, step, reason, count) WHERE (step = ANY (ARRAY['entry'::text, 'useful'::text]));
CREATE INDEX ix_topic_hits_at ON public.topic_hits USING btree (at, topic, version_id);
CREATE INDEX ix_topic_hits_topic ON public.topic_hits USING btree (topic, at);
CREATE INDEX ix_versions_copy_group_id ON public.versions USING btree (copy_group_id);
CREATE INDEX ix_versions_digest ON public.versions USING btree (digest, recipe);
CREATE INDEX ix_versions_fetched_at ON public.versions USING btree (fetched_at, id, rules_hash, current);
CREATE INDEX search_words_words ON public.search_words USING gin (words);
CREATE UNIQUE INDEX uq_versions_current ON public.versions USING btree (article_id) WHERE current;
ALTER TABLE ONLY public.addresses
    ADD CONSTRAINT fk_addresses_article_id FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alert_decisions
    ADD CONSTRAINT fk_alert_decisions_alert_id FOREIGN KEY (alert_id) REFERENCES public.alerts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alert_decisions
    ADD CONSTRAINT fk_alert_decisions_finding_id FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alert_keys
    ADD CONSTRAINT fk_alert_keys_alert_id FOREIGN KEY (alert_id) REFERENCES public.alerts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alert_keys
    ADD CONSTRAINT fk_alert_keys_story_id FOREIGN KEY (story_id) REFERENCES public.stories(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alert_publishers
    ADD CONSTRAINT fk_alert_publishers_alert_id FOREIGN KEY (alert_id) REFERENCES public.alerts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alert_publishers
    ADD CONSTRAINT fk_alert_publishers_finding_id FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT fk_alerts_finding_id FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT fk_alerts_merged_into FOREIGN KEY (merged_into) REFERENCES public.alerts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.article_sources
    ADD CONSTRAINT fk_article_sources_article_id FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.article_sources
    ADD CONSTRAINT fk_article_sources_entry_id FOREIGN KEY (entry_id) REFERENCES public.entries(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.copy_bands
    ADD CONSTRAINT fk_copy_bands_version_id FOREIGN KEY (version_id) REFERENCES public.versions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.copy_members
    ADD CONSTRAINT fk_copy_members_group_id FOREIGN KEY (group_id) REFERENCES public.copy_groups(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.copy_members
    ADD CONSTRAINT fk_copy_members_version_id FOREIGN KEY (version_id) REFERENCES public.versions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.digest_findings
    ADD CONSTRAINT fk_digest_findings_digest_id FOREIGN KEY (digest_id) REFERENCES public.digests(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.digest_findings
    ADD CONSTRAINT fk_digest_findings_finding_id FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT fk_entries_article_id FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT fk_entries_source FOREIGN KEY (source) REFERENCES public.sources(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.finding_changes
    ADD CONSTRAINT fk_finding_changes_finding_id FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.finding_changes
    ADD CONSTRAINT fk_finding_changes_story_id FOREIGN KEY (story_id) REFERENCES public.stories(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT fk_findings_article_id FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT fk_findings_version_id FOREIGN KEY (version_id) REFERENCES public.versions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT fk_ledger_finding_id FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT fk_ledger_supersedes FOREIGN KEY (supersedes) REFERENCES public.ledger(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.near_misses
    ADD CONSTRAINT fk_near_misses_version_id FOREIGN KEY (version_id) REFERENCES public.versions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pages
    ADD CONSTRAINT fk_pages_article_id FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.pages
    ADD CONSTRAINT fk_pages_entry_id FOREIGN KEY (entry_id) REFERENCES public.entries(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_user FOREIGN KEY ("user") REFERENCES public.users(name) ON DELETE CASCADE;
ALTER TABLE ONLY public.source_events
    ADD CONSTRAINT fk_source_events_source FOREIGN KEY (source) REFERENCES public.sources(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.stories
    ADD CONSTRAINT fk_stories_merged_into FOREIGN KEY (merged_into) REFERENCES public.stories(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.story_members
    ADD CONSTRAINT fk_story_members_finding_id FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.story_members
    ADD CONSTRAINT fk_story_members_story_id FOREIGN KEY (story_id) REFERENCES public.stories(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.story_members
    ADD CONSTRAINT fk_story_members_version_id FOREIGN KEY (version_id) REFERENCES public.versions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.story_moves
    ADD CONSTRAINT fk_story_moves_from_story FOREIGN KEY (from_story) REFERENCES public.stories(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.story_moves
    ADD CONSTRAINT fk_story_moves_to_story FOREIGN KEY (to_story) REFERENCES public.stories(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.topic_hits
    ADD CONSTRAINT fk_topic_hits_version_id FOREIGN KEY (version_id) REFERENCES public.versions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT fk_versions_article_id FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT fk_versions_copy_group_id FOREIGN KEY (copy_group_id) REFERENCES public.copy_groups(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.search_words
    ADD CONSTRAINT search_words_id_fkey FOREIGN KEY (id) REFERENCES public.search_rows(id) ON DELETE CASCADE;
