package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lianqiao/market"
	"lianqiao/store"
)

// loadEnterprises returns the firms by their key in the table.
func loadEnterprises(ctx context.Context, s *store.Store, now time.Time) (map[string]market.Enterprise, error) {
	var keys []string
	var all []market.Enterprise
	err := eachRow("enterprises.tsv", 9, func(f []string) error {
		e, err := enterprise(f, len(all)+1, now)
		if err != nil {
			return err
		}
		keys, all = append(keys, f[0]), append(all, e)
		return e.Check()
	})
	if err != nil {
		return nil, err
	}
	kept, err := s.UpsertEnterprises(ctx, all)
	if err != nil {
		return nil, err
	}
	firms := map[string]market.Enterprise{}
	for i, key := range keys {
		firms[key] = kept[i]
	}
	return firms, nil
}

// enterprise reads one row; n makes its USCC and its telephone number its own.
func enterprise(f []string, n int, now time.Time) (market.Enterprise, error) {
	honours, err := honours(f[5])
	if err != nil {
		return market.Enterprise{}, err
	}
	at := now.AddDate(0, 0, -90+n%60)
	return market.Enterprise{
		ID: market.NewID(), USCC: uscc(f[4], n), Name: f[1] + "（示例）", Kind: market.EnterpriseKind(f[2]),
		ClusterID: f[3], Region: f[4], Honours: honours, Certificates: certificates(f[6]),
		MainProducts: f[7], About: f[8], Demo: true,
		Contact:   market.Contact{Name: "业务部", Phone: fmt.Sprintf("0311-000000%02d", n)},
		Verified:  verified(f[0], n, at),
		CreatedAt: at, UpdatedAt: at,
	}, nil
}

// verified makes most firms known to their association, some of them visited,
// and leaves a few for the review queue. Those with a demo sign-in are known.
func verified(key string, n int, at time.Time) market.Verification {
	v := market.Verification{Level: market.Reviewed, ByName: "集群协会（示例）", Basis: "营业执照与集群名录核对", At: at}
	switch {
	case n%9 == 0 && !slices.ContainsFunc(people(), func(p person) bool { return p.firm == key }):
		return market.Verification{Level: market.Unverified}
	case n%3 == 0:
		v.Level, v.Basis = market.Visited, "现场走访，查看设备与产线"
	}
	return v
}

// honours reads "giant:2023,hightech:2022"; a year may be missing.
func honours(s string) ([]market.Honour, error) {
	var out []market.Honour
	for _, h := range split(s, ",") {
		kind, year, _ := strings.Cut(h, ":")
		one := market.Honour{Kind: market.HonourKind(kind)}
		if year != "" {
			n, err := strconv.Atoi(year)
			if err != nil {
				return nil, fmt.Errorf("honour %q: %w", h, err)
			}
			one.Year = n
		}
		out = append(out, one)
	}
	return out, nil
}

func certificates(s string) []market.Certificate {
	var out []market.Certificate
	for _, name := range split(s, ",") {
		out = append(out, market.Certificate{Name: name})
	}
	return out
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// uscc invents a 统一社会信用代码 whose check digit is right: registrar 91, the
// county, nine places for the firm, one for the check.
func uscc(region string, n int) string {
	body := fmt.Sprintf("91%sMA0D%05d", region, n*37%100000)
	for _, c := range usccAlphabet {
		if code := body + string(c); market.USCCDigitOK(code) {
			return code
		}
	}
	return body + "0"
}
