package search

import (
	"context"
	"fmt"

	index "github.com/blevesearch/bleve_index_api"

	"lianqiao/chain"
	"lianqiao/market"
)

// Candidates returns the n listings of a side that share most with a reading,
// best first, ties by id, without those of one enterprise ("" for none). What
// an Apply put in is found when the Apply has returned.
func (x *Index) Candidates(_ context.Context, side market.Side, r chain.Reading, n int, skipEnterprise string) (found []Candidate, err error) {
	err = x.guard("Candidates", func() error {
		found = x.lists.Candidates(side, r, n, skipEnterprise)
		return nil
	})
	return found, err
}

// reader opens a snapshot that no later Apply changes.
func (x *Index) reader() (index.IndexReader, error) {
	advanced, err := x.index.Advanced()
	if err != nil {
		return nil, fmt.Errorf("advanced: %w", err)
	}
	return advanced.Reader()
}
