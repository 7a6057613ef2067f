# Asha without the lab: the embedded assistant, the API and the page. No torch, no root.
FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/asha
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN /opt/asha/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data asha && install -d -o asha -g asha -m 700 /data
COPY --from=build /opt/asha /opt/asha
ENV PATH=/opt/asha/bin:$PATH \
    ASHA_DATA_DIR=/data \
    ASHA_PORT=8000 \
    OMP_NUM_THREADS=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER asha
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['ASHA_PORT'] + '/health/live', timeout=4)"]
ENTRYPOINT ["asha"]
CMD ["serve", "--public", "--behind-proxy", "--host", "0.0.0.0"]
