# Two commands are enough: `make run` and `make test`. Both do all set-up themselves.
SHELL := /bin/bash
.DEFAULT_GOAL := help

ADDR ?= 127.0.0.1:8080
DATA ?= data
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO_FILES := $(shell find . -name '*.go' -not -path './frontend/node_modules/*') go.mod go.sum
GO_EMBEDS := $(shell find chain region store demo matcher/testdata frontend/pages frontend/text -type f -not -name '*.go' 2>/dev/null)
WEB_FILES := $(shell find frontend/src frontend/text frontend/pages/tokens.css frontend/scripts -type f 2>/dev/null) frontend/package-lock.json frontend/vite.config.ts frontend/index.html

.PHONY: help run test check bench cluster e2e fmt vet lint vuln openapi clean

help: ## show what make can do
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: lianqiao ## build, and serve with the demo world on http://127.0.0.1:8080
	./lianqiao -addr $(ADDR) -data $(DATA) -demo

lianqiao: $(GO_FILES) $(GO_EMBEDS) frontend/dist/index.html
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $@ .

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-fund --no-audit
	touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(WEB_FILES)
	cd frontend && npm run build

test: frontend/dist/index.html ## all tests that need no browser
	cd frontend && npm test
	go test ./...

# The race detector looks at the packages where goroutines meet, without the
# benches of real listings. The whole program's own tests sign up hundreds of
# firms: hashing their passwords under it takes minutes, so `make test` runs
# them without it.
check: fmt vet lint vuln frontend/dist/index.html ## everything CI checks
	$(MAKE) openapi
	git diff --exit-code -- frontend/openapi.yaml frontend/src/schema.d.ts
	cd frontend && npm test
	env -u LIANQIAO_DATA go test -race -timeout 30m ./api ./bus ./matcher ./search ./store
	$(MAKE) e2e
	$(MAKE) test
	$(MAKE) cluster

fmt:
	@bad=$$(gofmt -l *.go api bus chain demo frontend/*.go market matcher notify region schedule search sheet stamp store); test -z "$$bad" || { echo "gofmt: $$bad"; exit 1; }

vet: frontend/dist/index.html
	go vet ./...
	go vet -tags cluster .

lint: frontend/dist/index.html
	go tool -modfile=tools/go.mod golangci-lint run ./...

vuln: frontend/dist/index.html ## known vulnerabilities, from a local copy of the Go database where VULNDB names one
	@if [ -n "$(VULNDB)" ]; then go tool -modfile=tools/go.mod govulncheck -db "file://$(VULNDB)" ./...; else echo "SKIPPED vuln: VULNDB names no copy of the Go vulnerability database"; fi

openapi: frontend/node_modules/.installed ## write the API description and the typed client anew
	go run . openapi > frontend/openapi.yaml.new && mv frontend/openapi.yaml.new frontend/openapi.yaml
	cd frontend && npm run schema

e2e: lianqiao ## browser tests against the real binary (Chromium)
	cd frontend && npm run e2e

cluster: lianqiao ## PostgreSQL, three NATS nodes, two webs and two workers on loopback; no pair may be lost
	go test -tags cluster -run TestCluster -count=1 -timeout 20m -v .

bench: frontend/dist/index.html ## measured figures; LIANQIAO_DATA names the folder of real listings
	go test -run '^$$' -bench . -benchtime 1x -timeout 120m . ./api | tee bench.out
	go test -run '^$$' -bench Oracle -benchtime 20x ./search | tee -a bench.out

clean: ## throw away what was built and the data folder
	rm -rf lianqiao data frontend/dist/* frontend/node_modules bench.out
