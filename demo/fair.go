package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"lianqiao/market"
	"lianqiao/store"
)

// fairClusters hold the demo fair together: the demo operator runs the second.
var fairClusters = []string{"luquan", "luancheng"}

// loadFair sets up one fair a week ahead, with the firms of both clusters
// registered and most wishes stated, ready to be solved. The two firms with a
// sign-in have said nothing yet.
func loadFair(ctx context.Context, s *store.Store, firms map[string]market.Enterprise, now time.Time) error {
	known, err := s.Fairs(ctx, "", 1)
	if err != nil || len(known) > 0 {
		return err
	}
	f := demoFair(now)
	if err := f.Check(); err != nil {
		return err
	}
	if err := s.CreateFair(ctx, market.Actor{}, &f); err != nil {
		return err
	}
	var keys []string
	for key, e := range firms {
		if slices.Contains(fairClusters, e.ClusterID) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for i, key := range keys {
		e := firms[key]
		p := market.FairParty{FairID: f.ID, EnterpriseID: e.ID, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "业务部", Phone: e.Contact.Phone}}}
		switch {
		case key == "冀川":
			p.Role = market.FairSeller
		case i%5 == 2: // some can come in the morning only, some bring two people
			p.Away = []int{9, 10, 11, 12, 13, 14}
		case i%5 == 4:
			p.Reps = append(p.Reps, market.FairRep{Name: "技术部"})
		}
		if err := s.SaveParty(ctx, market.Actor{}, p); err != nil {
			return err
		}
	}
	return loadWishes(ctx, s, f.ID, firms, keys)
}

func demoFair(now time.Time) market.Fair {
	day := now.AddDate(0, 0, 7).Format(time.DateOnly)
	f := market.Fair{
		Name: "鹿泉—栾城电子与装备供需对接会（示例）", Place: "鹿泉会展中心一层", Clusters: fairClusters, Entry: market.EntryClusters, Phase: market.FairWish,
		SlotMinutes: 20, MaxMeetings: 8, Demo: true,
		Dates:    []market.FairDate{{Phase: market.FairWish, Day: now.Format(time.DateOnly)}, {Phase: market.FairDay, Day: day}},
		Sessions: []market.FairSession{{Day: day, From: 9 * 60, To: 12 * 60}, {Day: day, From: 13*60 + 30, To: 16 * 60}},
		Pauses:   []market.FairPause{{Day: day, From: 10*60 + 20, To: 10*60 + 40, Title: "茶歇"}, {Day: day, From: 13*60 + 30, To: 14 * 60, Title: "集群共享产能说明", Talk: true}},
	}
	for n := 1; n <= 10; n++ {
		hall := "A 厅"
		if n > 6 {
			hall = "B 厅"
		}
		f.Tables = append(f.Tables, market.FairTable{Number: n, Hall: hall})
	}
	return f
}

// loadWishes lets firms want those who offer what they seek, by the class of
// their listings, and some of the others answer in kind.
func loadWishes(ctx context.Context, s *store.Store, fairID string, firms map[string]market.Enterprise, keys []string) error {
	offers, seeks := map[string][]string{}, map[string][]string{}
	err := eachRow("listings.tsv", 13, func(f []string) error {
		key, class := f[0], f[2]
		if len(class) > 3 {
			class = class[:3]
		}
		if !slices.Contains(keys, key) {
			return nil
		}
		if f[1] == string(market.Supply) {
			offers[class] = append(offers[class], key)
		} else {
			seeks[key] = append(seeks[key], class)
		}
		return nil
	})
	if err != nil {
		return err
	}
	silent := []string{"恒砺", "冀川"}
	for n, key := range keys {
		var wanted []string
		for _, class := range seeks[key] {
			wanted = append(wanted, offers[class]...)
		}
		// Neighbours in the list stand for old acquaintances and chance talks.
		wanted = append(wanted, keys[(n+5)%len(keys)], keys[(n+11)%len(keys)], keys[(n+17)%len(keys)])
		for i, other := range unique(wanted, key) {
			if i >= 7 {
				break
			}
			w := market.Wish{FairID: fairID, By: firms[key].ID, Other: firms[other].ID, Mark: market.WishWant}
			if i == 0 {
				w.Mark = market.WishMust
			}
			if !slices.Contains(silent, key) {
				if err := s.SaveWish(ctx, w); err != nil {
					return err
				}
			}
			if back := (market.Wish{FairID: fairID, By: w.Other, Other: w.By, Mark: market.WishWant}); strings.Compare(key, other) < 0 && !slices.Contains(silent, other) && i%2 == 0 {
				if err := s.SaveWish(ctx, back); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// unique keeps the first of each name but not self.
func unique(list []string, self string) []string {
	var out []string
	for _, x := range list {
		if x != self && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
