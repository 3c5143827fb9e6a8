package bus

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// BenchmarkThrough is one change from the outbox through the stream, with
// every message synced to disk, to the end of its work.
func BenchmarkThrough(b *testing.B) {
	bus, err := Open(b.Context(), Config{Dir: b.TempDir(), Stream: "TEST", Log: slog.New(slog.DiscardHandler)})
	require.NoError(b, err)
	defer bus.Close(context.Background())
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	done := make(chan int, 1024)
	go bus.Work(ctx, "match", func(_ context.Context, batch []Message) error {
		done <- len(batch)
		return nil
	}, nil)
	b.ResetTimer()
	for sent := 0; sent < b.N; sent += relayBatch {
		var changes []market.Change
		for i := sent; i < min(sent+relayBatch, b.N); i++ {
			changes = append(changes, market.Change{ID: market.NewID(), Kind: market.ChangeListing, Of: "l"})
		}
		require.NoError(b, bus.publish(ctx, changes))
	}
	for got := 0; got < b.N; {
		got += <-done
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}
