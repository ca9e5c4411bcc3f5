BEGIN TRANSACTION;
CREATE TABLE addresses (
	url TEXT NOT NULL, 
	article_id INTEGER NOT NULL, 
	CONSTRAINT pk_addresses PRIMARY KEY (url), 
	CONSTRAINT fk_addresses_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
INSERT INTO "addresses" VALUES('https://a.example/1',1);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('20261122_marked_words');
CREATE TABLE alert_decisions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	alert_id INTEGER, 
	finding_id INTEGER, 
	claim TEXT DEFAULT '' NOT NULL, 
	rule TEXT DEFAULT '' NOT NULL, 
	action TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	severity TEXT DEFAULT '' NOT NULL, 
	channels JSON, 
	until DATETIME, 
	at DATETIME NOT NULL, 
	CONSTRAINT fk_alert_decisions_alert_id FOREIGN KEY(alert_id) REFERENCES alerts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_alert_decisions_finding_id FOREIGN KEY(finding_id) REFERENCES findings (id) ON DELETE CASCADE
);
CREATE TABLE alert_keys (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	alert_id INTEGER NOT NULL, 
	claim TEXT DEFAULT '' NOT NULL, 
	relation TEXT DEFAULT '' NOT NULL, 
	slot TEXT DEFAULT '' NOT NULL, 
	value TEXT DEFAULT '' NOT NULL, 
	story_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT fk_alert_keys_alert_id FOREIGN KEY(alert_id) REFERENCES alerts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_alert_keys_story_id FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE, 
	CONSTRAINT uq_alert_keys_claim_relation_slot_value_story_id UNIQUE (claim, relation, slot, value, story_id)
);
INSERT INTO "alert_keys" VALUES(1,1,'sale','changes','stage','signed',1,'2026-03-01 12:00:00.000000');
CREATE TABLE alert_publishers (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	alert_id INTEGER NOT NULL, 
	finding_id INTEGER, 
	source TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	family TEXT DEFAULT '' NOT NULL, 
	country TEXT DEFAULT '' NOT NULL, 
	state BOOLEAN, 
	tier INTEGER DEFAULT '2' NOT NULL, 
	agency TEXT DEFAULT '' NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	lang TEXT DEFAULT '' NOT NULL, 
	published DATETIME, 
	"group" TEXT DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT fk_alert_publishers_alert_id FOREIGN KEY(alert_id) REFERENCES alerts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_alert_publishers_finding_id FOREIGN KEY(finding_id) REFERENCES findings (id) ON DELETE SET NULL, 
	CONSTRAINT uq_alert_publishers_alert_id_source_url UNIQUE (alert_id, source, url)
);
CREATE TABLE alerts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	claim TEXT DEFAULT '' NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	relation TEXT DEFAULT '' NOT NULL, 
	severity TEXT DEFAULT 'normal' NOT NULL, 
	headline TEXT DEFAULT '' NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	finding_id INTEGER, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	snoozed_until DATETIME, 
	decided_by TEXT DEFAULT '' NOT NULL, 
	decided_at DATETIME, 
	note TEXT DEFAULT '' NOT NULL, 
	merged_into INTEGER, 
	CONSTRAINT fk_alerts_finding_id FOREIGN KEY(finding_id) REFERENCES findings (id) ON DELETE SET NULL, 
	CONSTRAINT fk_alerts_merged_into FOREIGN KEY(merged_into) REFERENCES alerts (id) ON DELETE SET NULL
);
INSERT INTO "alerts" VALUES(1,'sale','trade','changes','high','h','open',1,'2026-03-01 12:00:00.000000','2026-03-01 12:00:00.000000',NULL,'',NULL,'',NULL);
CREATE TABLE article_sources (
	article_id INTEGER NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	entry_id INTEGER, 
	first_seen DATETIME NOT NULL, 
	CONSTRAINT pk_article_sources PRIMARY KEY (article_id, source), 
	CONSTRAINT fk_article_sources_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_article_sources_entry_id FOREIGN KEY(entry_id) REFERENCES entries (id) ON DELETE SET NULL
);
CREATE TABLE articles (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	url TEXT DEFAULT '' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	lang TEXT DEFAULT '' NOT NULL, 
	published DATETIME, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	version_count INTEGER DEFAULT '0' NOT NULL, 
	backlog BOOLEAN DEFAULT 0 NOT NULL, 
	checks INTEGER DEFAULT '0' NOT NULL, 
	changes INTEGER DEFAULT '0' NOT NULL, 
	flaps INTEGER DEFAULT '0' NOT NULL, 
	flapping BOOLEAN DEFAULT 0 NOT NULL, 
	etag TEXT DEFAULT '' NOT NULL, 
	last_modified TEXT DEFAULT '' NOT NULL, 
	last_checked_at DATETIME, 
	revisit_at DATETIME, 
	last_reason TEXT DEFAULT '' NOT NULL, 
	lease_holder TEXT DEFAULT '' NOT NULL, 
	lease_until DATETIME, 
	CONSTRAINT uq_articles_url UNIQUE (url)
);
INSERT INTO "articles" VALUES(1,'https://a.example/1','s1','a.example','Türkiye ✓ بازو','',NULL,'2026-03-01 12:00:00.000000','2026-03-01 12:00:00.000000',1,0,0,0,0,0,'','',NULL,NULL,'','',NULL);
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who TEXT DEFAULT '' NOT NULL, 
	action TEXT DEFAULT '' NOT NULL, 
	thing_kind TEXT DEFAULT '' NOT NULL, 
	thing TEXT DEFAULT '' NOT NULL, 
	"before" JSON, 
	"after" JSON, 
	note TEXT DEFAULT '' NOT NULL
);
CREATE TABLE copy_bands (
	recipe INTEGER DEFAULT '1' NOT NULL, 
	band BIGINT NOT NULL, 
	version_id INTEGER NOT NULL, 
	CONSTRAINT pk_copy_bands PRIMARY KEY (recipe, band, version_id), 
	CONSTRAINT fk_copy_bands_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "copy_bands" VALUES(1,-649571662916077706,1);
INSERT INTO "copy_bands" VALUES(1,2014268979504181100,1);
CREATE TABLE copy_groups (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	lang TEXT DEFAULT '' NOT NULL, 
	created_at DATETIME NOT NULL
);
INSERT INTO "copy_groups" VALUES(1,'','2026-03-01 12:00:00.000000');
CREATE TABLE copy_members (
	version_id INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	like_version_id INTEGER, 
	similarity FLOAT NOT NULL, 
	joined_at DATETIME NOT NULL, 
	CONSTRAINT pk_copy_members PRIMARY KEY (version_id), 
	CONSTRAINT fk_copy_members_group_id FOREIGN KEY(group_id) REFERENCES copy_groups (id) ON DELETE CASCADE, 
	CONSTRAINT fk_copy_members_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
);
INSERT INTO "copy_members" VALUES(1,1,NULL,1.0,'2026-03-01 12:00:00.000000');
CREATE TABLE digest_findings (
	kind TEXT DEFAULT '' NOT NULL, 
	finding_id INTEGER NOT NULL, 
	digest_id INTEGER NOT NULL, 
	CONSTRAINT pk_digest_findings PRIMARY KEY (kind, finding_id), 
	CONSTRAINT fk_digest_findings_digest_id FOREIGN KEY(digest_id) REFERENCES digests (id) ON DELETE CASCADE, 
	CONSTRAINT fk_digest_findings_finding_id FOREIGN KEY(finding_id) REFERENCES findings (id) ON DELETE CASCADE
);
INSERT INTO "digest_findings" VALUES('day',1,1);
CREATE TABLE digests (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT DEFAULT '' NOT NULL, 
	period_start DATETIME NOT NULL, 
	period_end DATETIME NOT NULL, 
	record JSON, 
	created_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	CONSTRAINT uq_digests_kind_period_start UNIQUE (kind, period_start)
);
INSERT INTO "digests" VALUES(1,'day','2026-03-01 12:00:00.000000','2026-03-02 12:00:00.000000','{"n":1}','2026-03-01 12:00:00.000000',NULL);
CREATE TABLE entries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source TEXT NOT NULL, 
	"key" TEXT DEFAULT '' NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	published DATETIME, 
	published_raw TEXT DEFAULT '' NOT NULL, 
	updated DATETIME, 
	summary TEXT DEFAULT '' NOT NULL, 
	content TEXT DEFAULT '' NOT NULL, 
	author TEXT DEFAULT '' NOT NULL, 
	lang TEXT DEFAULT '' NOT NULL, 
	notes JSON, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	backlog BOOLEAN DEFAULT 0 NOT NULL, 
	stage TEXT DEFAULT 'new' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	next_attempt_at DATETIME, 
	lease_holder TEXT DEFAULT '' NOT NULL, 
	lease_until DATETIME, 
	article_id INTEGER, 
	finished_at DATETIME, 
	CONSTRAINT fk_entries_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE SET NULL, 
	CONSTRAINT fk_entries_source FOREIGN KEY(source) REFERENCES sources (id) ON DELETE CASCADE, 
	CONSTRAINT uq_entries_source_key UNIQUE (source, "key")
);
INSERT INTO "entries" VALUES(1,'s1','1','https://a.example/1','a.example','T',NULL,'',NULL,'','','','','[]','2026-03-01 12:00:00.000000','2026-03-01 12:00:00.000000',0,'done','','',1,NULL,'',NULL,1,'2026-03-01 12:00:00.000000');
CREATE TABLE finding_changes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	finding_id INTEGER NOT NULL, 
	position INTEGER DEFAULT '0' NOT NULL, 
	slot TEXT DEFAULT '' NOT NULL, 
	type TEXT DEFAULT '' NOT NULL, 
	old TEXT, 
	new TEXT DEFAULT '' NOT NULL, 
	evidence JSON, 
	story_id INTEGER, 
	CONSTRAINT fk_finding_changes_finding_id FOREIGN KEY(finding_id) REFERENCES findings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_finding_changes_story_id FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE SET NULL, 
	CONSTRAINT uq_finding_changes_finding_id_position UNIQUE (finding_id, position)
);
INSERT INTO "finding_changes" VALUES(1,1,0,'stage','stage','planned','signed','{"field":"text","start":0,"end":6,"text":"signed"}',1);
CREATE TABLE findings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	version_id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	claim TEXT DEFAULT '' NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	relation TEXT DEFAULT '' NOT NULL, 
	confidence FLOAT NOT NULL, 
	certainty TEXT DEFAULT '' NOT NULL, 
	attribution TEXT DEFAULT '' NOT NULL, 
	edited BOOLEAN DEFAULT 0 NOT NULL, 
	backlog BOOLEAN DEFAULT 0 NOT NULL, 
	watch_version TEXT DEFAULT '' NOT NULL, 
	rules_hash TEXT DEFAULT '' NOT NULL, 
	compared_with JSON, 
	evidence JSON, 
	reads JSON, 
	steps JSON, 
	redline JSON, 
	source TEXT DEFAULT '' NOT NULL, 
	lang TEXT DEFAULT '' NOT NULL, 
	published DATETIME, 
	found_at DATETIME NOT NULL, 
	importance FLOAT, 
	verdict TEXT DEFAULT '' NOT NULL, 
	verdict_by TEXT DEFAULT '' NOT NULL, 
	verdict_at DATETIME, 
	verdict_note TEXT DEFAULT '' NOT NULL, 
	snoozed_until DATETIME, 
	superseded_at DATETIME, 
	revision INTEGER DEFAULT '1' NOT NULL, "before" TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_findings_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_findings_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_findings_version_id_claim_edited UNIQUE (version_id, claim, edited)
);
INSERT INTO "findings" VALUES(1,1,1,'sale','trade','changes',0.5,'reported','',0,0,'w1','','{}','[{"field":"text","start":0,"end":6,"text":"signed"}]','[]','[]','[]','s1','en',NULL,'2026-03-01 12:00:00.000000',NULL,'accepted','ann','2026-03-01 12:00:00.000000','',NULL,NULL,2,'');
CREATE TABLE host_gates (
	host TEXT NOT NULL, 
	next_at DATETIME NOT NULL, 
	CONSTRAINT pk_host_gates PRIMARY KEY (host)
);
CREATE TABLE jobs (
	name TEXT NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, 
	ok_at DATETIME, 
	took_s FLOAT, 
	result TEXT DEFAULT '' NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	runs INTEGER DEFAULT '0' NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	next_at DATETIME, 
	CONSTRAINT pk_jobs PRIMARY KEY (name)
);
CREATE TABLE leases (
	name TEXT NOT NULL, 
	holder TEXT DEFAULT '' NOT NULL, 
	until DATETIME, 
	token BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
CREATE TABLE ledger (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	claim TEXT DEFAULT '' NOT NULL, 
	slot TEXT DEFAULT '' NOT NULL, 
	value TEXT, 
	valid_from TEXT DEFAULT '' NOT NULL, 
	learned_at DATETIME NOT NULL, 
	finding_id INTEGER, 
	on_whose_word TEXT DEFAULT '' NOT NULL, 
	accepted_by TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	supersedes INTEGER, 
	look_again_at DATE, 
	undone_at DATETIME, 
	undone_by TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_ledger_finding_id FOREIGN KEY(finding_id) REFERENCES findings (id) ON DELETE SET NULL, 
	CONSTRAINT fk_ledger_supersedes FOREIGN KEY(supersedes) REFERENCES ledger (id) ON DELETE SET NULL
);
INSERT INTO "ledger" VALUES(1,'sale','stage','signed','','2026-03-01 12:00:00.000000',1,'','ann','',NULL,NULL,NULL,'');
CREATE TABLE marks (
	name TEXT NOT NULL, 
	value JSON, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_marks PRIMARY KEY (name)
);
CREATE TABLE near_misses (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	version_id INTEGER NOT NULL, 
	claim TEXT DEFAULT '' NOT NULL, 
	score FLOAT NOT NULL, 
	failed TEXT DEFAULT '' NOT NULL, 
	evidence JSON, 
	at DATETIME NOT NULL, 
	CONSTRAINT fk_near_misses_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_near_misses_version_id_claim UNIQUE (version_id, claim)
);
INSERT INTO "near_misses" VALUES(1,1,'other',0.4,'subject','null','2026-03-01 12:00:00.000000');
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT DEFAULT '' NOT NULL, 
	thing_id INTEGER NOT NULL, 
	channel TEXT DEFAULT '' NOT NULL, 
	part TEXT DEFAULT '' NOT NULL, 
	thread TEXT DEFAULT '' NOT NULL, 
	claim TEXT DEFAULT '' NOT NULL, 
	story TEXT DEFAULT '' NOT NULL, 
	keys JSON, 
	held_until DATETIME, 
	batched BOOLEAN DEFAULT 0 NOT NULL, 
	payload JSON, 
	state TEXT DEFAULT 'pending' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	next_attempt_at DATETIME, 
	lease_holder TEXT DEFAULT '' NOT NULL, 
	lease_until DATETIME, 
	last_error TEXT DEFAULT '' NOT NULL, 
	message_id TEXT DEFAULT '' NOT NULL, 
	created_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	CONSTRAINT uq_outbox_kind_thing_id_channel_part UNIQUE (kind, thing_id, channel, part)
);
INSERT INTO "outbox" VALUES(1,'alert',1,'log','','','','','[{"claim":"sale","relation":"changes","slot":"stage","value":"signed"}]',NULL,0,'{"a":[1]}','sent',1,NULL,'',NULL,'','','2026-03-01 12:00:00.000000','2026-03-01 12:00:00.000000');
CREATE TABLE pages (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	url TEXT DEFAULT '' NOT NULL, 
	entry_id INTEGER, 
	article_id INTEGER, 
	fetched_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	content_type TEXT DEFAULT '' NOT NULL, 
	put_off BOOLEAN DEFAULT 0 NOT NULL, 
	body BLOB NOT NULL, 
	size INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT fk_pages_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE SET NULL, 
	CONSTRAINT fk_pages_entry_id FOREIGN KEY(entry_id) REFERENCES entries (id) ON DELETE SET NULL
);
CREATE TABLE search_rows (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT DEFAULT '' NOT NULL, 
	thing_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	lang TEXT DEFAULT '' NOT NULL, 
	claim TEXT DEFAULT '' NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	relation TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT uq_search_rows_kind_thing_id UNIQUE (kind, thing_id)
);
CREATE TABLE second_questions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT DEFAULT '' NOT NULL, 
	claim TEXT DEFAULT '' NOT NULL, 
	claim_version TEXT DEFAULT '' NOT NULL, 
	model TEXT DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	verdict TEXT DEFAULT '' NOT NULL, 
	answer TEXT DEFAULT '' NOT NULL, 
	fault TEXT DEFAULT '' NOT NULL, 
	tokens_in INTEGER DEFAULT '0' NOT NULL, 
	tokens_out INTEGER DEFAULT '0' NOT NULL, 
	cost FLOAT DEFAULT '0' NOT NULL, 
	took_s FLOAT
);
CREATE TABLE sessions (
	digest TEXT NOT NULL, 
	user TEXT NOT NULL, 
	csrf TEXT DEFAULT '' NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (digest), 
	CONSTRAINT fk_sessions_user FOREIGN KEY(user) REFERENCES users (name) ON DELETE CASCADE
);
CREATE TABLE sign_ins (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	who TEXT DEFAULT '' NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	ok BOOLEAN DEFAULT 0 NOT NULL, 
	at DATETIME NOT NULL
);
CREATE TABLE snoozes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT DEFAULT '' NOT NULL, 
	thing TEXT DEFAULT '' NOT NULL, 
	until DATETIME NOT NULL, 
	"by" TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	created_at DATETIME NOT NULL, 
	lifted_at DATETIME
);
CREATE TABLE source_events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_source_events_source FOREIGN KEY(source) REFERENCES sources (id) ON DELETE CASCADE
);
CREATE TABLE sources (
	id TEXT NOT NULL, 
	configured_url TEXT DEFAULT '' NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	listed BOOLEAN DEFAULT 1 NOT NULL, 
	etag TEXT DEFAULT '' NOT NULL, 
	last_modified TEXT DEFAULT '' NOT NULL, 
	body_hash TEXT DEFAULT '' NOT NULL, 
	first_polled_at DATETIME, 
	last_polled_at DATETIME, 
	last_ok_at DATETIME, 
	last_entry_at DATETIME, 
	next_poll_at DATETIME, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	last_reason TEXT DEFAULT '' NOT NULL, 
	last_detail TEXT DEFAULT '' NOT NULL, 
	silent_polls INTEGER DEFAULT '0' NOT NULL, 
	usual_gap FLOAT, 
	longest_gap FLOAT, 
	health TEXT DEFAULT 'new' NOT NULL, 
	retired BOOLEAN DEFAULT 0 NOT NULL, 
	paused BOOLEAN DEFAULT 0 NOT NULL, 
	paused_until DATETIME, 
	lease_holder TEXT DEFAULT '' NOT NULL, 
	lease_until DATETIME, 
	CONSTRAINT pk_sources PRIMARY KEY (id)
);
INSERT INTO "sources" VALUES('s1','https://a.example/feed','https://a.example/feed','a.example',1,'','','',NULL,NULL,NULL,NULL,'2026-03-01 12:00:00.000000',0,'','',0,NULL,NULL,'new',0,0,NULL,'',NULL);
CREATE TABLE stories (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	claim TEXT DEFAULT '' NOT NULL, 
	relation TEXT DEFAULT '' NOT NULL, 
	slot TEXT DEFAULT '' NOT NULL, 
	value TEXT DEFAULT '' NOT NULL, 
	first_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	merged_into INTEGER, 
	CONSTRAINT fk_stories_merged_into FOREIGN KEY(merged_into) REFERENCES stories (id) ON DELETE SET NULL
);
INSERT INTO "stories" VALUES(1,'sale','changes','stage','signed','2026-03-01 12:00:00.000000','2026-03-01 12:00:00.000000',NULL);
CREATE TABLE story_members (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	story_id INTEGER NOT NULL, 
	finding_id INTEGER NOT NULL, 
	slot TEXT DEFAULT '' NOT NULL, 
	value TEXT DEFAULT '' NOT NULL, 
	version_id INTEGER NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	family TEXT DEFAULT '' NOT NULL, 
	agency TEXT DEFAULT '' NOT NULL, 
	lang TEXT DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_story_members_finding_id FOREIGN KEY(finding_id) REFERENCES findings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_story_members_story_id FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE, 
	CONSTRAINT fk_story_members_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_story_members_finding_id_slot_value UNIQUE (finding_id, slot, value)
);
INSERT INTO "story_members" VALUES(1,1,1,'stage','signed',1,'s1','','','','2026-03-01 12:00:00.000000','');
CREATE TABLE story_moves (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT DEFAULT '' NOT NULL, 
	from_story INTEGER NOT NULL, 
	to_story INTEGER NOT NULL, 
	members JSON, 
	why TEXT DEFAULT '' NOT NULL, 
	"by" TEXT DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	undone_at DATETIME, 
	CONSTRAINT fk_story_moves_from_story FOREIGN KEY(from_story) REFERENCES stories (id) ON DELETE CASCADE, 
	CONSTRAINT fk_story_moves_to_story FOREIGN KEY(to_story) REFERENCES stories (id) ON DELETE CASCADE
);
CREATE TABLE tallies (
	day DATE NOT NULL, 
	step TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	thing TEXT DEFAULT '' NOT NULL, 
	count BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_tallies PRIMARY KEY (day, step, reason, thing)
);
CREATE TABLE tokens (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT DEFAULT '' NOT NULL, 
	digest TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	scopes JSON, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	last_used_at DATETIME, 
	revoked_at DATETIME, 
	CONSTRAINT uq_tokens_digest UNIQUE (digest)
);
CREATE TABLE topic_days (
	topic TEXT DEFAULT '' NOT NULL, 
	day DATE NOT NULL, 
	articles INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_topic_days PRIMARY KEY (topic, day)
);
CREATE TABLE topic_hits (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	version_id INTEGER NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	score FLOAT NOT NULL, 
	spans JSON, 
	steps JSON, 
	rules_hash TEXT DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT fk_topic_hits_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_topic_hits_version_id_topic UNIQUE (version_id, topic)
);
INSERT INTO "topic_hits" VALUES(1,1,'trade',1.0,'[{"field":"text","start":0,"end":6,"text":"signed"}]','[]','','2026-03-01 12:00:00.000000');
CREATE TABLE users (
	name TEXT NOT NULL, 
	password_hash TEXT DEFAULT '' NOT NULL, 
	role TEXT DEFAULT 'reader' NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen_at DATETIME, 
	disabled BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (name)
);
CREATE TABLE versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	article_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	current BOOLEAN DEFAULT 1 NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	digest TEXT DEFAULT '' NOT NULL, 
	sketch BLOB, 
	recipe INTEGER DEFAULT '1' NOT NULL, 
	lang TEXT DEFAULT '' NOT NULL, 
	author TEXT DEFAULT '' NOT NULL, 
	site TEXT DEFAULT '' NOT NULL, 
	published DATETIME, 
	agency TEXT DEFAULT '' NOT NULL, 
	origin TEXT DEFAULT '' NOT NULL, 
	fetched_at DATETIME NOT NULL, 
	copy_group_id INTEGER, 
	analysed_with TEXT DEFAULT '' NOT NULL, 
	rules_hash TEXT DEFAULT '' NOT NULL, 
	analysed_at DATETIME, 
	CONSTRAINT fk_versions_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_versions_copy_group_id FOREIGN KEY(copy_group_id) REFERENCES copy_groups (id) ON DELETE SET NULL, 
	CONSTRAINT uq_versions_article_id_number UNIQUE (article_id, number)
);
INSERT INTO "versions" VALUES(1,1,1,1,'Türkiye ✓ بازو','signed; and
more','d',X'00FF',1,'en','','',NULL,'','','2026-03-01 12:00:00.000000',1,'w1','','2026-03-01 12:00:00.000000');
CREATE TABLE watch_versions (
	version TEXT NOT NULL, 
	rules_hash TEXT DEFAULT '' NOT NULL, 
	first_used_at DATETIME NOT NULL, 
	summary JSON, 
	CONSTRAINT pk_watch_versions PRIMARY KEY (version)
);
CREATE INDEX ix_articles_first_seen ON articles (first_seen);
CREATE INDEX ix_articles_revisit_at ON articles (revisit_at);
CREATE INDEX ix_articles_source ON articles (source);
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_audit_thing ON audit (thing_kind, thing, at);
CREATE INDEX ix_outbox_due ON outbox (state, next_attempt_at, id);
CREATE INDEX ix_sign_ins_address ON sign_ins (address, at);
CREATE INDEX ix_sign_ins_who ON sign_ins (who, at);
CREATE INDEX ix_snoozes_until ON snoozes (until);
CREATE INDEX ix_stories_last_at ON stories (last_at);
CREATE INDEX ix_stories_merged_into ON stories (merged_into);
CREATE INDEX ix_stories_subject ON stories (claim, relation, slot, last_at);
CREATE INDEX ix_addresses_article_id ON addresses (article_id);
CREATE INDEX ix_entries_article_id ON entries (article_id);
CREATE INDEX ix_entries_due ON entries (stage, next_attempt_at, id);
CREATE INDEX ix_entries_finished_at ON entries (finished_at);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_sessions_user ON sessions (user);
CREATE INDEX ix_source_events_at ON source_events (at);
CREATE INDEX ix_story_moves_from_story ON story_moves (from_story);
CREATE INDEX ix_story_moves_to_story ON story_moves (to_story);
CREATE INDEX ix_versions_copy_group_id ON versions (copy_group_id);
CREATE INDEX ix_versions_digest ON versions (digest, recipe);
CREATE UNIQUE INDEX uq_versions_current ON versions (article_id) WHERE current;
CREATE INDEX ix_article_sources_entry_id ON article_sources (entry_id);
CREATE INDEX ix_article_sources_source ON article_sources (source);
CREATE INDEX ix_copy_bands_version_id ON copy_bands (version_id);
CREATE INDEX ix_copy_members_group_id ON copy_members (group_id);
CREATE INDEX ix_findings_article_id ON findings (article_id);
CREATE INDEX ix_findings_found_at ON findings (found_at, id);
CREATE INDEX ix_findings_open ON findings (verdict, found_at);
CREATE INDEX ix_findings_relation ON findings (relation, found_at);
CREATE INDEX ix_near_misses_at ON near_misses (at);
CREATE INDEX ix_pages_article_id ON pages (article_id);
CREATE INDEX ix_pages_entry_id ON pages (entry_id);
CREATE INDEX ix_pages_expires_at ON pages (expires_at);
CREATE INDEX ix_pages_put_off ON pages (put_off, id);
CREATE INDEX ix_topic_hits_topic ON topic_hits (topic, at);
CREATE INDEX ix_alerts_claim ON alerts (claim, created_at);
CREATE INDEX ix_alerts_created_at ON alerts (created_at, id);
CREATE INDEX ix_alerts_finding_id ON alerts (finding_id);
CREATE INDEX ix_alerts_merged_into ON alerts (merged_into);
CREATE INDEX ix_digest_findings_digest_id ON digest_findings (digest_id);
CREATE INDEX ix_finding_changes_story_id ON finding_changes (story_id);
CREATE INDEX ix_ledger_finding_id ON ledger (finding_id);
CREATE INDEX ix_ledger_look_again_at ON ledger (look_again_at);
CREATE INDEX ix_ledger_slot ON ledger (claim, slot, learned_at);
CREATE INDEX ix_ledger_supersedes ON ledger (supersedes);
CREATE INDEX ix_story_members_story_id ON story_members (story_id);
CREATE INDEX ix_story_members_version_id ON story_members (version_id);
CREATE INDEX ix_alert_decisions_alert_id ON alert_decisions (alert_id);
CREATE INDEX ix_alert_decisions_at ON alert_decisions (at);
CREATE INDEX ix_alert_decisions_finding_id ON alert_decisions (finding_id);
CREATE INDEX ix_alert_keys_alert_id ON alert_keys (alert_id);
CREATE INDEX ix_alert_keys_story_id ON alert_keys (story_id);
CREATE INDEX ix_alert_publishers_finding_id ON alert_publishers (finding_id);
CREATE INDEX ix_second_questions_key ON second_questions ("key", id);
CREATE INDEX ix_second_questions_at ON second_questions (at);
CREATE INDEX ix_articles_leased ON articles (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX ix_entries_leased ON entries (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX ix_findings_claim ON findings (claim, id);
CREATE INDEX ix_findings_topic ON findings (topic, id);
CREATE INDEX ix_versions_fetched_at ON versions (fetched_at, id, rules_hash, current);
CREATE INDEX ix_findings_standing ON findings (claim, found_at, relation, verdict, backlog, source) WHERE superseded_at IS NULL;
CREATE INDEX ix_findings_waiting ON findings (id, topic, claim) WHERE verdict = '' AND relation IN ('adds', 'changes', 'denies') AND NOT backlog AND superseded_at IS NULL;
CREATE INDEX ix_findings_judged ON findings (id, topic, confidence, verdict) WHERE verdict <> '';
CREATE INDEX ix_sources_leased ON sources (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX ix_sources_due ON sources (next_poll_at, id);
CREATE INDEX ix_outbox_claim ON outbox (claim, created_at);
CREATE INDEX ix_outbox_channel ON outbox (channel, created_at);
CREATE INDEX ix_outbox_sent ON outbox (state, sent_at, id);
CREATE INDEX ix_search_rows_at ON search_rows (at);
CREATE INDEX ix_entries_source ON entries (source, id);
CREATE INDEX ix_topic_hits_at ON topic_hits (at, topic, version_id);
CREATE INDEX ix_tallies_shares ON tallies (thing, day, step, reason, count) WHERE step IN ('entry', 'useful');
CREATE INDEX ix_findings_counted ON findings (claim, relation, found_at) WHERE superseded_at IS NULL;
CREATE INDEX ix_findings_waiting_claim ON findings (claim, id, found_at) WHERE verdict = '' AND relation IN ('adds', 'changes', 'denies') AND NOT backlog AND superseded_at IS NULL;
CREATE INDEX ix_findings_waiting_topic ON findings (topic, id) WHERE verdict = '' AND relation IN ('adds', 'changes', 'denies') AND NOT backlog AND superseded_at IS NULL;
CREATE INDEX ix_findings_claim_verdict ON findings (claim, verdict, id);
CREATE VIRTUAL TABLE search_words USING fts5 (words, content='', tokenize='unicode61 remove_diacritics 0');
COMMIT;
