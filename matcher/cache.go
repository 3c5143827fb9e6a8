package matcher

import (
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
)

// sideCache keeps prepared sides, the least recently used of them go first.
// What was read from the store before a forget must not be put in after it:
// the epoch tells.
type sideCache struct {
	mu    sync.Mutex
	epoch uint64
	kept  *lru.Cache[string, *Side]
}

func newSideCache(n int) *sideCache {
	kept, err := lru.New[string, *Side](n)
	if err != nil {
		panic(err) // only for n <= 0, which New rules out
	}
	return &sideCache{kept: kept}
}

// take returns what is known of the ids, and the epoch to put the rest with.
func (c *sideCache) take(ids []string) (known map[string]*Side, missing []string, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known = make(map[string]*Side, len(ids))
	for _, id := range ids {
		if s, ok := c.kept.Get(id); ok {
			known[id] = s
		} else {
			missing = append(missing, id)
		}
	}
	return known, missing, c.epoch
}

func (c *sideCache) put(sides map[string]*Side, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.epoch {
		return
	}
	for id, s := range sides {
		c.kept.Add(id, s)
	}
}

// forget drops what changed and returns the epoch to put it anew with.
func (c *sideCache) forget(ids []string) (epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for _, id := range ids {
		c.kept.Remove(id)
	}
	return c.epoch
}

func (c *sideCache) clear() (epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.kept.Purge()
	return c.epoch
}
