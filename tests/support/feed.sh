# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A feed of policies: a folder that a lying server shows over HTTPS, keys, and filterd-update by the shell of a router.

# The caller has set FEED_BUILD, the build folder, and FEED_SOURCE, the source tree.

# feed_begin WORK: keys, certificates, configurations; the server runs.
feed_begin() {
	FEED_WORK=$1 FEED_PID='' FEED_PORT=''
	mkdir -p "$1/www" "$1/bin"
	ln -s "$FEED_BUILD/filterd/filterd" "$FEED_BUILD/filterd/filterctl" "$1/bin/"
	# As on a router: all but the programs that busybox has not are its own.
	for applet in sed grep awk head tail wc cat mv cp rm ln mkdir rmdir cut date sync sha256sum cmp readlink flock timeout; do
		! busybox --list | grep -qx "$applet" || ln -s "$(command -v busybox)" "$1/bin/$applet"
	done
	feed_keys || return
	printf '[policy]\nfiles = %s\nsigned-by = house.pub\n[audit]\nkeys = %s\n[daemon]\ncontrol = %s\n' \
		"feed/now/us.policy" "$1/keys" "$1/control" >"$1/filterd.conf"
	feed_serve '' || return
	printf '%s\n' "from = https://localhost:$FEED_PORT/" "policy = us.policy" "into = $1/feed" "filterd = $1/filterd.conf" \
		"seconds = 3" "max-kib = 256" >"$1/feed.conf"
}

# feed_keys: of two publishers, and of two servers.
feed_keys() {
	for key in house other; do
		signify-openbsd -G -n -p "$FEED_WORK/$key.pub" -s "$FEED_WORK/$key.sec" || return
	done
	for name in server stranger; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
			-addext subjectAltName=DNS:localhost -keyout "$FEED_WORK/$name.key" -out "$FEED_WORK/$name.crt" 2>/dev/null || return
	done
}

# feed_serve [FAULT [NAME]]: the server, with this fault for the file of this name.
feed_serve() {
	feed_down
	rm -f "$FEED_WORK/port"
	python3 "$FEED_SOURCE/tests/support/feed_server.py" "$FEED_WORK" "${FEED_PORT:-0}" "${1:-}" "${2:-}" >"$FEED_WORK/server.log" 2>&1 &
	FEED_PID=$!
	tap_wait "the server" test -s "$FEED_WORK/port" || return
	FEED_PORT=$(cat "$FEED_WORK/port")
}

feed_down() {
	[ -z "$FEED_PID" ] || { kill "$FEED_PID"; wait "$FEED_PID"; } 2>/dev/null
	FEED_PID=''
}

feed_end() { feed_down; }

# feed_publish SERIAL NAMES [KEY]: a policy of so many names.
feed_publish() {
	seq -f "name%g.example.org" 1 "$2" >"$FEED_WORK/www/us.list"
	feed_publish_as "$1" "${3:-house}"
}

feed_publish_as() {
	{
		printf '[policy]\nid = us\ntitle = a test\n'
		[ -z "$1" ] || echo "serial = $1"
		printf '[category update]\naction = block\nnames = us.list\n'
	} >"$FEED_WORK/www/us.policy"
	feed_sign "${2:-house}"
}

feed_sign() {
	if [ -f "$FEED_WORK/www/us.list" ]; then
		(cd "$FEED_WORK/www" && sha256sum us.policy us.list >us.policy.sha256)
	fi
	feed_sign_manifest "${1:-house}"
}

feed_sign_manifest() {
	signify-openbsd -S -s "$FEED_WORK/${1:-house}.sec" -m "$FEED_WORK/www/us.policy.sha256"
}

# feed_set NAME VALUE
feed_set() {
	sed -i "/^$1 *=/d" "$FEED_WORK/feed.conf"
	echo "$1 = $2" >>"$FEED_WORK/feed.conf"
}

feed_update() { (feed_exec "$@"); }

feed_exec() {
	exec env PATH="$FEED_WORK/bin:$PATH" CURL_CA_BUNDLE="$FEED_WORK/server.crt" JOURNAL_STREAM=none \
		busybox ash "$FEED_SOURCE/config/feed/filterd-update" -c "$FEED_WORK/feed.conf" "$@" 2>&1
}

# feed_digest: of all that filterd would read, and where it lies.
feed_digest() {
	readlink "$FEED_WORK/feed/now"
	(cd "$FEED_WORK/feed/now/" && find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum
}

feed_commit() {
	git -C "$FEED_WORK/origin" add . && git -C "$FEED_WORK/origin" -c user.name=test -c user.email=test@example.org commit -q -m "a policy"
}
