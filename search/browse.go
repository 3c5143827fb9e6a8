package search

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	browseFresh = 2 * time.Second // how old a kept page may be while listings come in
	browseOld   = time.Minute     // and while none do: honours end by the clock
	browseKept  = 256             // pages kept
)

// browsed keeps first pages of questions without words. Such a question orders
// and counts every listing, a quarter of a second at 100,000 of them, and it is
// the one that everybody asks: the home page. Kept, it costs that once in two
// seconds, and once in a minute while the index stands still.
type browsed struct {
	mu    sync.Mutex
	pages map[Query]browsedPage
	group singleflight.Group
}

type browsedPage struct {
	page Page
	seq  uint64 // the index's position when it was asked
	at   time.Time
}

func (b *browsed) get(q Query, seq uint64, now time.Time) (Page, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept, ok := b.pages[q]
	if age := now.Sub(kept.at); !ok || age > browseOld || kept.seq != seq && age > browseFresh {
		return Page{}, false
	}
	return kept.page, true
}

func (b *browsed) put(q Query, p browsedPage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pages == nil || len(b.pages) >= browseKept {
		b.pages = map[Query]browsedPage{}
	}
	b.pages[q] = p
}

// browse answers a first page without words: from what is kept, or by asking
// once for all who ask at the same time.
func (x *Index) browse(ctx context.Context, q Query, cur cursor) (Page, error) {
	seq, _ := x.Position()
	if page, ok := x.browsed.get(q, seq, time.Now()); ok {
		return page, nil
	}
	page, err, _ := x.browsed.group.Do(fmt.Sprintf("%d %+v", seq, q), func() (any, error) {
		// Others wait for this answer: it must not end with the first one's patience.
		page, err := x.find(context.WithoutCancel(ctx), q, cur)
		if err == nil {
			x.browsed.put(q, browsedPage{page, seq, time.Now()})
		}
		return page, err
	})
	return page.(Page), err
}
