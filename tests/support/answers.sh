# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# filterd's side of its control socket, $work/control, for tests of what asks it.
# shellcheck disable=SC2034,SC2154  # who reads this has work, and waits for answering

answering=                      # process id of the one that waits; the test ends it

# answers WORDS: once.
answers() {
	rm -f "$work/control"
	python3 -c 'import os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1] + ".new")
server.listen()
os.rename(sys.argv[1] + ".new", sys.argv[1])      # who sees it finds somebody who listens
client = server.accept()[0]
client.recv(100)
client.sendall(sys.argv[2].encode())' "$work/control" "$1" &
	answering=$!
	tap_wait "the socket" test -S "$work/control"
}
