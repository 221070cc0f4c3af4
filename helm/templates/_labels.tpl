{{/* Labels that select the operator's pods. They never change. */}}
{{- define "hposweep.selector" -}}
app.kubernetes.io/name: hposweep
app.kubernetes.io/component: operator
{{- end }}

{{/* Labels of the release that an object belongs to, and those that the values add to every object. */}}
{{- define "hposweep.release" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of all objects of the operator. */}}
{{- define "hposweep.labels" -}}
{{ include "hposweep.selector" . }}
{{ include "hposweep.release" . }}
{{- end }}

{{/* Labels that select the pod of optuna-dashboard. They never change. */}}
{{- define "hposweep.dashboardSelector" -}}
app.kubernetes.io/name: hposweep
app.kubernetes.io/component: optuna-dashboard
{{- end }}
