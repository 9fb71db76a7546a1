#!/bin/bash
# SPDX-License-Identifier: MIT
#
#   initrd.sh BUILD KERNEL_FOLDER KERNEL_VERSION OUT
#
# A file system for the guest: busybox, the programs under test with their libraries, and the kernel's modules of
# netfilter and veth with all they depend on.
set -euo pipefail

build=$1 kernel=$2 version=$3 out=$4
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
modules=lib/modules/$version

# A program and every library it is linked with.
put_program() {
	local library

	install -D "$(readlink -f "$1")" "$root/usr/bin/$(basename "$1")"
	ldd "$1" | grep -o '/[^ )]*' | while read -r library; do
		[ -e "$root$library" ] || install -D "$(readlink -f "$library")" "$root$library"
	done
}

put_busybox() {
	local name

	cp "$(command -v busybox)" "$root/bin/busybox"
	for name in $("$root/bin/busybox" --list); do
		[ "$name" = ip ] || [ "$name" = busybox ] || ln -sf busybox "$root/bin/$name"
	done
	ln -s ../bin/busybox "$root/sbin/modprobe"
}

put_modules() {
	local file

	[ -e "$kernel/$modules/modules.dep" ] || depmod -b "$kernel" "$version"
	grep -E '^kernel/(net/(netfilter|ipv4/netfilter|ipv6/netfilter)/|drivers/net/veth\.)' \
		"$kernel/$modules/modules.dep" | tr -d : | tr ' ' '\n' | sort -u | while read -r file; do
		[ -z "$file" ] || install -D "$kernel/$modules/$file" "$root/$modules/$file"
	done
	cp "$kernel/$modules"/modules.{builtin,builtin.modinfo,order} "$root/$modules/"
	depmod -b "$root" "$version"
}

mkdir -p "$root"/{bin,sbin,usr/bin,proc,sys,dev,run,tmp,etc,filterd}
put_busybox
for program in "$build/filterd/filterd" "$build/filterd/filterctl" "$(command -v nft)" "$(command -v ip)" \
	"$(command -v dig)" "$(command -v dnsmasq)" "$(command -v conntrack)" "$(command -v dash)"; do
	put_program "$program"
done
# busybox's own shell would take its own ip for the real one.
ln -sf ../usr/bin/dash "$root/bin/sh"
put_modules
printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
cp -r "$here/../../../config/." "$root/filterd/"
cp "$here/../../fuzz/seeds/tls/hello" "$root/filterd/hello"
sed s/dnl-01.example.com/dnl-01.example.org/ "$here/../../fuzz/seeds/tls/hello" >"$root/filterd/permitted"
cp "$here/guest.sh" "$here/offloading.sh" "$root/"
cat >"$root/init" <<'I'
#!/bin/sh
export PATH=/usr/bin:/bin:/sbin HOME=/
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
sh /guest.sh
poweroff -f
I
chmod +x "$root/init"
(cd "$root" && find . -print0 | cpio --null -o -H newc --quiet) | gzip -1 >"$out"
