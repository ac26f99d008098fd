# The control plane's command lines, for a whole cluster and for a control plane alone. Sourced, not run.
# shellcheck shell=bash disable=SC2034 # `command` is used by those who source this
# Everything of a control plane lies in one folder, $1; $2 is the address it listens on. The programs are found
# through PATH.

# The keys of service accounts and the token of the one user, who may do everything.
control_plane_secrets() {
  umask 077
  mkdir -p "$1"
  openssl ecparam -genkey -name prime256v1 -noout -out "$1/service-accounts.key" 2>/dev/null
  openssl rand -hex 16 >"$1/token"
  echo "$(cat "$1/token"),admin,admin,system:masters" >"$1/tokens.csv"
}

# What the API server shows to the kubelet when it is asked for logs or a command in a pod. It is its own authority.
kubelet_client_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/O=system:masters/CN=kube-apiserver" \
    -keyout "$1/kubelet-client.key" -out "$1/kubelet-client.crt" 2>/dev/null
}

# The certificate is made by the API server when it starts; this can be written once that is there.
control_plane_kubeconfig() {
  cat >"$1/kubeconfig.new" <<YAML
apiVersion: v1
kind: Config
current-context: cluster
contexts: [{name: cluster, context: {cluster: cluster, user: admin}}]
clusters: [{name: cluster, cluster: {server: "https://$2:6443", certificate-authority-data: $(base64 -w 0 "$1/certificates/apiserver.crt")}}]
users: [{name: admin, user: {token: $(cat "$1/token")}}]
YAML
  mv "$1/kubeconfig.new" "$1/kubeconfig"
}

# Data is thrown away with the cluster: nothing is gained by waiting for the disk.
etcd_command() {
  command=(etcd --data-dir "$1/etcd" --unsafe-no-fsync --log-level warn
    --listen-client-urls "http://$2:2379" --advertise-client-urls "http://$2:2379"
    --listen-peer-urls "http://$2:2380" --initial-advertise-peer-urls "http://$2:2380"
    --initial-cluster "default=http://$2:2380")
}

# $3: the address of etcd. More flags may follow.
apiserver_command() {
  command=(kube-apiserver --etcd-servers "http://$3:2379" --bind-address "$2" --advertise-address "$2" --secure-port 6443
    --cert-dir "$1/certificates" --token-auth-file "$1/tokens.csv" --authorization-mode "Node,RBAC"
    --service-account-issuer https://kubernetes.default.svc.cluster.local
    --service-account-key-file "$1/service-accounts.key" --service-account-signing-key-file "$1/service-accounts.key"
    --service-cluster-ip-range 10.96.0.0/16 --allow-privileged "${@:4}")
}

# Its own limit on requests would make tests wait for seconds. More flags may follow.
controller_manager_command() {
  command=(kube-controller-manager --kubeconfig "$1/kubeconfig" --bind-address "$2" --leader-elect=false
    --service-account-private-key-file "$1/service-accounts.key" --root-ca-file "$1/certificates/apiserver.crt"
    --use-service-account-credentials --kube-api-qps 1000 --kube-api-burst 1000
    --flex-volume-plugin-dir "$1/volume-plugins" "${@:3}")
}

# from_apiserver DIR ADDRESS PATH: asks as the one user, through the API server's own certificate as all clients do.
from_apiserver() {
  [ -s "$1/certificates/apiserver.crt" ] \
    && curl -fs -m 2 --cacert "$1/certificates/apiserver.crt" -H "Authorization: Bearer $(cat "$1/token")" "https://$2:6443$3"
}

etcd_ready() { curl -fs -m 2 "http://$1:2379/health"; }
apiserver_ready() { from_apiserver "$1" "$2" /readyz; }
# Its controllers are at work once this has been made by one of them.
controller_manager_ready() { from_apiserver "$1" "$2" /api/v1/namespaces/default/serviceaccounts/default; }
