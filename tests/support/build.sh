# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# build_in FOLDER [MESON OPTION...]: configures the folder if that is still to do and builds all of it. Says
# only what went wrong. The folder belongs to whom the source tree belongs to, whoever builds, so that a user's
# next build works too.
# build_targets FOLDER TARGET...: no more than these targets, in a folder that is configured.

# shellcheck disable=SC2034  # for those who source this
BUILD_SANITIZED=(-Dbuildtype=debug '-Db_sanitize=address,undefined' -Db_lundef=false
	-Dc_args=-fno-sanitize-recover=undefined)

build_in() {
	local folder=$1 log=$1/build.log status=0

	shift
	mkdir -p "$folder" || return
	{
		if [ ! -e "$folder/build.ninja" ]; then
			meson setup "$folder" "$@" || status=$?
		fi
		[ "$status" -ne 0 ] || ninja -C "$folder" || status=$?
	} >"$log" 2>&1 </dev/null
	build_own "$folder"
	[ "$status" -eq 0 ] || build_complain "$folder"
}

build_targets() {
	local folder=$1 status=0

	shift
	ninja -C "$folder" "$@" >"$folder/build.log" 2>&1 </dev/null || status=$?
	build_own "$folder"
	[ "$status" -eq 0 ] || build_complain "$folder"
}

build_own() {
	[ "$(id -u)" -ne 0 ] || chown -R --reference=meson.build "$1"
}

build_complain() {
	tail -n 40 "$1/build.log" >&2
	echo "The build in '$1' failed; all it said is in $1/build.log. If the folder is of another" >&2
	echo "machine or user, remove it and try again." >&2
	return 1
}
