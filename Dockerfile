# The operator, the analysis of its sweeps, and optuna-dashboard as the chart can run it: the packages hposweep and hpotrial with their dependencies.
#   docker build .
ARG BASE_IMAGE=docker.io/library/python:3.11-slim

# Only the requirements are passed to the next stage, so that another edit of pyproject.toml installs nothing again.
FROM ${BASE_IMAGE} AS requirements
COPY pyproject.toml /src/
RUN ["python", "-c", "import tomllib; project = tomllib.load(open('/src/pyproject.toml', 'rb'))['project']; extras = project['optional-dependencies']; print(*extras['worker'], *extras['operator'], *extras['analysis'], *extras['dashboard'], sep='\\n', file=open('/src/requirements.txt', 'w'))"]
RUN touch -d @0 /src/requirements.txt

FROM ${BASE_IMAGE}
RUN python -m venv --without-pip /venv && \
    echo 'operator:x:65532:65532:operator:/tmp:/usr/sbin/nologin' >> /etc/passwd
COPY constraints.txt /src/
COPY --from=requirements /src/requirements.txt /src/
# Remove pip after its last use.
RUN python -m pip --python /venv/bin/python install --no-cache-dir -c /src/constraints.txt -r /src/requirements.txt && \
    rm -rf /src /root/.cache /usr/bin/pip* /usr/local/bin/pip* \
        /usr/lib/python3/dist-packages/pip* /usr/local/lib/python3*/site-packages/pip*
ENV PATH=/venv/bin:${PATH} PYTHONPATH=/app HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
ENTRYPOINT ["python", "-m", "hposweep"]
# Copied last, so that a changed source file changes a layer of kilobytes only.
COPY trial_image/hpotrial /app/hpotrial
COPY operator/hposweep /app/hposweep
# The CRD, to which a link of the package leads.
COPY manifests/base/crd /manifests/base/crd
# Compile now, because on a read-only root Python would compile again at each start.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app
USER 65532:65532
