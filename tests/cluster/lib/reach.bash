# How `up` waits and looks at what it brought up. Sourced after cluster.bash, not run.
# shellcheck shell=bash

# reach SECONDS WHAT COMPONENT COMMAND...: waits for a condition; ends with the log of the component that is at fault.
reach() {
  local seconds=$1 what=$2 at_fault=$3 end failing
  shift 3
  end=$((SECONDS + seconds))
  until ("$@") >"$RUN/last" 2>&1; do
    init_pid >/dev/null || fail_with_log "$RUN/log/node.log" "the node ended before this was so: $what"
    failing=$(sort "$STATE/ended" | cut -d ' ' -f 1 | uniq -c | awk '$1 > 5 { print $2; exit }')
    [ -z "$failing" ] || fail_with_log "$RUN/log/acervo/$failing.log" "$failing ended again and again before this was so: $what"
    if [ "$SECONDS" -ge "$end" ]; then
      say "    $(tail -n 5 "$RUN/last")"
      fail_with_log "$RUN/log/acervo/$at_fault.log" "not so after $seconds s: $what. At fault: $at_fault"
    fi
    sleep 0.1
  done
}

kube() {
  "$BIN/kubectl" --kubeconfig "$STATE/control-plane/kubeconfig" --cache-dir "$RUN/tmp/kubectl" --request-timeout 10s "$@"
}
apply() { kube apply --server-side --filename "$1"; }
apply_gateway_types() { apply "$GATEWAY_CRDS" && kube wait --for condition=Established --timeout 5s crd --all; }
service_account_is_there() { kube get serviceaccount default; }
# Ready, and the scheduler was told.
node_is_ready() {
  [ "$(kube get node node -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}{.spec.taints}')" = True ]
}
gateway_is_programmed() {
  kube --namespace gateway get gateway acervo -o 'jsonpath={.status.conditions[?(@.type=="Programmed")].status}' | grep True
}
# Any answer will do: there is nothing to serve yet.
answers() { curl -s -m 2 -o /dev/null "$1"; }
scheduler_is_ready() { inside curl -fsk -m 2 https://127.0.0.1:10259/readyz; }
# Through the Service, as pods do it.
name_is_found() { inside busybox nslookup kubernetes.default.svc.cluster.local 10.96.0.10; }
storage_is_ready() { grep 'Started provisioner controller' "$RUN/log/acervo/local-path-provisioner.log"; }
