{{/*
Refuses values that the operator could not work with, before anything reaches the cluster. The schema has judged names and
types by then; here is what concerns several values, or needs a sentence.
*/}}
{{- define "acervo.preflight" -}}
{{- $values := .Values }}
{{- $baseUrl := $values.platform.baseUrl }}
{{- if not (or (regexMatch `^https?://\{institution\}\.[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$` $baseUrl)
              (regexMatch `^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/\{institution\}/?$` $baseUrl)) }}
{{- fail (printf "platform.baseUrl is %q; it must have {institution} as the first label of its host or as the last segment of its path: write for example https://{institution}.iiif.example.org or https://iiif.example.org/{institution}" $baseUrl) }}
{{- end }}
{{- if not (hasKey $values.platform.plans "small") }}
{{- fail "platform.plans has no plan small, which institutions without spec.plan get: add platform.plans.small" }}
{{- end }}
{{- range $name, $plan := $values.platform.plans }}
{{- $replicas := $plan.replicas | default 1 | int }}
{{- if lt ($plan.maxReplicas | default $replicas | int) $replicas }}
{{- fail (printf "platform.plans.%s.maxReplicas is below its replicas: write %d or more, or leave it out" $name $replicas) }}
{{- end }}
{{- end }}
{{- $gateway := kindIs "map" $values.routing.gateway }}
{{- $ingress := kindIs "map" $values.routing.ingress }}
{{- if and $gateway $ingress }}
{{- fail "routing has both gateway and ingress: keep the one that readers come through, and set the other to null" }}
{{- end }}
{{- if not (or $gateway $ingress) }}
{{- fail "routing has neither gateway nor ingress: write how readers reach the institutions, for example routing: {gateway: {name: public, namespace: gateway}} or routing: {ingress: {className: traefik}}" }}
{{- end }}
{{- if not (or $values.networkPolicy.gatewaySelectors $values.networkPolicy.nodeCIDRs) }}
{{- fail "networkPolicy has neither gatewaySelectors nor nodeCIDRs, so nobody could reach the institutions: name the pods of the Gateway or Ingress controller, for example networkPolicy: {gatewaySelectors: [{namespaceLabels: {kubernetes.io/metadata.name: traefik}}]}" }}
{{- end }}
{{- end }}
