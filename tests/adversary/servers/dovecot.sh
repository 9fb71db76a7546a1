# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Dovecot, for STARTTLS of IMAP and POP3: its certificate for a name (local_name) tells the name that it took.

servers_dovecot() {
	servers_has dovecot dovecot || return 0
	servers_address
	mkdir -p "$LAB_DIR/dovecot" && dovecot_configuration >"$LAB_DIR/dovecot.conf" || return
	servers_run dovecot imap=143 pop3=110 -- dovecot -F -c "$LAB_DIR/dovecot.conf"
}

dovecot_configuration() {
	cat <<-END
		protocols = imap pop3
		listen = $SERVERS_ADDRESS, $SERVERS_ADDRESS6
		base_dir = $LAB_DIR/dovecot/run
		state_dir = $LAB_DIR/dovecot/state
		log_path = /dev/stderr
		ssl = yes
		ssl_cert = <$LAB_DIR/certificates/default.crt
		ssl_key = <$LAB_DIR/certificates/default.key
		ssl_dh =
		default_client_limit = 4000
		default_process_limit = 20
		passdb {
			driver = static
			args = password=adversary
		}
		userdb {
			driver = static
			args = uid=nobody gid=nogroup home=/nonexistent
		}
	END
	dovecot_name prohibited "$SERVERS_PROHIBITED"
	dovecot_name permitted "$SERVERS_PERMITTED"
	dovecot_login imap 143
	dovecot_login pop3 110
}

# dovecot_name KIND NAME
dovecot_name() {
	cat <<-END
		local_name $2 {
			ssl_cert = <$LAB_DIR/certificates/$1.crt
			ssl_key = <$LAB_DIR/certificates/$1.key
		}
	END
}

# dovecot_login PROTOCOL PORT: one process for many clients.
dovecot_login() {
	cat <<-END
		service $1-login {
			service_count = 0
			process_min_avail = 1
			inet_listener $1 {
				port = $2
			}
			inet_listener ${1}s {
				port = 0
			}
		}
	END
}
