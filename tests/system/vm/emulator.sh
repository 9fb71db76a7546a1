# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
#
# A stock Debian kernel in an emulator, for tests of what this machine's own kernel may not have. Sourced, with the build folder
# in $build; the kernel is unpacked there once.
#
# FILTERD_KERNEL names the package of another kernel: linux-image-6.12-amd64, say. Debian's own for clouds have no 9p, which
# tests/system/appliance.sh needs.

VM_PACKAGE=${FILTERD_KERNEL:-linux-image-amd64}

# vm_need PROGRAM...
vm_need() {
	[ "$(uname -m)" = x86_64 ] || tap_skip_all "the emulator is set up for x86_64 only"
	tap_need qemu-system-x86_64 busybox cpio depmod "$@"
}

# vm_kernel: its folder is $VM_KERNEL then, and its version $VM_VERSION. Of tests that begin at the same time one fetches it.
vm_kernel() {
	VM_KERNEL=$build/vm/$VM_PACKAGE
	mkdir -p "$build/vm"
	(flock 9 && { [ -e "$VM_KERNEL/complete" ] || vm_fetch "$VM_KERNEL"; }) 9>"$VM_KERNEL.lock" ||
		tap_skip_all "the Debian package $VM_PACKAGE cannot be fetched and unpacked"
	VM_VERSION=$(ls "$VM_KERNEL/lib/modules")
}

# The package named, or the newest that it stands for. Since Debian 13 its modules are in usr/lib.
vm_fetch() {
	local package

	package=$(apt-cache depends "$VM_PACKAGE" 2>/dev/null | awk '/Depends: linux-image/ { print $2; exit }')
	rm -rf "$1" && mkdir -p "$1" && (
		cd "$1" && apt-get download -q "${package:-$VM_PACKAGE}" && dpkg -x linux-image-*.deb . && rm linux-image-*.deb &&
			{ [ -e lib ] || ln -s usr/lib lib; } && depmod -b . "$(ls lib/modules)" && touch complete
	) >/dev/null 2>&1
}

# vm_put_busybox ROOT: with a link for each of its commands but ip.
vm_put_busybox() {
	local name

	mkdir -p "$1"/{bin,sbin,proc,sys,dev} && cp "$(command -v busybox)" "$1/bin/busybox" || return
	for name in $("$1/bin/busybox" --list); do
		[ "$name" = ip ] || [ "$name" = busybox ] || ln -sf busybox "$1/bin/$name"
	done
	ln -s ../bin/busybox "$1/sbin/modprobe"
}

# vm_put_modules ROOT REGEX: the kernel's modules whose file the expression fits, with all they depend on.
vm_put_modules() {
	local modules=lib/modules/$VM_VERSION file

	grep -E "^kernel/$2" "$VM_KERNEL/$modules/modules.dep" | tr -d : | tr ' ' '\n' | sort -u | while read -r file; do
		[ -z "$file" ] || install -D "$VM_KERNEL/$modules/$file" "$1/$modules/$file"
	done
	cp "$VM_KERNEL/$modules"/modules.{builtin,builtin.modinfo,order} "$1/$modules/" && depmod -b "$1" "$VM_VERSION"
}

# vm_pack ROOT FILE
vm_pack() {
	(cd "$1" && find . -print0 | cpio --null -o -H newc --quiet) | gzip -1 >"$2"
}

# vm_boot LIMIT_S MEMORY_MIB INITRD CONSOLE [QEMU OPTION...]: until the guest powers itself off; what it says on its console.
# Code that lies at the same place in each process is translated once. "rep stosb" is executed byte by byte, so nobody is told that it is
# fast.
vm_boot() {
	timeout -k 5 "$1" nice qemu-system-x86_64 -machine pc -accel tcg -cpu max,-erms,-fsrm -smp 1 -m "$2" -display none -serial stdio \
		-monitor none -net none -no-reboot -kernel "$VM_KERNEL/boot/vmlinuz-$VM_VERSION" -initrd "$3" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off nokaslr norandmaps no5lvl" "${@:5}" </dev/null 2>&1 | tr -d '\r' >"$4"
}

# vm_files_initrd FILE: what lies at the root of the guest until it has this machine's files: enough to reach them. They are only read;
# what is written on top is kept in memory. What standard input says comes then, with the files in /root.
vm_files_initrd() {
	local root

	root=$(mktemp -d) && mkdir -p "$root"/{files,written,root} || return
	vm_put_busybox "$root"
	vm_put_modules "$root" '(drivers/virtio/virtio_pci\.|net/9p/9pnet_virtio\.|fs/9p/9p\.|fs/overlayfs/overlay\.)'
	cat - >"$root/init.then"
	cat >"$root/init" <<-'I'
		#!/bin/sh
		shared() { mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$2" "$1" "$3"; }
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		mount -t devtmpfs dev /dev
		modprobe -a virtio_pci 9pnet_virtio 9p overlay
		shared files ro,cache=loose /files
		mount -t tmpfs written /written
		mkdir /written/upper /written/work
		mount -t overlay -o lowerdir=/files,upperdir=/written/upper,workdir=/written/work overlay /root
		mkdir -p /root/job /root/src /root/written /root/lib/modules
		shared modules ro,cache=loose /root/lib/modules
		shared src ro,cache=loose /root/src
		shared job rw /root/job
		for place in proc sys dev written; do
			mount --move /$place /root/$place
		done
		# Or every file of this machine's would be put aside, one by one, as at any boot.
		for place in tmp var/tmp; do
			mount -t tmpfs -o mode=1777 $place /root/$place
		done
		. /init.then
	I
	chmod +x "$root/init"
	vm_pack "$root" "$1"
	rm -rf "$root"
}

# vm_boot_files LIMIT_S INITRD CONSOLE SOURCE JOB: with this machine's files, SOURCE as /src and JOB as /job; only JOB can be written.
vm_boot_files() {
	# shellcheck disable=SC2046  # an option and its value
	vm_boot "$1" 1024 "$2" "$3" $(vm_share files / ,readonly=on) $(vm_share modules "$VM_KERNEL/lib/modules" ,readonly=on) \
		$(vm_share src "$4" ,readonly=on) $(vm_share job "$5")
}

vm_share() {
	echo "-virtfs local,path=$2,mount_tag=$1,security_model=none,multidevs=remap${3:-}"
}
