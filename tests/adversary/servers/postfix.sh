# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Postfix, for STARTTLS: its table of server names (tls_server_sni_maps) chooses the certificate, which tells the name that it took.

POSTFIX_PROGRAMS=/usr/lib/postfix/sbin

servers_postfix() {
	servers_has postfix $POSTFIX_PROGRAMS/master || return 0
	servers_address
	postfix_folders && postfix_configuration >"$LAB_DIR/postfix/main.cf" && postfix_services >"$LAB_DIR/postfix/master.cf" || return
	postmap -c "$LAB_DIR/postfix" -F "hash:$LAB_DIR/postfix/names" || return
	servers_run postfix smtp=25 -- $POSTFIX_PROGRAMS/master -s -c "$LAB_DIR/postfix"
}

postfix_folders() {
	local kind

	mkdir -p "$LAB_DIR"/postfix/queue/{pid,private,public} "$LAB_DIR/postfix/data" || return
	chown postfix "$LAB_DIR"/postfix/{data,queue/private,queue/public} || return
	for kind in default prohibited permitted; do
		cat "$LAB_DIR/certificates/$kind".{key,crt} >"$LAB_DIR/postfix/$kind.pem" || return
	done
	printf '%s %s\n' "$SERVERS_PROHIBITED" "$LAB_DIR/postfix/prohibited.pem" "$SERVERS_PERMITTED" "$LAB_DIR/postfix/permitted.pem" >"$LAB_DIR/postfix/names"
}

postfix_configuration() {
	cat <<-END
		compatibility_level = 3.6
		queue_directory = $LAB_DIR/postfix/queue
		data_directory = $LAB_DIR/postfix/data
		maillog_file = /dev/stdout
		maillog_file_prefixes = /dev/stdout
		myhostname = default.test
		mynetworks = 127.0.0.0/8
		alias_maps =
		local_recipient_maps =
		default_process_limit = 150
		smtpd_peername_lookup = no
		smtpd_client_connection_count_limit = 0
		smtpd_client_connection_rate_limit = 0
		smtpd_timeout = 5s
		smtpd_starttls_timeout = 5s
		smtpd_error_sleep_time = 0
		smtpd_tls_security_level = may
		smtpd_tls_chain_files = $LAB_DIR/postfix/default.pem
		tls_server_sni_maps = hash:$LAB_DIR/postfix/names
	END
}

postfix_services() {
	local address

	for address in "$SERVERS_ADDRESS" "[$SERVERS_ADDRESS6]"; do
		echo "$address:25 inet n - n - - smtpd"
	done
	cat <<-END
		postlog unix-dgram n - n - 1 postlogd
		tlsmgr unix - - n 1000? 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		proxymap unix - - n - - proxymap
		anvil unix - - n - 1 anvil
		cleanup unix n - n - 0 cleanup
	END
}
