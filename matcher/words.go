package matcher

import (
	"context"
	"fmt"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
)

// Additions to the tables of words reach every process the way everything does:
// the rows and a ChangeWords commit together, and the stream brings it to each
// process's Feed, which reads all additions anew. One worker also gets it as work
// and asks for the listings that it concerns; their messages stand behind it in
// the stream, so whoever matches them has read the additions before. The index
// needs nothing of this: it goes by the embedded tables, and what was added
// changes only what is asked of it and what is scored.

// Words are the books in force in this process.
func (m *Matcher) Words() *chain.Words { return m.words.Load() }

// LoadWords reads all additions anew. A process calls it before its first match.
func (m *Matcher) LoadWords(ctx context.Context) error {
	list, err := m.Store.Additions(ctx)
	if err != nil {
		return fmt.Errorf("matcher.LoadWords: %w", err)
	}
	m.words.Store(wordsOf(list))
	m.sides.clear() // they were read by the former words
	return nil
}

func wordsOf(list []market.Addition) *chain.Words {
	of := map[string]chain.Additions{}
	for _, a := range list {
		x := of[a.ClusterID]
		switch a.Kind {
		case market.AddSame:
			x.Same = append(x.Same, a.Words)
		case market.AddClass:
			if x.Classes == nil {
				x.Classes = map[string]string{}
			}
			x.Classes[a.Words[0]] = a.Class
		case market.AddRelation:
			x.Relations = append(x.Relations, chain.Relation{From: a.Words[0], To: a.Words[1], Weight: a.Weight})
		}
		of[a.ClusterID] = x
	}
	all := of[""]
	delete(of, "")
	return chain.NewWords(all, of)
}

// readListing reads a listing by its cluster's words.
func (m *Matcher) readListing(l *market.Listing) chain.Reading {
	return search.ReadWith(m.Words().Of(l.ClusterID), l)
}

// asked is what a listing is looked for by: also by the names that other clusters
// have for its goods, so that it finds their listings.
func (m *Matcher) asked(l *market.Listing) chain.Reading {
	r := m.readListing(l)
	r.Meant = append(r.Meant, m.Words().NamesElsewhere(l.ClusterID, r)...)
	return r
}

// concerned asks that the listings be matched again that a change of words is about.
func (m *Matcher) concerned(ctx context.Context, change string) error {
	list, err := m.Store.AdditionsOf(ctx, change)
	if err != nil || len(list) == 0 {
		return err
	}
	words := map[string][]string{} // by cluster
	for _, a := range list {
		words[a.ClusterID] = append(words[a.ClusterID], a.Words...)
	}
	by := map[string]*chain.Concerned{}
	for cluster, list := range words {
		by[cluster] = chain.NewConcerned(list)
	}
	var ids []string
	total, after := 0, ""
	for {
		page, err := m.Store.ScanListings(ctx, market.Live, after, page)
		if err != nil {
			return err
		}
		for i := range page {
			l := &page[i]
			title := titleOf(l)
			if c := by[""]; c != nil && c.By(title) {
				ids = append(ids, l.ID)
			} else if c := by[l.ClusterID]; c != nil && c.By(title) {
				ids = append(ids, l.ID)
			}
			after = l.ID
		}
		if len(ids) >= requeued || len(page) == 0 {
			if err := m.Store.Requeue(ctx, market.ChangeListing, ids); err != nil {
				return err
			}
			total, ids = total+len(ids), nil
		}
		if len(page) == 0 {
			m.Log.Info("words changed", "additions", len(list), "listings", total)
			return nil
		}
	}
}

// titleOf is where a listing's heads are read.
func titleOf(l *market.Listing) string { return l.Product + " " + l.Title }

// requeued is how many listings are asked for again in one transaction.
const requeued = 500
