package api

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"lianqiao/market"
)

// BenchmarkFairDay is a fair's busiest moment on loopback: 500 screens that ask
// for themselves every second, 600 more requests a second of people checking in
// and looking at their timetables, and a new release in the midst of it. It
// fails when a screen does not show the release or a request fails, and prints
// how long the screens took and what the requests waited.
func BenchmarkFairDay(b *testing.B) {
	for name, db := range map[string]func(testing.TB) string{"sqlite": lite, "postgres": fairPostgres} {
		b.Run(name, func(b *testing.B) { fairDay(b, db(b)) })
	}
}

func fairDay(b *testing.B, db string) {
	const screens, rate, seconds = 500, 600, 8
	w := newFairWorld(b, db, 1)
	for i := len(w.firms); i <= screens; i++ {
		w.firm(fmt.Sprintf("厂 %d", i), true, 1)
	}
	w.release()
	// Talks are shown on the day they take place.
	begin := w.fair.Slots()[0].Start.Add(time.Minute)
	w.api.now = func() time.Time { return begin }
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConns: 2000, MaxIdleConnsPerHost: 2000}}
	get := func(method, url string) (string, error) {
		req, err := http.NewRequestWithContext(b.Context(), method, url, nil)
		if err != nil {
			return "", err
		}
		res, err := client.Do(req)
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s %s: status %d", method, url, res.StatusCode)
		}
		return string(text), err
	}
	var mu sync.Mutex
	var waits, seen []time.Duration
	var released time.Time
	var all errgroup.Group
	wall, end := w.api.wallURL(&w.fair), time.Now().Add(seconds*time.Second)
	for i := range screens {
		all.Go(func() error {
			time.Sleep(time.Duration(i) * time.Second / screens) // screens were switched on one after another
			for time.Now().Before(end) {
				text, err := get("GET", wall)
				if err != nil {
					return err
				}
				if strings.Contains(text, "乙厂") && strings.Contains(text, "厂 7") {
					mu.Lock()
					seen = append(seen, time.Since(released))
					mu.Unlock()
					return nil
				}
				time.Sleep(time.Second) // as the page says
			}
			return fmt.Errorf("screen %d never showed the release", i)
		})
	}
	all.Go(func() error {
		var requests errgroup.Group
		tick := time.NewTicker(time.Second / rate)
		defer tick.Stop()
		for i := range rate * (seconds - 2) {
			due := time.Now()
			<-tick.C
			requests.Go(func() error {
				method := "GET"
				if i%3 == 0 {
					method = "POST"
				}
				who := i % screens
				if who >= 2 {
					who++ // the third is not registered
				}
				_, err := get(method, w.api.badgeURL(&w.fair, w.firms[who], 0))
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, time.Since(due))
				return err
			})
		}
		return requests.Wait()
	})
	all.Go(func() error {
		time.Sleep(3 * time.Second) // everybody is at it
		p := market.Plan{FairID: w.fair.ID, State: market.PlanQueued}
		if err := w.store.CreatePlan(b.Context(), market.Actor{}, &p, nil); err != nil {
			return err
		}
		talks := []market.Meeting{{Pair: market.PairOf(w.firms[0], w.firms[1]), Slot: 1, Table: 1}, {Pair: market.PairOf(w.firms[7], w.firms[8]), Slot: 1, Table: 2}}
		if err := w.store.SavePlanResult(b.Context(), p.ID, talks, market.PlanFigures{}); err != nil {
			return err
		}
		_, err := w.store.ReleasePlan(b.Context(), market.Actor{}, p.ID, market.PlanFigures{})
		mu.Lock()
		defer mu.Unlock()
		released = time.Now()
		return err
	})
	require.NoError(b, all.Wait())
	require.Len(b, seen, screens)
	slices.Sort(seen)
	slices.Sort(waits)
	b.Logf("%d screens showed a release after at most %v (median %v); %d requests, 600 a second: p50 %v p99 %v", screens, seen[len(seen)-1].Round(time.Millisecond),
		seen[len(seen)/2].Round(time.Millisecond), len(waits), waits[len(waits)/2].Round(time.Millisecond), waits[len(waits)*99/100].Round(time.Millisecond))
	b.ReportMetric(seen[len(seen)-1].Seconds(), "s-to-all-screens")
	b.ReportMetric(float64(waits[len(waits)*99/100].Milliseconds()), "ms-p99")
}
