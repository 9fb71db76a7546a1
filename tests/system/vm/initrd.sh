#!/bin/bash
# SPDX-License-Identifier: MIT
#
#   initrd.sh BUILD OUT
#
# A file system for the guest: busybox, the programs under test with their libraries, and the kernel's modules of
# netfilter and veth with all they depend on.
set -euo pipefail

build=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/system/vm/emulator.sh
. "$here/emulator.sh"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# A program and every library it is linked with.
put_program() {
	local library

	install -D "$(readlink -f "$1")" "$root/usr/bin/$(basename "$1")"
	ldd "$1" | grep -o '/[^ )]*' | while read -r library; do
		[ -e "$root$library" ] || install -D "$(readlink -f "$library")" "$root$library"
	done
}

mkdir -p "$root"/{usr/bin,run,tmp,etc,filterd}
vm_kernel
vm_put_busybox "$root"
for program in "$build/filterd/filterd" "$build/filterd/filterctl" "$(command -v nft)" "$(command -v ip)" \
	"$(command -v dig)" "$(command -v dnsmasq)" "$(command -v conntrack)" "$(command -v dash)"; do
	put_program "$program"
done
# busybox's own shell would take its own ip for the real one.
ln -sf ../usr/bin/dash "$root/bin/sh"
# The sums are what netfilter's libcrc32c asks the kernel's ciphers for, by name.
vm_put_modules "$root" '(net/(netfilter|ipv4/netfilter|ipv6/netfilter)/|drivers/net/veth\.|crypto/crc32c_generic\.)'
printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
cp -r "$here/../../../config/." "$root/filterd/"
cp "$here/../../fuzz/seeds/tls/hello" "$root/filterd/hello"
sed s/dnl-01.example.com/dnl-01.example.org/ "$here/../../fuzz/seeds/tls/hello" >"$root/filterd/permitted"
cp "$here/guest.sh" "$here/offloading.sh" "$here/../../../scripts/lab.nft" "$root/"
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
vm_pack "$root" "$out"
