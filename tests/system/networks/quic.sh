#!/bin/bash
# SPDX-License-Identifier: MIT
#
#   quic.sh FOLDER NAME ADDRESS SECONDS [never]
#
# One page by QUIC, in the network of whoever calls it: served, unreachable (an ICMP error came), or timeout. The client takes the
# name that it shows from the name it was given, and an ICMP error for nothing. `never`: the errors that come are another question's.
# To wait takes no process: in an emulator, where others ask at the same time, that is most of the work.
set -u

folder=$1 name=$2 address=$3 seconds=$4 errors=${5:-}

# unreachables: how many ICMP errors came so far is in $num; nothing else in the table makes any. Each file is read at one go: in the
# middle of it the kernel's numbers may have grown longer.
unreachables() {
	local line i
	local -a lines words names=()

	num=0
	[ "$errors" != never ] || return
	if [[ $address == *:* ]]; then
		mapfile -t lines </proc/net/snmp6
		for line in "${lines[@]}"; do
			[[ $line != Icmp6InDestUnreachs* ]] || num=${line##*[!0-9]}
		done
		return
	fi
	# A line of names, and one of numbers.
	mapfile -t lines </proc/net/snmp
	for line in "${lines[@]}"; do
		[[ $line == Icmp:* ]] || continue
		read -ra words <<<"$line"
		for i in "${!names[@]}"; do
			[ "${names[i]}" != InDestUnreachs ] || num=${words[i]}
		done
		names=("${words[@]}")
	done
}

mkfifo "$folder/never"
exec 3<>"$folder/never"
echo "$address $name" >"$folder/hosts"
mount --bind "$folder/hosts" /etc/hosts
unreachables
before=$num
gtlsclient -q --handshake-timeout="${seconds}s" --timeout="${seconds}s" --exit-on-all-streams-close --download "$folder" \
	"$name" 443 "https://$name/hello" >"$folder/said" 2>&1 3>&- &
pid=$!
while kill -0 "$pid" 2>/dev/null && [ ! -s "$folder/hello" ] && [ "$num" = "$before" ]; do
	read -rt 0.05 -u 3
	unreachables
done
if [ -s "$folder/hello" ]; then
	echo served
elif [ "$num" != "$before" ]; then
	echo unreachable
else
	echo timeout
fi
kill "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
