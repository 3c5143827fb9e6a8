package bus

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// maxStore bounds the embedded server's folder, in bytes. A change takes some
// 150 bytes, so this holds weeks of a busy platform.
const maxStore = 4 << 30

// embedded is a NATS server inside this process. A watchdog starts it anew when
// JetStream shuts itself down, which it does after a full disk; the client
// reconnects by itself because it asks embedded for every connection.
type embedded struct {
	dir string
	log *slog.Logger

	mu     sync.Mutex
	server *server.Server
	done   chan struct{}
	gone   sync.WaitGroup
}

var errDown = errors.New("embedded NATS server is down")

func startEmbedded(dir string, log *slog.Logger) (*embedded, error) {
	e := &embedded{dir: dir, log: log, done: make(chan struct{})}
	if err := e.start(); err != nil {
		return nil, err
	}
	e.gone.Go(e.watch)
	return e, nil
}

// start runs a server on the folder. SyncAlways: what the server acknowledged
// is on disk, since the outbox line is deleted on that word.
func (e *embedded) start() error {
	s, err := server.NewServer(&server.Options{
		ServerName: "lianqiao", DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: e.dir, SyncAlways: true,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: maxStore,
	})
	if err != nil {
		return fmt.Errorf("embedded NATS on %s: %w", e.dir, err)
	}
	s.SetLoggerV2(natsLog{e.log}, false, false, false)
	s.Start()
	if !s.ReadyForConnections(30*time.Second) || !s.JetStreamEnabled() {
		s.Shutdown()
		return fmt.Errorf("embedded NATS on %s: JetStream did not start", e.dir)
	}
	e.mu.Lock()
	e.server = s
	e.mu.Unlock()
	return nil
}

// InProcessConn gives the client a connection to the server that runs now.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	s := e.server
	e.mu.Unlock()
	if s == nil || !s.Running() {
		return nil, errDown
	}
	return s.InProcessConn()
}

func (e *embedded) healthy() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.server != nil && e.server.Running() && e.server.JetStreamEnabled()
}

func (e *embedded) watch() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-e.done:
			return
		case <-tick.C:
		}
		if e.healthy() {
			continue
		}
		e.log.Error("embedded NATS is down, starting it again")
		e.shutdown()
		if err := e.start(); err != nil {
			e.log.Error("embedded NATS did not start", "err", err)
		}
	}
}

func (e *embedded) shutdown() {
	e.mu.Lock()
	s := e.server
	e.server = nil
	e.mu.Unlock()
	if s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
}

func (e *embedded) stop() {
	close(e.done)
	e.gone.Wait()
	e.shutdown()
}

// natsLog writes the server's warnings and errors to our log; its notices are
// of interest to nobody who has one process.
type natsLog struct{ log *slog.Logger }

func (l natsLog) Noticef(format string, v ...any) { l.log.Debug("nats: " + fmt.Sprintf(format, v...)) }
func (l natsLog) Warnf(format string, v ...any)   { l.log.Warn("nats: " + fmt.Sprintf(format, v...)) }
func (l natsLog) Errorf(format string, v ...any)  { l.log.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l natsLog) Fatalf(format string, v ...any)  { l.log.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l natsLog) Debugf(string, ...any)           {}
func (l natsLog) Tracef(string, ...any)           {}
