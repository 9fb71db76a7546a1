-- SPDX-License-Identifier: MIT
--
-- What an auditor asks the store. All of them:  psql -d filterd -f config/fleet/postgresql/queries.sql
-- One of them:  sed -n '/^-- query: gaps$/,/^$/p' config/fleet/postgresql/queries.sql | psql -d filterd
--
-- "Now" is the moment of asking; SET filterd.now = '2026-12-01Z' asks as of another. The tests run each of them on PostgreSQL 15, and hold
-- what they say against filterctl audit over the same logs.

-- query: who-still-tries
-- Devices that tried in the last seven days, the busiest first. unasked: showed the name, never asked for it: perhaps a VPN's borrowed name.
SELECT device, max(name) AS name, sum(count) AS attempts, count(DISTINCT host) AS hosts, string_agg(DISTINCT gateway, ' ') AS gateways,
       max(time) AS last, coalesce(sum(count) FILTER (WHERE asked = 'no'), 0) AS unasked
FROM filterd.attempts
WHERE result <> 'watched' AND time >= filterd.at_now() - interval '7 days' AND time <= filterd.at_now()
GROUP BY device ORDER BY attempts DESC, device;

-- query: devices
-- Each device since the beginning: how often, when first, when last, how long it has been quiet.
SELECT device, name, blocked + observed AS attempts, watched, hosts, gateways, first, last,
       floor(extract(epoch FROM filterd.at_now() - last) / 86400) AS days_quiet
FROM filterd.devices ORDER BY attempts DESC, device;

-- query: new-devices
-- Devices that tried for the first time in this month.
SELECT device, name, gateways, first, last FROM filterd.devices
WHERE blocked + observed > 0 AND first >= date_trunc('month', filterd.at_now(), 'UTC') ORDER BY first;

-- query: hosts
-- What they asked for.
SELECT host, sum(count) AS attempts, count(DISTINCT device) AS devices, count(DISTINCT gateway) AS gateways, max(time) AS last
FROM filterd.attempts GROUP BY host ORDER BY attempts DESC, host;

-- query: days
-- Attempts and devices by gateway and day (UTC). Devices are the number to bring to nothing: attempts follow the noisiest.
SELECT gateway, (time AT TIME ZONE 'UTC')::date AS day, sum(count) AS attempts, count(DISTINCT device) AS devices
FROM filterd.attempts WHERE result <> 'watched' GROUP BY gateway, day ORDER BY gateway, day;

-- query: results
-- Blocked, or seen and let through: by gateway.
SELECT gateway, coalesce(sum(count) FILTER (WHERE result = 'blocked'), 0) AS blocked,
       coalesce(sum(count) FILTER (WHERE result = 'observed'), 0) AS observed, coalesce(sum(count) FILTER (WHERE result = 'watched'), 0) AS watched
FROM filterd.attempts GROUP BY gateway ORDER BY gateway;

-- query: passed-after-the-date
-- Attempts that passed although the date of the policy had come: the gateway only observed. The date is that of the start before them.
SELECT a.gateway, s.cutoff, count(*) AS records, sum(a.count) AS attempts, count(DISTINCT a.device) AS devices, min(a.time) AS first, max(a.time) AS last
FROM filterd.attempts a JOIN LATERAL (
	SELECT nullif(r.raw::jsonb #>> '{filterd,cutoff}', 'always')::timestamptz AS cutoff FROM filterd.records r
	WHERE r.log = a.log AND r.seq < a.seq AND r.count IS NULL AND r.type = 'start' ORDER BY r.seq DESC LIMIT 1
) s ON true
WHERE a.result = 'observed' AND a.time >= coalesce(s.cutoff, '-infinity') GROUP BY a.gateway, s.cutoff ORDER BY attempts DESC;

-- query: silent
-- Gateways of which nothing has come for ten minutes: down, cut off, or not collected. Stopped ones said that they would go.
SELECT gateway, log, state, last_time, date_trunc('second', filterd.at_now() - last_time) AS silent_for
FROM filterd.standing WHERE last_time < filterd.at_now() - interval '10 minutes' ORDER BY last_time;

-- query: gaps
-- When a filter was not at work, and how many packets passed unseen meanwhile (nothing: not counted).
SELECT gateway, from_time, to_time, date_trunc('second', to_time - from_time) AS length, gap, unseen, reason
FROM filterd.gaps ORDER BY gateway, from_time;

-- query: unseen
-- Packets that nobody judged, by gateway and day.
SELECT gateway, (time AT TIME ZONE 'UTC')::date AS day, sum(unfiltered) AS packets
FROM filterd.records WHERE count IS NULL AND type IN ('start', 'heartbeat') AND unfiltered > 0 GROUP BY gateway, day ORDER BY packets DESC, gateway, day;

-- query: policies-now
-- Which policy each gateway has. More than one row: the fleet is not of one mind.
SELECT policy, count(*) AS gateways, CASE WHEN count(*) <= 10 THEN string_agg(gateway, ' ' ORDER BY gateway) END AS names
FROM filterd.standing GROUP BY policy ORDER BY gateways DESC;

-- query: policy-changes
-- Since when each gateway has had each policy.
SELECT gateway, policy, first, last FROM filterd.policies ORDER BY gateway, first;

-- query: missing
-- Records that the store has not, though it has later ones of the log.
SELECT gateway, log, first, last, records, pruned FROM filterd.missing ORDER BY gateway, first;

-- query: complete
-- The same from the records themselves: a log is whole if it has as many as its numbers say.
SELECT min(gateway) AS gateway, log, min(seq) AS first, max(seq) AS last, count(*) AS records, count(*) = max(seq) - min(seq) + 1 AS whole
FROM filterd.records GROUP BY log ORDER BY gateway;

-- query: chain
-- Does each record carry the hash of the one before? Rows are places where it does not. It reads all there is.
SELECT gateway, log, seq, time FROM (
	SELECT gateway, log, seq, time, filterd.line_prev(raw) AS prev, lag(seq) OVER w AS seq_before,
	       filterd.line_hash(lag(raw) OVER w) AS hash_before
	FROM filterd.records WINDOW w AS (PARTITION BY log ORDER BY seq)
) r WHERE seq_before = seq - 1 AND prev IS DISTINCT FROM hash_before ORDER BY gateway, seq;

-- query: counts
-- Do the records have as many attempts as heartbeats and stops say? Rows are those where they do not.
SELECT gateway, log, seq, time, attempts - coalesce(pending, 0) AS said, recorded FROM (
	SELECT gateway, log, seq, time, type, attempts, pending, sum(counted) OVER (PARTITION BY log, run ORDER BY seq) AS recorded, run FROM (
		SELECT gateway, log, seq, time, type, attempts, pending,
		       coalesce(count, CASE type WHEN 'gap' THEN (SELECT sum(value::bigint) FROM jsonb_each_text(raw::jsonb #> '{filterd,counts}')) END, 0)
		           AS counted,
		       count(CASE type WHEN 'start' THEN 1 END) OVER (PARTITION BY log ORDER BY seq) AS run
		FROM filterd.records
	) runs
) sums WHERE run > 0 AND type IN ('heartbeat', 'stop') AND attempts - coalesce(pending, 0) <> recorded ORDER BY gateway, seq;

-- query: conflicts
-- Records of which somebody brought another version.
SELECT l.gateway, c.log, c.seq, c.found, c.source, r.raw AS held, c.raw AS other
FROM filterd.conflicts c JOIN filterd.logs l USING (log) LEFT JOIN filterd.records r ON r.log = c.log AND r.seq = c.seq ORDER BY l.gateway, c.seq;
