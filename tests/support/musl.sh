# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# musl_libraries ROOT SOURCES STATE: the libraries of filterd and of its tests, static and for musl, into ROOT. Debian has none of
# them: they are built here from its source packages, by an apt whose whole state is in STATE. Each lies unpacked in
# SOURCES/PACKAGE. What lies there already is taken as it is: so may the source of a package that a mirror lacks.
#
# OpenWrt has other versions, and the tests' libcrypto has less than others have.

MUSL_SOURCES=(libmnl libnfnetlink libnetfilter-queue libinih libcap-ng libseccomp mbedtls libsodium openssl zlib libpcap util-linux check
	ldns)
MUSL_JOBS=$(nproc)
# What libcrypto does without: it takes longest.
MUSL_NO_CRYPTO=(shared tests engine legacy module deprecated async cms ct ts srp idea seed camellia aria bf cast rc2 rc4 md4 mdc2 rmd160
	whirlpool sm2 sm3 sm4 des dh dsa)

musl_libraries() {
	local root=$1 sources=$2 package wanted="$1: ${MUSL_SOURCES[*]}, without ${MUSL_NO_CRYPTO[*]}"

	[ "$(cat "$root/.complete" 2>/dev/null)" != "$wanted" ] || return 0
	musl_fetch "$sources" "$3" || return
	rm -rf "$root" && mkdir -p "$root"/{include,lib/pkgconfig} && musl_kernel_headers "$root" || return
	for package in "${MUSL_SOURCES[@]}"; do
		musl_build "$package" "$(musl_unpacked "$sources/$package")" "$root" >"$sources/$package/build.log" 2>&1 </dev/null && continue
		tail -n 20 "$sources/$package/build.log" >&2
		echo "The library '$package' could not be built for musl; all it said is in $sources/$package/build.log." >&2
		return 1
	done
	echo "$wanted" >"$root/.complete"
}

# musl_compiler ROOT: musl has no headers of the kernel. What both have is taken from musl.
musl_compiler() {
	echo musl-gcc -idirafter "$1/kernel"
}

musl_kernel_headers() {
	local part

	mkdir "$1/kernel" || return
	for part in linux asm-generic mtd; do
		ln -s "/usr/include/$part" "$1/kernel/$part" || return
	done
	ln -s "/usr/include/$(gcc -print-multiarch)/asm" "$1/kernel/asm"
}

# musl_unpacked FOLDER: the source tree in it.
musl_unpacked() {
	find "$1" -mindepth 1 -maxdepth 1 -type d 2>/dev/null | head -n 1
}

# musl_fetch SOURCES STATE: lines for source packages are made of the machine's own lines.
musl_fetch() {
	local state=$2 file package fresh=no

	for package in "${MUSL_SOURCES[@]}"; do
		[ -z "$(musl_unpacked "$1/$package")" ] || continue
		if [ $fresh = no ]; then
			own_apt "$state" || return
			mkdir -p "$state/sources.list.d" || return
			for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
				[ ! -e "$file" ] ||
					sed -E 's/^deb([[:space:]])/deb-src\1/; s/^Types:.*/Types: deb-src/' "$file" >"$state/sources.list.d/${file##*/}"
			done
			APT+=(-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$state/sources.list.d")
			apt-get "${APT[@]}" update >"$state/log" 2>&1 </dev/null || true
			fresh=yes
		fi
		mkdir -p "$1/$package" && musl_fetch_one "$1/$package" "$package" "$state/log" && continue
		tail -n 5 "$state/log" >&2
		echo "The source package '$package' is not to be had; its source may be unpacked into $1/$package by hand." >&2
		return 1
	done
}

# A mirror may list what it lacks, a newest version above all: an older one does.
musl_fetch_one() {
	local version

	while read -r version; do
		(cd "$1" && apt-get "${APT[@]}" --only-source source "$2=$version") >>"$3" 2>&1 </dev/null && return
		rm -rf "${1:?}"/*
	done < <(apt-cache "${APT[@]}" --only-source showsrc "$2" | sed -n 's/^Version: //p' | sort -Vru)
	return 1
}

# musl_build PACKAGE SOURCE ROOT: what of it is needed.
musl_build() (
	local package=$1 source=$2 root=$3

	CC=$(musl_compiler "$root")
	export CC CFLAGS=-Os PKG_CONFIG_LIBDIR=$root/lib/pkgconfig
	cd "$source" || exit
	case $package in
	libinih)
		rm -rf build.musl && meson setup build.musl --prefix "$root" --libdir lib -Ddefault_library=static -Ddistro_install=true \
			-Dwith_INIReader=false && ninja -C build.musl install ;;
	openssl)
		./Configure "${MUSL_NO_CRYPTO[@]/#/no-}" --prefix="$root" --libdir=lib && make -j"$MUSL_JOBS" build_generated &&
			make -j"$MUSL_JOBS" libcrypto.a libcrypto.pc && cp libcrypto.a "$root/lib/" && cp libcrypto.pc "$root/lib/pkgconfig/" &&
			cp -r include/openssl "$root/include/" ;;
	mbedtls)
		make -j"$MUSL_JOBS" -C library libmbedcrypto.a && cp library/libmbedcrypto.a "$root/lib/" &&
			cp -r include/mbedtls include/psa "$root/include/" && musl_mbedtls_pc "$root" >"$root/lib/pkgconfig/mbedcrypto.pc" ;;
	libsodium)
		musl_configure "$root" --enable-minimal && musl_make ;;
	zlib)
		./configure --static --prefix="$root" && make -j"$MUSL_JOBS" libz.a && make install ;;
	libcap-ng)
		musl_configure "$root" --without-python --without-python3 && musl_make -C src ;;
	libseccomp)
		musl_configure "$root" && musl_make -C include && musl_make -C src && make install-pkgconfDATA ;;
	libpcap)
		musl_configure "$root" --without-libnl --disable-usb --disable-bluetooth --disable-dbus --disable-rdma &&
			make -j"$MUSL_JOBS" libpcap.a libpcap.pc pcap-config && make install ;;
	check)
		musl_configure "$root" --disable-subunit --disable-build-docs && musl_make -C lib && musl_make -C src &&
			make install-includeHEADERS install-pcdataDATA && ln -sf libcheck.a "$root/lib/libcheck_pic.a" ;;   # as Debian's check.pc has it
	ldns)
		musl_configure "$root" --without-ssl --disable-sha2 --disable-ecdsa --disable-gost --disable-dsa --disable-ed25519 \
			--disable-ed448 --disable-dane && musl_make ;;
	util-linux)
		musl_configure "$root" --disable-all-programs --enable-libsmartcols --disable-nls --without-tinfo --without-ncursesw && musl_make ;;
	*)
		musl_configure "$root" && musl_make ;;
	esac
)

# Version 2.28 has no file for pkg-config, and without one the machine's own library would be found.
musl_mbedtls_pc() {
	cat <<-END
		Name: mbedcrypto
		Description: Mbed TLS
		Version: $(sed -n 's/.*MBEDTLS_VERSION_STRING  *"\(.*\)".*/\1/p' include/mbedtls/version.h)
		Cflags: -I$1/include
		Libs: -L$1/lib -lmbedcrypto
	END
}

# A release has its configure; a tree of its history is given one.
musl_configure() {
	local root=$1

	shift
	[ -x configure ] || autoreconf -fi || return
	./configure --prefix="$root" --enable-static --disable-shared --disable-dependency-tracking "$@"
}

musl_make() { make -j"$MUSL_JOBS" "$@" && make "$@" install; }
