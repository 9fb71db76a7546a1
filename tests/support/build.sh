# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# build_configure FOLDER [MESON OPTION...]: makes the folder, or gives it these options if it was made with others.
# build_targets FOLDER TARGET...: builds them in a folder that is configured.
# build_in FOLDER [MESON OPTION...]: both, and all that there is.
# build_programs FOLDER [MESON OPTION...]: both, and the two programs alone.
#
# They say only what went wrong. The folder belongs to whom the source tree belongs to, whoever builds, so that a user's next
# build works too.

# shellcheck disable=SC2034  # for those who source this
# For whoever changes filterd: a warning is an error, and no test is left out.
BUILD_STRICT=(-Dwerror=true -Dreplay=enabled -Dtests=enabled)
# shellcheck disable=SC2034
BUILD_SANITIZED=(-Dbuildtype=debug '-Db_sanitize=address,undefined' -Db_lundef=false
	-Dc_args=-fno-sanitize-recover=undefined)

build_configure() {
	local folder=$1 again=() option wanted=no

	shift
	mkdir -p "$folder" || return
	if [ -e "$folder/build.ninja" ]; then
		again=(--reconfigure)
		for option; do
			grep -qsxF -e "$option" "$folder/options" || wanted=yes
		done
		[ $wanted = yes ] || return 0
	fi
	build_say "$folder" meson setup "${again[@]}" "$folder" "$@" || return
	for option; do
		[ ! -e "$folder/options" ] || sed -i "\\,^${option%%=*}=,d" "$folder/options"
		echo "$option" >>"$folder/options"
	done
}

build_targets() { build_say "$1" ninja -C "$@"; }

build_in() { build_configure "$@" && build_targets "$1" all; }

build_programs() { build_configure "$@" && build_targets "$1" filterd/filterd filterd/filterctl; }

# build_say FOLDER COMMAND...
build_say() {
	local folder=$1 status=0

	shift
	"$@" >"$folder/build.log" 2>&1 </dev/null || status=$?
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
