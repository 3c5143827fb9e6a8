//go:build cluster

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
)

// cluster is the grown topology as processes on loopback: PostgreSQL (a fresh
// database on a running server), three NATS nodes, two webs and two workers.
type cluster struct {
	t    *testing.T
	dir  string
	db   string
	nats string
	web  [2]*process
	work [2]*process
}

// process is one of ours that can be killed and started again.
type process struct {
	t    *testing.T
	name string
	args []string
	log  string
	url  string // where it answers
	cmd  *exec.Cmd
	done chan struct{}
}

// TestCluster runs the grown topology and loses no pair: undisturbed, while a
// worker is killed, and while a web is killed. KEEP=1 leaves it running until
// Ctrl-C.
func TestCluster(t *testing.T) {
	c := startCluster(t)
	bases := []string{c.web[0].url, c.web[1].url}
	d := newDriver(bases...)
	post := func(t *testing.T, round int, disturb func()) {
		disturbed := make(chan struct{})
		go func() { defer close(disturbed); disturb() }()
		begun := time.Now()
		pairs, err := postPairs(t.Context(), d, round, 300, 16)
		require.NoError(t, err)
		t.Logf("posted 300 pairs in %v", time.Since(begun).Round(time.Millisecond))
		<-disturbed
		requireAllProposed(t, pairs)
		requireAllFound(t, round*600, bases...)
	}
	t.Run("undisturbed", func(t *testing.T) { post(t, 1, func() {}) })
	t.Run("worker killed", func(t *testing.T) {
		post(t, 2, func() {
			c.awaitListings(600 + 200)
			c.work[0].kill()
			c.work[0].start()
		})
	})
	t.Run("web killed", func(t *testing.T) {
		post(t, 3, func() {
			c.awaitListings(1200 + 200)
			c.web[0].kill()
			c.awaitListings(1200 + 300)
			c.web[0].start()
		})
	})
	t.Run("no duplicates in the database", func(t *testing.T) {
		require.Zero(t, c.count(`SELECT count(*) FROM (SELECT 1 FROM proposal GROUP BY need_id, supply_id HAVING count(*) > 1) AS twice`))
		require.Equal(t, 1800, c.count(`SELECT count(*) FROM listing WHERE status = 'live'`))
	})
	if os.Getenv("KEEP") != "" && !t.Failed() {
		fmt.Printf("\nwebs %s %s\ndatabase %s\nnats %s\nCtrl-C ends it\n", bases[0], bases[1], c.db, c.nats)
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
		<-stop
	}
}

func startCluster(t *testing.T) *cluster {
	c := &cluster{t: t, dir: t.TempDir()}
	c.build("lianqiao", ".")
	c.build("nats-server", "github.com/nats-io/nats-server/v2")
	c.database()
	c.startNATS()
	for i := range c.web {
		addr := freeAddr(t)
		c.web[i] = c.process(fmt.Sprintf("web%d", i+1), "-run", "web", "-addr", addr, "-key", strings.Repeat("4c", 32), "-unverified-live", "0")
		c.web[i].url = "http://" + addr
	}
	for i := range c.work {
		addr := freeAddr(t)
		c.work[i] = c.process(fmt.Sprintf("worker%d", i+1), "-run", "worker", "-addr", addr)
		c.work[i].url = "http://" + addr
	}
	// All at once: the first to come migrates the database and makes the
	// stream, the others wait for it.
	for _, p := range []*process{c.web[0], c.work[0], c.web[1], c.work[1]} {
		p.start()
	}
	for _, p := range []*process{c.web[0], c.web[1], c.work[0], c.work[1]} {
		p.awaitReady()
	}
	return c
}

func (c *cluster) build(name, pkg string) {
	cmd := exec.Command("go", "build", "-o", filepath.Join(c.dir, name), pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(c.t, err, "%s", out)
}

// database makes a fresh database and drops it in the end.
func (c *cluster) database() {
	admin := os.Getenv("LIANQIAO_TEST_PG")
	if admin == "" {
		admin = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	db, err := sql.Open("pgx", admin)
	require.NoError(c.t, err)
	name := fmt.Sprintf("lianqiao_cluster_%d", time.Now().UnixNano())
	_, err = db.Exec("CREATE DATABASE " + name)
	require.NoError(c.t, err)
	c.t.Cleanup(func() {
		_, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		require.NoError(c.t, errors.Join(err, db.Close()))
	})
	u, err := url.Parse(admin)
	require.NoError(c.t, err)
	u.Path = "/" + name
	c.db = u.String()
}

const natsConfig = `server_name: n%d
listen: %s
jetstream { store_dir: %q, sync_interval: always }
cluster { name: lianqiao, listen: %s, routes: [%s] }
`

// startNATS runs three NATS nodes that form one JetStream cluster.
func (c *cluster) startNATS() {
	var clients, peers, routes []string
	for range 3 {
		clients, peers = append(clients, freeAddr(c.t)), append(peers, freeAddr(c.t))
	}
	for _, p := range peers {
		routes = append(routes, fmt.Sprintf("%q", "nats://"+p))
	}
	for i := range 3 {
		file := filepath.Join(c.dir, fmt.Sprintf("nats%d.conf", i+1))
		text := fmt.Sprintf(natsConfig, i+1, clients[i], filepath.Join(c.dir, fmt.Sprintf("nats%d", i+1)), peers[i], strings.Join(routes, ", "))
		require.NoError(c.t, os.WriteFile(file, []byte(text), 0o600))
		p := &process{t: c.t, name: fmt.Sprintf("nats%d", i+1), args: []string{filepath.Join(c.dir, "nats-server"), "-c", file}, log: filepath.Join(c.dir, fmt.Sprintf("nats%d.log", i+1))}
		c.t.Cleanup(p.stop)
		p.start()
	}
	c.nats = "nats://" + strings.Join(clients, ",nats://")
}

func (c *cluster) process(name string, args ...string) *process {
	args = append([]string{filepath.Join(c.dir, "lianqiao")}, args...)
	args = append(args, "-data", filepath.Join(c.dir, name), "-db", c.db, "-nats", c.nats, "-replicas", "3", "-log", "info")
	p := &process{t: c.t, name: name, args: args, log: filepath.Join(c.dir, name+".log")}
	c.t.Cleanup(p.stop)
	return p
}

func (c *cluster) count(query string) int {
	db, err := sql.Open("pgx", c.db)
	require.NoError(c.t, err)
	defer db.Close()
	var n int
	require.NoError(c.t, db.QueryRow(query).Scan(&n))
	return n
}

// awaitListings waits until so many listings were published, so that what is
// done next hits the posting in its midst.
func (c *cluster) awaitListings(n int) {
	deadline := time.Now().Add(pairsWait)
	for c.count(`SELECT count(*) FROM listing WHERE status = 'live'`) < n && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond) // between two looks at the database
	}
}

func (p *process) start() {
	file, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(p.t, err)
	defer file.Close()
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.Stdout, p.cmd.Stderr = file, file
	require.NoError(p.t, p.cmd.Start())
	p.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) { _ = cmd.Wait(); close(done) }(p.cmd, p.done)
}

// kill is kill -9.
func (p *process) kill() {
	require.NoError(p.t, p.cmd.Process.Kill())
	<-p.done
}

func (p *process) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		p.t.Errorf("%s did not stop on SIGTERM", p.name)
		p.kill()
	}
	if p.t.Failed() {
		text, _ := os.ReadFile(p.log)
		p.t.Logf("last words of %s:\n%s", p.name, text[max(0, len(text)-3000):])
	}
}

func (p *process) awaitReady() {
	ctx, cancel := context.WithTimeout(p.t.Context(), pairsWait)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", nil)
		require.NoError(p.t, err)
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
			require.FailNow(p.t, p.name+" is not ready")
		case <-p.done:
			require.FailNow(p.t, p.name+" ended")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// freeAddr is a loopback address that nobody listens on now.
func freeAddr(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}
