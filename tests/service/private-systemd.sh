#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A real systemd as the first process of namespaces of its own, on a root made of this machine's /usr
# (read-only) and of nothing else. For private_systemd.py.
# usage: private-systemd.sh enter FOLDER NAME PROPAGATION   FOLDER/prepare is called with the root, then systemd starts
#        private-systemd.sh clean FOLDER NAME PROPAGATION   removes the control groups of one that was ended
# Root is needed. Nothing of the machine is changed: mounts, processes, network, host name and control
# groups are the namespaces' own, and /proc/sys is read-only in them.
set -euo pipefail

step=$1
folder=$2
name=$3
propagation=$4 # of mounts: see unshare(1)
root=$folder/root

# The unified hierarchy, wherever the machine has it, in a mount namespace that goes with this process.
mount_groups ()
{
  mkdir -p "$folder/groups"
  mount -t cgroup2 lampfield-test "$folder/groups"
}

make_root ()
{
  mkdir -p "$root"
  mount -t tmpfs -o mode=755 lampfield-test "$root"
  mkdir -p "$root"/{usr,etc/systemd/system,proc,sys,dev,run,tmp,root,srv,var/lib,var/log,var/tmp}
  chmod 1777 "$root/tmp" "$root/var/tmp"
  ln -s ../run "$root/var/run"
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  mount --rbind /usr "$root/usr"
  mount -o remount,bind,ro "$root/usr"
  mount -t tmpfs lampfield-test "$root/usr/local"
  mount -t proc proc "$root/proc"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs sysfs "$root/sys"
  mount -t cgroup2 lampfield-test "$root/sys/fs/cgroup"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=755 lampfield-test "$root/run"
  cp -r /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d /etc/passwd /etc/group /etc/nsswitch.conf "$root/etc/"
  [ ! -d /etc/ssl/certs ] || { mkdir -p "$root/etc/ssl"; cp -rL /etc/ssl/certs "$root/etc/ssl/" 2> /dev/null || true; }
  echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
  printf '[Journal]\nReadKMsg=no\n' > "$root/etc/systemd/journald.conf" # the kernel's messages are the machine's
  # Of what every boot does, the journal is enough.
  for unit in "$root"/usr/lib/systemd/system/{sysinit,basic,timers,sockets,local-fs}.target.wants/*; do
    case "${unit##*/}" in
      systemd-journald*|'*') ;;
      *) ln -sf /dev/null "$root/etc/systemd/system/${unit##*/}" ;;
    esac
  done
}

case "$step" in
  enter)
    mount_groups
    mkdir -p "$folder/groups/$name"
    echo $$ > "$folder/groups/$name/cgroup.procs"
    exec unshare --pid --fork --kill-child --net --ipc --uts --cgroup --mount --propagation "$propagation" \
      "$0" start "$folder" "$name" "$propagation"
    ;;
  start)
    make_root
    "$folder/prepare" "$root"
    mount --make-rshared "$root" # as on a booted machine: a service's mounts come from a copy of these
    exec env -i container=lampfield-test PATH=/usr/sbin:/usr/bin \
      chroot "$root" /usr/lib/systemd/systemd --system --unit=basic.target --log-target=journal --show-status=no
    ;;
  clean)
    mount_groups
    echo 1 > "$folder/groups/$name/cgroup.kill" 2> /dev/null || true
    for ((i = 0; i < 100; i++)); do # what was killed takes a moment to be gone
      find "$folder/groups/$name" -depth -type d -exec rmdir {} \; 2> /dev/null || true
      [ -e "$folder/groups/$name" ] || break
      sleep 0.1
    done
    ;;
esac
