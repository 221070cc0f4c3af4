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
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- if or .Values.caBundle.configMap .Values.caBundle.secret }}
- name: PGSSLROOTCERT
  value: {{ include "hposweep.caFolder" . }}/ca.crt
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "hposweep.caFolder" -}}
/etc/hposweep/ca
{{- end }}
