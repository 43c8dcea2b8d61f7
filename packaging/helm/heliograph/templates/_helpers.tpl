{{- define "heliograph.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "heliograph.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "heliograph.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "heliograph.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "heliograph.selectorLabels" -}}
app.kubernetes.io/name: {{ include "heliograph.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "heliograph.labels" -}}
{{ include "heliograph.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "heliograph.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{- define "heliograph.certificateSecret" -}}
{{ default (printf "%s-tls" (include "heliograph.fullname" .)) .Values.certificate.existingSecret }}
{{- end }}

{{- define "heliograph.seedSecret" -}}
{{ default (printf "%s-decoy" (include "heliograph.fullname" .)) .Values.decoy.existingSecret }}
{{- end }}

{{/* "true" where the pods are machines of a fleet. */}}
{{- define "heliograph.isFleet" -}}
{{- /* Values of before, which --reuse-values keeps, have no fleet. */}}
{{- if (.Values.fleet).tokenSecret }}true{{ end }}
{{- end }}

{{/* "true" where the seed of the web site is in a Secret. A fleet has one of its own. */}}
{{- define "heliograph.hasSeed" -}}
{{- if or .Values.decoy.existingSecret (not (include "heliograph.isFleet" .)) }}true{{ end }}
{{- end }}

{{- define "heliograph.kind" -}}
{{- if include "heliograph.isFleet" . }}StatefulSet{{ else if eq .Values.expose.by "HostPort" }}DaemonSet{{ else }}Deployment{{ end }}
{{- end }}

{{/* "true" where the pods listen for plain HTTP. */}}
{{- define "heliograph.http" -}}
{{- if and .Values.expose.http (not .Values.expose.trustedProxies) (ne .Values.expose.by "Gateway") }}true{{ end }}
{{- end }}

{{/* What the schema cannot say: values that do not fit together. */}}
{{- define "heliograph.validate" -}}
{{- if not .Values.domains }}
{{- fail "domains is empty; name what clients type: --set 'domains={proxy.example.org}'" }}
{{- end }}
{{- $given := or .Values.certificate.existingSecret .Values.certificate.issuerRef.name }}
{{- if include "heliograph.isFleet" . }}
{{- if $given }}
{{- fail (print "fleet.tokenSecret: the pods of a fleet order their certificate by ACME themselves (settings.acme); leave "
  "certificate.issuerRef.name and certificate.existingSecret out") }}
{{- end }}
{{- if .Values.autoscaling.enabled }}
{{- fail "autoscaling.enabled: each pod of a fleet needs a token of its own in fleet.tokenSecret; add the tokens, then raise replicas" }}
{{- end }}
{{- else if not $given }}
{{- fail (print "there is no certificate; give certificate.issuerRef.name (cert-manager, DNS-01) or certificate.existingSecret, or make "
  "the pods a fleet, which orders one by ACME: fleet.tokenSecret") }}
{{- end }}
{{- with .Values.expose }}
{{- if and (eq .by "LoadBalancer") (eq .loadBalancer.externalTrafficPolicy "Cluster") (not .trustedProxies) }}
{{- fail (print "expose.loadBalancer.externalTrafficPolicy: Cluster hides the clients' addresses; use Local, or let the load balancer "
  "send a PROXY protocol header and name the nodes' networks in expose.trustedProxies") }}
{{- end }}
{{- if and (eq .by "Gateway") (not .gateway.parentRefs) }}
{{- fail "expose.by is Gateway; name the Gateway and its listener in expose.gateway.parentRefs" }}
{{- end }}
{{- if and (eq .by "HostPort") .trustedProxies }}
{{- fail "expose.by is HostPort, where clients connect directly; leave expose.trustedProxies out" }}
{{- end }}
{{- end }}
{{- $owned := dict
  "domains" "domains"
  "listen" "expose"
  "http" "expose.http"
  "certificate" "certificate"
  "metrics" "metrics"
  "trusted_proxies" "expose.trustedProxies" }}
{{- if not (include "heliograph.isFleet" .) }}
{{- $_ := set $owned "acme" "certificate" }}
{{- end }}
{{- range $key, $value := $owned }}
{{- if hasKey $.Values.settings $key }}
{{- fail (printf "settings.%s: the chart sets this key itself; use %s" $key $value) }}
{{- end }}
{{- end }}
{{- if hasKey (default dict .Values.settings.limits) "drain_timeout" }}
{{- fail "settings.limits.drain_timeout: the chart sets this key itself; use drainSeconds" }}
{{- end }}
{{- if hasKey (default dict .Values.settings.decoy) "seed_file" }}
{{- fail "settings.decoy.seed_file: the chart sets this key itself; use decoy.existingSecret" }}
{{- end }}
{{- range list "acme.eab.hmac_key" "acme.failover.eab.hmac_key" "acme.dns.rfc2136.key_secret" "alerts.webhook" "upstream.proxy_password" }}
{{- $value := $.Values.settings }}
{{- range splitList "." . }}
{{- $value = ternary (get (default dict $value) .) nil (kindIs "map" $value) }}
{{- end }}
{{- if $value }}
{{- fail (printf "settings.%s is a secret, and the settings are in a ConfigMap; give it by env, from a Secret: HELIOGRAPH__%s" .
  (upper . | replace "." "__")) }}
{{- end }}
{{- end }}
{{- end }}

{{/* heliograph.yaml */}}
{{- define "heliograph.configuration" -}}
{{- $certificate := dict "source" "files" "chain" "/etc/heliograph/tls/tls.crt" "key" "/etc/heliograph/tls/tls.key" }}
{{- if include "heliograph.isFleet" . }}
{{- $certificate = dict "source" "acme" }}
{{- end }}
{{- $own := dict
  "domains" .Values.domains
  "listen" (list "[::]:8443")
  "http" (dict "listen" (ternary (list "[::]:8080") list (eq (include "heliograph.http" .) "true")))
  "certificate" $certificate
  "decoy" (ternary (dict "seed_file" "/etc/heliograph/decoy/seed") dict (eq (include "heliograph.hasSeed" .) "true"))
  "trusted_proxies" .Values.expose.trustedProxies
  "limits" (dict "drain_timeout" (printf "%ds" (int .Values.drainSeconds)))
  "metrics" (dict "listen" (list "[::]:9464"))
  "log" (dict "format" "json")
  "alerts" (dict "self_check_address" "127.0.0.1:8443")
  "state_directory" "/var/lib/heliograph/state" }}
{{- if and (eq .Values.expose.by "Gateway") (not .Values.expose.trustedProxies) }}
{{- $_ := set $own.limits "max_connections_per_source" "off" }}
{{- end }}
{{- toYaml (mergeOverwrite $own (deepCopy .Values.settings)) }}
{{- end }}
