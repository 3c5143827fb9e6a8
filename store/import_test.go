package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestImportFillsOnly: an imported row gives a firm what it has not, and takes
// or changes nothing; a firm that signed up is left alone.
func TestImportFillsOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		upsert := func(e market.Enterprise) market.Enterprise {
			t.Helper()
			kept, err := s.UpsertEnterprise(ctx, e)
			require.NoError(t, err)
			stored, err := s.Enterprise(ctx, kept.ID)
			require.NoError(t, err)
			require.Equal(t, stored, kept, "what is returned is what is kept")
			return kept
		}
		deeds := func(of string) (n int) {
			t.Helper()
			audits, err := s.Audits(ctx, of, 10)
			require.NoError(t, err)
			for _, a := range audits {
				if a.Deed == "import" {
					n++
				}
			}
			return n
		}
		first := upsert(market.Enterprise{Name: "石家庄甲公司", Kind: market.Maker, Region: "130110", About: "做铝棒", Certificates: []market.Certificate{{Name: "ISO9001"}}})
		require.Equal(t, 1, deeds(first.ID))
		drain(t, s)
		require.Equal(t, first, upsert(market.Enterprise{Name: "石家庄甲公司"}), "an empty row blanks nothing")
		require.Equal(t, first, upsert(market.Enterprise{Name: "石家庄甲公司", Kind: market.Trader, Region: "130111", About: "别的话", Certificates: []market.Certificate{{Name: "x"}}}), "nor does a full one overwrite")
		require.Empty(t, drain(t, s))
		require.Equal(t, 1, deeds(first.ID))

		filled := upsert(market.Enterprise{Name: "石家庄甲公司", USCC: "91130100MA07XXXX1A", About: "别的话", MainProducts: "铝棒", ClusterID: "luquan", Contact: market.Contact{Phone: "0311-1"}, Honours: []market.Honour{{Kind: market.HonourGiant, Year: 2025}}})
		want := first
		want.Rev, want.UpdatedAt = 2, filled.UpdatedAt
		want.USCC, want.MainProducts, want.ClusterID, want.Contact.Phone, want.Honours = "91130100MA07XXXX1A", "铝棒", "luquan", "0311-1", []market.Honour{{Kind: market.HonourGiant, Year: 2025}}
		require.Equal(t, want, filled)
		require.Len(t, drain(t, s), 1)
		require.Equal(t, 2, deeds(first.ID))
		require.Equal(t, filled, upsert(market.Enterprise{Name: "改了名", USCC: filled.USCC}), "known by its code")
		other := upsert(market.Enterprise{Name: "石家庄甲公司", USCC: "91130100MA07XXXX2B", Kind: market.Maker})
		require.NotEqual(t, first.ID, other.ID, "the same name with another code is another firm")

		a := firm(t, s, "已注册公司")
		signed, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, signed, upsert(market.Enterprise{Name: "已注册公司", USCC: "91130100MA07XXXX3C", About: "替它说的话", MainProducts: "乱写", Contact: market.Contact{Mail: "evil@example.cn"}}))
		require.Zero(t, deeds(signed.ID))

		l := aListing(market.Supply)
		l.EnterpriseID, l.Source = first.ID, "rows:1"
		for i, want := range []int{1, 1, 2} { // new, the same, changed
			if i == 2 {
				l.Title = "6061-T6 铝棒"
			}
			_, _, _, err = s.ImportListings(ctx, []market.Listing{l})
			require.NoError(t, err)
			list, _, err := s.ListingsOf(ctx, first.ID, "", "", 10)
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.Equal(t, want, deeds(list[0].ID))
		}
	})
}
