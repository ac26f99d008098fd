# A whole cluster seen from the host: its name, its folder, its processes. Sourced after common.bash, not run.
# shellcheck shell=bash disable=SC2034 # used by those who source this

# cluster [NAME]: sets what belongs to that cluster; without a name it is the one in ACERVO_CLUSTER, else `acervo`.
# Everything it leaves on the host bears the name: a folder, cgroups, a network interface.
cluster() {
  DEFAULT_NAME=${ACERVO_CLUSTER:-acervo}
  NAME=${1:-$DEFAULT_NAME}
  [[ $NAME =~ ^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$ ]] \
    || fail "'$NAME' is no name for a cluster: use at most 40 of a-z, 0-9 and -, beginning and ending with a letter or digit"
  RUN_ROOT=/var/lib/acervo-cluster
  RUN=$RUN_ROOT/$NAME
  STATE=$RUN/lib/acervo # /var/lib/acervo inside
  CGROUP=acervo-cluster-$NAME
  LINK=acervo-$(sha256sum <<<"$NAME" | cut -c 1-8) # as long as the name of an interface may be
  [ "$(uname -s)" = Linux ] || fail "the cluster needs Linux; 'make run' runs the platform without a cluster"
  [ "$(id -u)" = 0 ] || fail "the cluster needs root (network namespaces, mounts, cgroups), and this is $(id -un); 'make run' runs the platform without a cluster"
  # One hierarchy of version 2 knows every process, also where the controllers are still on version 1.
  for TRACKING in /sys/fs/cgroup /sys/fs/cgroup/unified ''; do
    [ ! -f "$TRACKING/cgroup.procs" ] || [ "$(stat -fc %T "$TRACKING")" != cgroup2fs ] || break
  done
  [ -n "$TRACKING" ] || fail "no cgroup hierarchy of version 2 at /sys/fs/cgroup or /sys/fs/cgroup/unified: mount one"
}

# One `up` or `down` at a time on this machine: no two may take the same address, none may remove what is being made.
lock() {
  mkdir -p "$CACHE"
  exec {LOCK}<"$CACHE"
  flock --nonblock "$LOCK" || { say "waiting for another tests/cluster/up or down" && flock "$LOCK"; }
}

# The process that is 1 in the cluster, by its number on the host; fails when the cluster does not run.
# A container's first process is 1 one level further down, which its NSpid shows.
init_pid() {
  local files pid
  files=$(sed 's|.*|/proc/&/status|' "$TRACKING/$CGROUP/node/cgroup.procs" 2>/dev/null) && [ -n "$files" ] || return 1
  # shellcheck disable=SC2086 # words without blanks; some of the processes may have ended meanwhile
  pid=$(grep -lsE '^NSpid:\s+[0-9]+\s+1$' $files | cut -d / -f 3 || true)
  [ -n "$pid" ] && echo "${pid%%$'\n'*}"
}

# inside COMMAND...: runs it on the node.
inside() {
  local pid
  pid=$(init_pid) || fail "the cluster '$NAME' does not run; start it with tests/cluster/up $NAME"
  nsenter --target "$pid" --mount --net --pid -- \
    env --ignore-environment --chdir=/var/lib/acervo PATH="/var/lib/acervo/bin:$PATH" HOME=/tmp \
    KUBECONFIG=/var/lib/acervo/control-plane/kubeconfig "$@"
}

# The folders of the cluster's cgroups, one a hierarchy.
cgroups() { compgen -G "/sys/fs/cgroup/$CGROUP" || true; compgen -G "/sys/fs/cgroup/*/$CGROUP" || true; }

has_link() { [ -e "/sys/class/net/$LINK" ]; }
has_traces() { [ -e "$RUN" ] || [ -n "$(cgroups)" ] || has_link; }
# shellcheck disable=SC2046 # names without blanks
remove_cgroups() { [ -z "$(cgroups)" ] || find $(cgroups) -depth -type d -exec rmdir {} +; }
remove_link() { ! has_link || { ip link delete "$LINK" && ! has_link; }; }

# Ends the cluster and removes every trace, whatever state it is in. With the last process of its namespaces go their
# mounts and networks, and no container outlives process 1.
clean() {
  [ ! -e "$TRACKING/$CGROUP/cgroup.kill" ] || echo 1 >"$TRACKING/$CGROUP/cgroup.kill"
  until_true 30 remove_cgroups \
    || fail "the cluster '$NAME' does not end; these processes are left: $(cgroups | xargs -I '{}' find '{}' -name cgroup.procs -exec cat '{}' + | sort -nu | xargs)"
  until_true 10 remove_link || fail "the interface of the cluster '$NAME' cannot be removed: ip link delete $LINK"
  rm -rf --one-file-system "$RUN"
  rmdir "$RUN_ROOT" 2>/dev/null || true
  ! grep -qsF "=$RUN/" "$ROOT/.cluster/env" || rm "$ROOT/.cluster/env"
  rmdir "$ROOT/.cluster" 2>/dev/null || true
}
