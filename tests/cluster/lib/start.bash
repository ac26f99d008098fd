# How `up` makes a node and puts it into its namespaces. Sourced after cluster.bash and components.bash, not run.
# shellcheck shell=bash

# Said before anything is made: a component that misses one says so late and in its own words.
check_programs() {
  local program plugins
  for program in runc nft ip sysctl curl openssl setsid unshare nsenter flock; do
    command -v "$program" >/dev/null || fail "missing: $program. Debian's packages: runc nftables iproute2 procps curl openssl util-linux"
  done
  for plugins in /usr/lib/cni /opt/cni/bin ''; do [ ! -x "$plugins/ptp" ] || break; done
  [ -n "$plugins" ] || fail "missing: CNI plugins in /usr/lib/cni or /opt/cni/bin. Debian's package: containernetworking-plugins"
}

# Sets `address`, the node's, and `host_address`, its only neighbour's: 10.209.N.2 and 10.209.N.1.
choose_address() {
  local n
  for ((n = 0; n < 256; n++)); do
    ip -4 -o address show | grep -q " 10\.209\.$n\." || break
  done
  [ "$n" -lt 256 ] || fail "every address 10.209.N.1 is taken on this machine: end a cluster with tests/cluster/down NAME"
  host_address=10.209.$n.1 address=10.209.$n.2
}

# The node's files, at the paths that they have inside; what is written there stays in the cluster's folder.
write_state() {
  mkdir -p "$RUN"/{log/acervo,tmp} "$STATE"/{bin,lib}
  : >"$STATE/ended"
  cp -r "$HERE"/{node,config,manifests} "$STATE/"
  cp "$HERE/lib/components.bash" "$STATE/lib/"
  find "$STATE"/{config,manifests} -type f -exec sed -i "s/@ADDRESS@/$address/; s/@CGROUP@/$CGROUP/" {} +
  "$HERE/lib/busybox-image" >"$STATE/busybox.tar"
  (control_plane_secrets "$STATE/control-plane")
  (kubelet_client_certificate "$STATE/control-plane")
}

# The kubelet's cgroups lie under one of the cluster's own in every hierarchy; the node's processes in `node` beside.
make_cgroups() {
  local hierarchy controller
  for hierarchy in $(findmnt --noheadings --output TARGET --types cgroup); do
    mkdir -p "$hierarchy/$CGROUP"
    # Empty in a new cgroup of version 1, and no process may enter before they are set.
    if [ -f "$hierarchy/$CGROUP/cpuset.cpus" ]; then
      cat "$hierarchy/cpuset.cpus" >"$hierarchy/$CGROUP/cpuset.cpus"
      cat "$hierarchy/cpuset.mems" >"$hierarchy/$CGROUP/cpuset.mems"
    fi
  done
  mkdir -p "$TRACKING/$CGROUP"
  for hierarchy in "$TRACKING" "$TRACKING/$CGROUP"; do
    # shellcheck disable=SC2013 # the controllers are words of one line
    for controller in $(cat "$hierarchy/cgroup.controllers"); do
      echo "+$controller" >"$hierarchy/cgroup.subtree_control" \
        || fail "the cgroup controller $controller cannot be passed on in $hierarchy: a container's root cgroup must not hold processes itself"
    done
  done
  mkdir "$TRACKING/$CGROUP/node"
}

# The node starts in its namespaces and finds private folders where Kubernetes keeps its state on a machine. The
# folders may lie under each other's, hence paths from the working directory, which mounts do not cover. Of the caller's
# environment it gets the path alone: what others name there (TMPDIR) is not in its /tmp.
start_node() {
  (
    exec {LOCK}<&-
    echo "$BASHPID" >"$TRACKING/$CGROUP/node/cgroup.procs"
    cd "$RUN" || exit
    # shellcheck disable=SC2016 # expanded by the inner shell
    exec setsid unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private \
      env --ignore-environment PATH="$PATH" bash -eu -c '
      mount --no-mtab -t tmpfs -o mode=755 tmpfs /run
      mount --bind "$1" lib/acervo/bin
      mount --no-canonicalize --bind log /var/log
      mount --no-canonicalize --bind tmp /tmp
      mount --no-canonicalize --rbind lib /var/lib
      mount --make-rshared /
      cd /
      exec bash /var/lib/acervo/node "$2" "$3"
    ' node "$BIN" "$address" "$host_address"
  ) >"$RUN/log/node.log" 2>&1 </dev/null &
  until_true 10 init_pid || fail_with_log "$RUN/log/node.log" "the node did not start"
}

# A pair of interfaces is the only way between host and node. The node waits for its end, `host`.
connect() {
  ip link add "$LINK" type veth peer name host netns "$(init_pid)"
  ip address add "$host_address" peer "$address/32" dev "$LINK"
  ip link set "$LINK" up
}
