{{/* Reference of the operator's image, for its Deployment and for the pod of `helm test`. */}}
{{- define "hposweep.image" -}}
{{- $image := .Values.image }}
{{- $tag := $image.tag | default (ternary "" .Chart.AppVersion (not (empty $image.digest))) }}
{{- $image.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Where pods of this chart may run, and how their images are pulled. */}}
{{- define "hposweep.placement" -}}
{{- range $field := list "imagePullSecrets" "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with index $.Values $field }}
{{ dict $field . | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* Security context of the pods and of their containers, as the `restricted` Pod Security level demands. */}}
{{- define "hposweep.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}
{{- define "hposweep.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Environment of the operator. */}}
{{- define "hposweep.environment" -}}
- name: HPOSWEEP_WATCH_NAMESPACES
  value: {{ join "," .Values.watchNamespaces | quote }}
- name: HPOSWEEP_LOG_LEVEL
  value: {{ .Values.logLevel }}
{{- $weights := list }}
{{- range $name, $weight := .Values.gpuWeights }}
{{- $weights = append $weights (printf "%s=%v" $name $weight) }}
{{- end }}
{{- with $weights }}
- name: HPOSWEEP_GPU_WEIGHTS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.podTemplates.allowedFields }}
- name: HPOSWEEP_ALLOWED_POD_FIELDS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.podTemplates.allowedServiceAccounts }}
- name: HPOSWEEP_ALLOWED_SERVICE_ACCOUNTS
  value: {{ join "," . | quote }}
{{- end }}
{{- if .Values.analysis.enabled }}
- name: HPOSWEEP_ANALYSIS_IMAGE
  value: {{ .Values.analysis.image | default (include "hposweep.image" .) | quote }}
{{- end }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- with include "hposweep.caVariable" . | trim }}
{{ . }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The certificates of `caBundle` in a container: the variable by which libpq finds them, the mount and the volume. */}}
{{- define "hposweep.caFolder" -}}
/etc/hposweep/ca
{{- end }}
{{- define "hposweep.caVariable" -}}
{{- if or .Values.caBundle.configMap .Values.caBundle.secret }}
- name: PGSSLROOTCERT
  value: {{ include "hposweep.caFolder" . }}/ca.crt
{{- end }}
{{- end }}
{{- define "hposweep.caMount" -}}
{{- if or .Values.caBundle.configMap .Values.caBundle.secret }}
- name: ca-bundle
  mountPath: {{ include "hposweep.caFolder" . }}
  readOnly: true
{{- end }}
{{- end }}
{{- define "hposweep.caVolume" -}}
{{- with .Values.caBundle }}
{{- if .configMap }}
- name: ca-bundle
  configMap:
    name: {{ .configMap }}
    items: [{key: {{ .key | quote }}, path: ca.crt}]
{{- else if .secret }}
- name: ca-bundle
  secret:
    secretName: {{ .secret }}
    items: [{key: {{ .key | quote }}, path: ca.crt}]
{{- end }}
{{- end }}
{{- end }}

{{/* A quantity of Kubernetes as a number, to compare two of them. */}}
{{- define "hposweep.amount" -}}
{{- if kindIs "string" . }}
{{- $factors := dict "" 1.0 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 }}
{{- mulf (regexFind "^[0-9.]+" . | float64) (get $factors (regexFind "[A-Za-z]*$" .)) }}
{{- else }}
{{- float64 . }}
{{- end }}
{{- end }}
