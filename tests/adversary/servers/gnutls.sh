# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# GnuTLS, by its own server. The library chooses the certificate by the name; what it says of that it says to the client alone.

servers_gnutls() {
	local kind
	local -a pairs=()

	servers_has gnutls gnutls-serv || return 0
	servers_address
	for kind in default prohibited permitted; do
		pairs+=(--x509certfile="$LAB_DIR/certificates/$kind.pem" --x509keyfile="$LAB_DIR/certificates/$kind.key")
	done
	echo "page of gnutls" >"$LAB_DIR/gnutls.page"
	# It listens on all addresses.
	servers_run gnutls tls=4433 -- gnutls-serv --quiet --disable-client-cert --http --httpdata="$LAB_DIR/gnutls.page" --port=4433 "${pairs[@]}"
}
