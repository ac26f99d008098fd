{{/*
A cluster has one platform, because institutions and their ClusterRoles belong to the whole cluster. So names are fixed,
and commands in the documentation are right everywhere; Helm refuses a second release, whose names are taken.
*/}}

{{/* The labels of every object. */}}
{{- define "acervo.labels" -}}
{{ include "acervo.selector" . }}
{{ include "acervo.commonLabels" . }}
{{- end }}

{{/* The labels of the notice's objects. */}}
{{- define "acervo.noticeLabels" -}}
{{ include "acervo.noticeSelector" . }}
{{ include "acervo.commonLabels" . }}
{{- end }}

{{/* What the labels of all objects have in common. */}}
{{- define "acervo.commonLabels" -}}
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

{{/* The label that tells the pods of the notice of suspension. */}}
{{- define "acervo.noticeSelector" -}}
app.kubernetes.io/name: acervo-notice
{{- end }}

{{/* Who may come in by a NetworkPolicy. Takes a list of selectors of pods and blocks of addresses. */}}
{{- define "acervo.peers" -}}
{{- range index . 0 }}
- namespaceSelector:
    {{- with .namespaceLabels }}
    matchLabels:
      {{- toYaml . | nindent 6 }}
    {{- else }} {}
    {{- end }}
  {{- with .podLabels }}
  podSelector:
    matchLabels:
      {{- toYaml . | nindent 6 }}
  {{- end }}
{{- end }}
{{- range index . 1 }}
- ipBlock:
    cidr: {{ . | quote }}
{{- end }}
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
