package bus

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// node starts one of three NATS servers that form a JetStream cluster.
func node(t *testing.T, i int, ports []int) *server.Server {
	t.Helper()
	var routes []*url.URL
	for _, p := range ports {
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", p)})
	}
	s, err := server.NewServer(&server.Options{
		ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, Routes: routes,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]},
	})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// TestThreeNodesOneGone: two processes on a NATS cluster go on relaying, feeding
// and working when the node that leads the stream goes away.
func TestThreeNodesOneGone(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short")
	}
	ports := freePorts(t, 3)
	var nodes []*server.Server
	var urls []string
	for i := range 3 {
		nodes = append(nodes, node(t, i, ports))
		urls = append(urls, nodes[i].ClientURL())
	}
	var buses [2]*Bus
	for i := range buses {
		b, err := Open(t.Context(), Config{URL: strings.Join(urls, ","), Stream: "TEST", Replicas: 3, Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		t.Cleanup(func() { b.Close(context.Background()) })
		buses[i] = b
	}
	require.Equal(t, buses[0].StreamID(), buses[1].StreamID())

	o := &memOutbox{rows: map[string]market.Change{}}
	fed, worked := [2]chan Message{}, make(chan Message, 1000)
	for i, b := range buses {
		fed[i] = make(chan Message, 1000)
		run(t, feedInto(b, 1, fed[i]))
		run(t, func(ctx context.Context) error { return b.Relay(ctx, o) })
		run(t, func(ctx context.Context) error {
			return b.Work(ctx, "match", func(_ context.Context, batch []Message) error {
				for _, m := range batch {
					worked <- m
				}
				return nil
			}, nil)
		})
	}
	through := func(from, to int) {
		for i := from; i <= to; i++ {
			o.put(change(i))
		}
		buses[from%2].Kick()
		seen := map[string]bool{}
		for len(seen) < to-from+1 { // a lost acknowledgement may bring a message twice
			if m := next(t, worked); m.Change.ID >= change(from).ID {
				seen[m.Change.ID] = true
			}
		}
		for i := range fed {
			for want := from; want <= to; want++ {
				require.Equal(t, uint64(want), next(t, fed[i]).Seq)
			}
		}
	}
	through(1, 100)
	id := buses[0].StreamID()
	leader := leaderOf(t, buses[0])
	for _, n := range nodes {
		if n.Name() == leader {
			n.Shutdown()
			n.WaitForShutdown()
		}
	}
	through(101, 200)
	require.Equal(t, id, buses[1].StreamID())
}

func leaderOf(t *testing.T, b *Bus) (name string) {
	t.Helper()
	require.Eventually(t, func() bool {
		stream, err := b.js.Stream(t.Context(), "TEST")
		if err != nil || stream.CachedInfo().Cluster == nil {
			return false
		}
		name = stream.CachedInfo().Cluster.Leader
		return name != ""
	}, patience, 20*time.Millisecond)
	return name
}
