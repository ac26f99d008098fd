{{/*
A cluster has one platform, because institutions and their ClusterRoles belong to the whole cluster. So names are fixed,
and commands in the documentation are right everywhere; Helm refuses a second release, whose names are taken.
*/}}

{{/* The labels of every object. */}}
{{- define "acervo.labels" -}}
{{ include "acervo.selector" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: acervo
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The label that tells the operator's pods in their namespace. */}}
{{- define "acervo.selector" -}}
app.kubernetes.io/name: acervo-operator
{{- end }}

{{/* The reference of an image. Takes a list of the root and the image's values. */}}
{{- define "acervo.image" -}}
{{- $root := index . 0 }}
{{- $image := index . 1 }}
{{- $name := printf "%s/%s" ($image.registry | default $root.Values.imageRegistry) $image.repository | trimPrefix "/" }}
{{- if $image.digest }}
{{- printf "%s@%s" $name $image.digest }}
{{- else }}
{{- printf "%s:%s" $name ($image.tag | default $root.Chart.AppVersion) }}
{{- end }}
{{- end }}

{{/* The names of the image pull Secrets, as JSON. */}}
{{- define "acervo.pullSecrets" -}}
{{- $names := list }}
{{- range .Values.imagePullSecrets }}
{{- $names = append $names .name }}
{{- end }}
{{- $names | toJson }}
{{- end }}

{{/* The operator's ServiceAccount as the subject of a binding. */}}
{{- define "acervo.subject" -}}
- kind: ServiceAccount
  name: acervo-operator
  namespace: {{ .Release.Namespace }}
{{- end }}
