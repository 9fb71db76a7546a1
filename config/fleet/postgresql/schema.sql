-- SPDX-License-Identifier: MIT
--
-- The store: the audit logs of many gateways in one PostgreSQL 15. Once, as a superuser, in a database with the encoding UTF8:
--
--   createdb -E UTF8 -T template0 filterd && psql -d filterd -f config/fleet/postgresql/schema.sql
--
-- A gateway has a log, and perhaps another one later (a lost key begins one). A log has an id of 64 random bits, and numbers its
-- records 0, 1, 2 ... for its life. So (log, seq) names a record, wherever and however often it was copied.
--
-- raw is the record as it stands in the log, to the byte: the chain is over bytes, so it is text, not jsonb, which keeps neither order
-- nor spelling. All other columns say again what stands in it.
\set ON_ERROR_STOP on
BEGIN;

DO $$
BEGIN
	IF current_setting('server_encoding') <> 'UTF8' THEN
		RAISE EXCEPTION 'the encoding of this database is %, not UTF8: names in the log would be refused', current_setting('server_encoding');
	END IF;
END $$;

-- Three roles that nobody logs in as; give them to those who do: GRANT filterd_reader TO auditor;
--   filterd_owner   owns the tables, and drops old months
--   filterd_loader  puts records in; it can neither change one nor take one out
--   filterd_reader  reads
DO $$
DECLARE role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['filterd_owner', 'filterd_loader', 'filterd_reader'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', role);
		END IF;
	END LOOP;
END $$;

CREATE SCHEMA filterd AUTHORIZATION filterd_owner;
SET LOCAL ROLE filterd_owner;
SET LOCAL search_path = filterd;

-- By month of the record's own time, so that old months are dropped and a question about a week reads a month. PostgreSQL wants the time
-- in the key then; a record has its time for ever, so two copies of one still meet. Two *different* records of one number might not: take(),
-- below, looks for those by (log, seq) alone.
CREATE TABLE records (
	seq         bigint      NOT NULL,
	time        timestamptz NOT NULL,
	first       timestamptz,            -- attempts: of the first, if the record stands for several
	count       bigint,                 -- attempts, and only they: how many it stands for
	attempts    bigint,                 -- heartbeat, stop: since the start
	pending     bigint,                 -- heartbeat: of these in no record yet
	unfiltered  bigint,                 -- start, heartbeat: packets that passed unseen, since the one before
	mono        bigint,                 -- start, heartbeat: milliseconds by a clock that nobody sets
	every       integer,                -- heartbeat: seconds to the next
	src_port    integer,
	dest_port   integer,
	log         text        NOT NULL,
	gateway     text        NOT NULL,
	type        text        NOT NULL,   -- block, would_block, log; probe; start, heartbeat ... : filterd-audit(5)
	device      text,                   -- MAC, or address if none was seen
	name        text,                   -- as its DHCP lease had it at that moment
	src_ip      inet,
	layer       text,                   -- dns, tls, quic, http, socks, other
	host        text,
	category    text,
	rule        text,
	dest_ip     inet,
	proto       text,
	reply       text,
	user_agent  text,
	policy      text,                   -- the first 16 digits of its SHA-256
	state       text,                   -- start, heartbeat; state: the new one
	reason      text,
	boot        text,                   -- start
	hooks       text,                   -- start, heartbeat: ok, missing, changed, unknown
	version     text,                   -- start
	raw         text        NOT NULL,   -- without its newline
	PRIMARY KEY (log, seq, time)
) PARTITION BY RANGE (time);

-- Times that nobody should have: before 1970, or more than a month ahead of us.
CREATE TABLE records_elsewhen PARTITION OF records DEFAULT;

-- In a quiet fleet nine records of ten are heartbeats: questions about attempts, and about the others, are answered from an index alone.
CREATE INDEX records_attempts ON records (time) INCLUDE (count, first, type, gateway, device, name, host) WHERE count IS NOT NULL;
CREATE INDEX records_own ON records (log, seq) INCLUDE (time, type, gateway, policy, state, hooks, boot, every, unfiltered, reason, attempts, pending)
	WHERE count IS NULL;

-- What is known of each log. held: the numbers that were ever loaded, so that what is missing is a subtraction, and a month that was
-- dropped is not loaded again.
CREATE TABLE logs (
	log        text           PRIMARY KEY,
	gateway    text           NOT NULL,
	source     text           NOT NULL,     -- the folder that it comes from: another gateway's cannot put records into it
	held       int8multirange NOT NULL DEFAULT '{}',
	first_time timestamptz,
	last_time  timestamptz,
	loaded     timestamptz                  -- when something came last
);

-- Records that have the number of another one, and other bytes. One of the two is not what the gateway wrote; the chain and the
-- signatures tell which: filterctl audit verify.
CREATE TABLE conflicts (
	log     text        NOT NULL,
	seq     bigint      NOT NULL,
	source  text        NOT NULL,
	found   timestamptz NOT NULL DEFAULT now(),
	raw     text        NOT NULL
);
CREATE INDEX ON conflicts (log, seq);

-- The moment that questions are asked from; SET filterd.now for another.
CREATE FUNCTION at_now() RETURNS timestamptz LANGUAGE sql STABLE AS
	$$ SELECT coalesce(nullif(current_setting('filterd.now', true), '')::timestamptz, now()) $$;

-- The SHA-256 that the record behind this one has as its prev.
CREATE FUNCTION line_hash(raw text) RETURNS text LANGUAGE sql STABLE AS
	$$ SELECT encode(sha256(convert_to(raw || E'\n', 'UTF8')), 'hex') $$;

-- The hash that this record has of the one before, from the end that every line has: its length is known (filterd-audit(5), The chain).
CREATE FUNCTION line_prev(raw text) RETURNS text LANGUAGE sql IMMUTABLE AS
	$$ SELECT left(right(raw, CASE WHEN left(right(raw, 104), 9) = '","sig":"' THEN 168 ELSE 67 END), 64) $$;

-- Makes room for a month, unless it is one that nobody should have. What came before its time lies elsewhen, and moves.
CREATE FUNCTION make_month(month timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	starts timestamptz := date_trunc('month', month, 'UTC');
	ends   timestamptz := (date_trunc('month', month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
	part   text        := 'records_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
	IF to_regclass('filterd.' || part) IS NOT NULL OR starts < '1970-01-01Z' OR starts > now() + interval '1 month' THEN
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock(hashtext('filterd.make_month'));
	IF to_regclass('filterd.' || part) IS NOT NULL THEN
		RETURN;
	END IF;
	EXECUTE format('CREATE TABLE filterd.%I (LIKE filterd.records INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
	EXECUTE format('WITH moved AS (DELETE FROM filterd.records_elsewhen WHERE time >= %L AND time < %L RETURNING *) '
	               'INSERT INTO filterd.%I SELECT * FROM moved', starts, ends, part);
	EXECUTE format('ALTER TABLE filterd.records ATTACH PARTITION filterd.%I FOR VALUES FROM (%L) TO (%L)', part, starts, ends);
END $$;

-- take - puts in what stands in the temporary table `incoming`, which is one folder's, and says what came of it.
--
-- A record that is held already is compared: the same bytes are no news, others go to `conflicts`. Nothing is ever changed or
-- overwritten. Months come first: who waits for one holds no lock yet that another may wait for.
CREATE FUNCTION take(folder text, OUT log text, OUT gateway text, OUT new bigint, OUT known bigint, OUT conflicting bigint)
LANGUAGE plpgsql SET search_path = filterd, pg_temp AS $$
DECLARE
	l      logs;
	last   text;
	total  bigint;
	others bigint;
	month  timestamptz;
BEGIN
	SELECT min(i.log), max(i.log), min(i.gateway), count(*) INTO log, last, gateway, total FROM pg_temp.incoming i;
	new := 0; known := 0; conflicting := 0;
	IF total = 0 THEN
		RETURN;
	ELSIF log = '?' THEN
		RAISE EXCEPTION '%: no record says which log this is; audit.keys of the gateway belongs beside it', folder;
	ELSIF log <> last THEN
		RAISE EXCEPTION '%: records of two logs, % and %; a folder holds one', folder, log, last;
	END IF;
	FOR month IN SELECT DISTINCT date_trunc('month', i.time, 'UTC') FROM pg_temp.incoming i LOOP
		PERFORM make_month(month);
	END LOOP;

	INSERT INTO logs (log, gateway, source) VALUES (take.log, take.gateway, folder) ON CONFLICT DO NOTHING;
	SELECT * INTO l FROM logs WHERE logs.log = take.log FOR UPDATE;
	IF l.source <> folder THEN
		RAISE EXCEPTION '%: records of log %, which comes from %', folder, log, l.source
			USING HINT = 'Either a gateway writes into another one''s log, or the folder was moved: UPDATE filterd.logs SET source = ...';
	END IF;

	-- Held already: the same, or not?
	SELECT count(*) INTO known FROM pg_temp.incoming i WHERE l.held @> i.seq;
	IF known > 0 THEN
		INSERT INTO conflicts (log, seq, source, raw)
			SELECT i.log, i.seq, folder, i.raw FROM pg_temp.incoming i JOIN records r ON r.log = i.log AND r.seq = i.seq AND r.log = take.log
			WHERE l.held @> i.seq AND r.raw <> i.raw
				AND NOT EXISTS (SELECT FROM conflicts c WHERE c.log = i.log AND c.seq = i.seq AND c.raw = i.raw);
		GET DIAGNOSTICS conflicting = ROW_COUNT;
	END IF;

	-- The same number twice in this load: the first one counts.
	WITH twice AS (
		SELECT i.seq, min(i.ctid) AS keep FROM pg_temp.incoming i WHERE NOT l.held @> i.seq GROUP BY i.seq HAVING count(*) > 1
	), out AS (
		DELETE FROM pg_temp.incoming i USING twice t WHERE i.seq = t.seq AND i.ctid <> t.keep RETURNING i.log, i.seq, i.raw, t.keep
	)
	INSERT INTO conflicts (log, seq, source, raw)
		SELECT DISTINCT o.log, o.seq, folder, o.raw FROM out o JOIN pg_temp.incoming k ON k.ctid = o.keep WHERE k.raw <> o.raw;
	GET DIAGNOSTICS others = ROW_COUNT;
	conflicting := conflicting + others;

	INSERT INTO records SELECT i.* FROM pg_temp.incoming i WHERE NOT l.held @> i.seq ON CONFLICT DO NOTHING;
	GET DIAGNOSTICS new = ROW_COUNT;

	UPDATE logs SET
		held = logs.held + coalesce((
			SELECT range_agg(int8range(lowest, highest, '[]')) FROM (
				SELECT min(seq) AS lowest, max(seq) AS highest FROM (
					SELECT i.seq, i.seq - row_number() OVER (ORDER BY i.seq) AS run FROM pg_temp.incoming i WHERE NOT l.held @> i.seq
				) numbered GROUP BY run
			) runs), '{}'),
		first_time = least(logs.first_time, came.first_time),
		last_time  = greatest(logs.last_time, came.last_time),
		loaded     = now()
	FROM (SELECT min(i.time) AS first_time, max(i.time) AS last_time FROM pg_temp.incoming i) came
	WHERE logs.log = take.log AND new > 0;
END $$;

-- What a load has to bring, in the words of filterctl audit export --records.
CREATE VIEW wanted AS
	SELECT log, source, string_agg(CASE WHEN upper_inf(range) OR number = 1000 THEN lower(range) || '-'
	                                    ELSE lower(range) || '-' || upper(range) - 1 END, ',' ORDER BY number) AS records
	FROM logs, unnest(int8multirange(int8range(0, NULL)) - held) WITH ORDINALITY AS wants (range, number)
	WHERE number <= 1000
	GROUP BY log, source;

-- Numbers that the store has not, though it has later ones. pruned: the gateway deleted them, as its settings say, and said so.
CREATE VIEW missing AS
	SELECT gateway, log, lower(range) AS first, upper(range) - 1 AS last, upper(range) - lower(range) AS records,
	       EXISTS (SELECT FROM records p WHERE p.log = logs.log AND p.count IS NULL AND p.type = 'prune'
	               AND (p.raw::jsonb #>> '{filterd,last}')::bigint >= upper(range) - 1) AS pruned
	FROM logs, unnest(int8multirange(int8range(0, upper(held))) - held) AS range;

CREATE VIEW attempts AS
	SELECT gateway, log, seq, time, first, CASE type WHEN 'block' THEN 'blocked' WHEN 'would_block' THEN 'observed' WHEN 'waived' THEN 'waived' ELSE 'watched' END AS result,
	       count, device, name, src_ip, src_port, layer, host, category, rule, dest_ip, dest_port, proto, reply, user_agent, policy, raw,
	       -- whether the device asked for the name that it showed: yes, no, unknown. In raw a quote within a text has a backslash
	       substring(raw FROM '"asked":"(yes|no|unknown)"') AS asked
	FROM records WHERE count IS NOT NULL;

-- As filterctl audit devices has them.
CREATE VIEW devices AS
	SELECT device, max(name) AS name, coalesce(sum(count) FILTER (WHERE result = 'blocked'), 0) AS blocked,
	       coalesce(sum(count) FILTER (WHERE result = 'observed'), 0) AS observed, coalesce(sum(count) FILTER (WHERE result = 'watched'), 0) AS watched,
	       count(DISTINCT host) AS hosts, count(DISTINCT gateway) AS gateways, min(coalesce(first, time)) AS first, max(time) AS last,
	       coalesce(sum(count) FILTER (WHERE result = 'waived'), 0) AS waived,
	       coalesce(sum(count) FILTER (WHERE result IN ('blocked', 'observed') AND asked = 'no'), 0) AS unasked
	FROM attempts GROUP BY device;

-- Each policy, at each gateway, from when to when.
CREATE VIEW policies AS
	SELECT gateway, log, policy, min(time) AS first, max(time) AS last FROM (
		SELECT gateway, log, policy, time, count(changed) OVER (PARTITION BY log ORDER BY seq) AS run FROM (
			SELECT gateway, log, seq, policy, time, CASE WHEN policy IS DISTINCT FROM lag(policy) OVER (PARTITION BY log ORDER BY seq)
			                                             THEN true END AS changed
			FROM records WHERE count IS NULL AND type IN ('start', 'heartbeat', 'policy')
		) marked
	) numbered GROUP BY gateway, log, policy, run;

-- How each gateway stands, by the last record that says so.
CREATE VIEW standing AS
	SELECT l.gateway, l.log, l.last_time, s.type, s.state, h.hooks, h.policy
	FROM logs l LEFT JOIN LATERAL (
		SELECT r.type, CASE r.type WHEN 'stop' THEN 'stopped' ELSE r.state END AS state FROM records r
		WHERE r.log = l.log AND r.count IS NULL AND r.type IN ('start', 'heartbeat', 'state', 'stop') ORDER BY r.seq DESC LIMIT 1
	) s ON true LEFT JOIN LATERAL (
		SELECT r.hooks, r.policy FROM records r
		WHERE r.log = l.log AND r.count IS NULL AND r.type IN ('start', 'heartbeat', 'policy') ORDER BY r.seq DESC LIMIT 1
	) h ON true;

-- When the filter was not at work, in the store's words: filterctl audit coverage knows more (clocks that were set, a queue that was full).
CREATE VIEW gaps AS
	WITH own AS (
		SELECT gateway, log, seq, time, type, state, hooks, boot, every, unfiltered, reason,
		       lag(time) OVER w AS time_before, lag(type) OVER w AS type_before, lag(reason) OVER w AS reason_before,
		       lag(every) OVER w AS every_before,
		       max(CASE WHEN type = 'start' THEN seq END) OVER (PARTITION BY log ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
		           AS started
		FROM records WHERE count IS NULL AND type IN ('start', 'heartbeat', 'stop', 'state')
		WINDOW w AS (PARTITION BY log ORDER BY seq)
	), off AS (
		SELECT *, count(CASE WHEN type = 'stop' OR state = 'enforcing' AND hooks IS DISTINCT FROM 'missing' THEN 1 END)
		              OVER (PARTITION BY log ORDER BY seq) AS run
		FROM own
	)
	SELECT s.gateway, s.log, before.time AS from_time, s.time AS to_time,
	       CASE WHEN s.boot <> earlier.boot THEN 'host off' WHEN s.type_before = 'stop' THEN 'stopped' ELSE 'killed' END AS gap,
	       CASE WHEN s.boot = earlier.boot OR s.unfiltered > 0 THEN s.unfiltered END AS unseen, CASE WHEN s.type_before = 'stop' THEN s.reason_before END AS reason
	FROM own s JOIN LATERAL (SELECT time FROM records r WHERE r.log = s.log AND r.seq < s.seq ORDER BY r.seq DESC LIMIT 1) before ON true
	           LEFT JOIN LATERAL (SELECT boot FROM records r WHERE r.log = s.log AND r.seq = s.started) earlier ON true
	WHERE s.type = 'start'
	UNION ALL
	SELECT gateway, log, time_before, time, 'no heartbeat', unfiltered, NULL FROM own
	WHERE type = 'heartbeat' AND type_before IN ('start', 'heartbeat')
		AND time - time_before > 2 * greatest(every, every_before, 60) * interval '1 second'
	UNION ALL
	SELECT gateway, log, min(time), coalesce((SELECT r.time FROM records r WHERE r.log = off.log AND r.seq > max(off.seq)
	                                          AND r.type IN ('start', 'heartbeat', 'stop', 'state') ORDER BY r.seq LIMIT 1), max(time)),
	       CASE WHEN min(state) = 'enforcing' THEN 'no rules' ELSE 'not enforcing' END, sum(unfiltered), min(state)
	FROM off WHERE type <> 'stop' AND NOT (state = 'enforcing' AND hooks IS DISTINCT FROM 'missing') GROUP BY gateway, log, run;

GRANT USAGE ON SCHEMA filterd TO filterd_loader, filterd_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA filterd TO filterd_loader, filterd_reader;
GRANT INSERT ON records, conflicts TO filterd_loader;
GRANT INSERT, UPDATE (held, first_time, last_time, loaded) ON logs TO filterd_loader;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA filterd FROM PUBLIC;
GRANT EXECUTE ON FUNCTION at_now(), line_hash(text), line_prev(text) TO filterd_loader, filterd_reader;
GRANT EXECUTE ON FUNCTION make_month(timestamptz), take(text) TO filterd_loader;
COMMIT;
