# The web app, then the binary that holds it, then an image with nothing else.
FROM node:24-alpine AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY frontend/ ./
RUN npm run build

FROM golang:1.26-alpine AS binary
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=frontend /src/frontend/dist ./frontend/dist
ARG VERSION=docker
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /lianqiao . && mkdir /data

FROM alpine:3.22
RUN apk add --no-cache ca-certificates tzdata
COPY --from=binary /lianqiao /usr/local/bin/lianqiao
COPY --from=binary --chown=10001:10001 /data /data
USER 10001:10001
ENV TZ=Asia/Shanghai LIANQIAO_ADDR=0.0.0.0:8080 LIANQIAO_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s --retries=3 CMD ["lianqiao", "health"]
ENTRYPOINT ["lianqiao"]
