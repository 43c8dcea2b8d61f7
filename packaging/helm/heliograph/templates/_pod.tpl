{{/* The pod of every kind of workload. */}}
{{- define "heliograph.pod" -}}
metadata:
  labels:
    {{- include "heliograph.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A new configuration is a new pod.
    checksum/configuration: {{ include "heliograph.configuration" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "heliograph.fullname" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  # The sleep, the drain, and 15 s in which a dial ends (limits.connect_timeout, 10 s) and the parts stop.
  terminationGracePeriodSeconds: {{ add .Values.preStopSeconds .Values.drainSeconds 15 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    # Secrets and the state directory belong to it.
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if ne (include "heliograph.kind" .) "DaemonSet" }}
  topologySpreadConstraints:
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - topologyKey: {{ . }}
      maxSkew: 1
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels: {{- include "heliograph.selectorLabels" $ | nindent 10 }}
      {{- if eq (include "heliograph.kind" $) "Deployment" }}
      matchLabelKeys: [pod-template-hash]
      {{- end }}
    {{- end }}
  {{- end }}
  {{- if include "heliograph.isFleet" . }}
  initContainers:
    # Changes nothing, and needs no etcd, once the pod's volume has the machine that the token is for.
    - name: join
      image: {{ include "heliograph.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [fleet, join, --token-file, /etc/heliograph/fleet/$(POD_NAME)]
      env:
        - name: POD_NAME
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
      resources: {{- toYaml .Values.resources | nindent 8 }}
      securityContext: {{- include "heliograph.securityContext" . | nindent 8 }}
      volumeMounts:
        - { name: configuration, mountPath: /etc/heliograph/heliograph.yaml, subPath: heliograph.yaml, readOnly: true }
        # Not in the container that serves.
        - { name: tokens, mountPath: /etc/heliograph/fleet, readOnly: true }
        - { name: state, mountPath: /var/lib/heliograph }
        - { name: temporary, mountPath: /tmp }
  {{- end }}
  containers:
    - name: heliograph
      image: {{ include "heliograph.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      {{- with .Values.env }}
      env: {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: tls
          containerPort: 8443
          {{- if eq .Values.expose.by "HostPort" }}
          hostPort: 443
          {{- end }}
        {{- if include "heliograph.http" . }}
        - name: http
          containerPort: 8080
          {{- if eq .Values.expose.by "HostPort" }}
          hostPort: 80
          {{- end }}
        {{- end }}
        - name: metrics
          containerPort: 9464
      # By the pod's address: the ports for clients may expect a PROXY protocol header.
      startupProbe:
        httpGet: { path: /healthz, port: metrics }
        periodSeconds: 2
        failureThreshold: 30
      livenessProbe:
        httpGet: { path: /healthz, port: metrics }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        {{- if include "heliograph.isFleet" . }}
        # /readyz waits for the certificate, and the authority's question for it comes through the Service.
        httpGet: { path: /healthz, port: metrics }
        {{- else }}
        httpGet: { path: /readyz, port: metrics }
        {{- end }}
        periodSeconds: 5
        timeoutSeconds: 5
      lifecycle:
        # After SIGTERM new connections are refused at once, while endpoints still name the pod.
        preStop:
          sleep: { seconds: {{ .Values.preStopSeconds }} }
      resources: {{- toYaml .Values.resources | nindent 8 }}
      securityContext: {{- include "heliograph.securityContext" . | nindent 8 }}
      volumeMounts:
        - { name: configuration, mountPath: /etc/heliograph/heliograph.yaml, subPath: heliograph.yaml, readOnly: true }
        {{- if not (include "heliograph.isFleet" .) }}
        # Without subPath: only so does a renewed certificate arrive in a running pod.
        - { name: certificate, mountPath: /etc/heliograph/tls, readOnly: true }
        {{- end }}
        {{- if include "heliograph.hasSeed" . }}
        - { name: seed, mountPath: /etc/heliograph/decoy, readOnly: true }
        {{- end }}
        - { name: state, mountPath: /var/lib/heliograph }
        - { name: temporary, mountPath: /tmp }
        {{- with .Values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: configuration
      configMap: { name: {{ include "heliograph.fullname" . }} }
    {{- if include "heliograph.isFleet" . }}
    - name: tokens
      secret: { secretName: {{ .Values.fleet.tokenSecret }}, defaultMode: 0440 }
    {{- else }}
    - name: certificate
      secret: { secretName: {{ include "heliograph.certificateSecret" . }}, defaultMode: 0440 }
    {{- end }}
    {{- if include "heliograph.hasSeed" . }}
    - name: seed
      secret: { secretName: {{ include "heliograph.seedSecret" . }}, defaultMode: 0440 }
    {{- end }}
    {{- if not (and (include "heliograph.isFleet" .) .Values.fleet.storage.enabled) }}
    - name: state
      emptyDir: { sizeLimit: 64Mi }
    {{- end }}
    - name: temporary
      emptyDir: { sizeLimit: 16Mi }
    {{- with .Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* Of every container: no more than PodSecurity "restricted" allows. */}}
{{- define "heliograph.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
