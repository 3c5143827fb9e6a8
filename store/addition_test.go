package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// told takes what waits in the outbox about words.
func told(t *testing.T, s *Store) (of []string) {
	_, err := s.TakeOutbox(t.Context(), 1000, func(_ context.Context, changes []market.Change) error {
		for _, c := range changes {
			if c.Kind == market.ChangeWords {
				of = append(of, c.Of)
			}
		}
		return nil
	})
	require.NoError(t, err)
	return of
}

func TestAdditions(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		operator, other := market.Actor{UserID: "u", Clusters: []string{"c"}}, market.Actor{UserID: "o", Clusters: []string{"d"}}
		a := market.Addition{ClusterID: "c", Kind: market.AddSame, Words: []string{"刹车片", "来令片"}}
		require.ErrorIs(t, s.CreateAddition(ctx, other, &a), market.ErrNotFound)
		require.NoError(t, s.CreateAddition(ctx, operator, &a))
		require.Equal(t, []string{a.Change}, told(t, s))
		again := market.Addition{ClusterID: "c", Kind: market.AddSame, Words: []string{"来令片", "刹车片 "}}
		require.True(t, market.IsKind(s.CreateAddition(ctx, operator, &again), market.Conflict), "in whatever order")
		require.Empty(t, told(t, s))
		lines, err := s.Audits(ctx, a.ID, 10)
		require.NoError(t, err)
		require.Equal(t, "u add-words", lines[0].UserID+" "+lines[0].Deed)

		file := func(weight float64) []market.Addition {
			return []market.Addition{
				{Kind: market.AddRelation, Words: []string{"钢背", "刹车片"}, Weight: weight, Source: "f"},
				{Kind: market.AddRelation, Words: []string{"钢背", "刹车片"}, Weight: 0.2, Source: "f"},
				{Kind: market.AddRelation, Words: []string{"刹车片", "钢背"}, Weight: 1, Source: "f"},
			}
		}
		for _, c := range []struct {
			weight                 float64
			created, updated, same int
		}{{0.5, 2, 0, 1}, {0.5, 0, 1, 2}, {0.2, 0, 0, 3}} {
			created, updated, same, err := s.ImportAdditions(ctx, file(c.weight))
			require.NoError(t, err)
			require.Equal(t, [3]int{c.created, c.updated, c.same}, [3]int{created, updated, same})
			require.Equal(t, created+updated > 0, len(told(t, s)) == 1, "who changes nothing tells nobody")
		}
		all, err := s.Additions(ctx)
		require.NoError(t, err)
		require.Len(t, all, 3)
		require.Equal(t, []string{"刹车片", "来令片"}, all[0].Words)
		require.InDelta(t, 0.2, all[1].Weight, 1e-9)

		require.ErrorIs(t, s.RemoveAddition(ctx, other, a.ID), market.ErrNotFound)
		require.NoError(t, s.RemoveAddition(ctx, operator, a.ID))
		require.ErrorIs(t, s.RemoveAddition(ctx, operator, a.ID), market.ErrNotFound)
		of := told(t, s)
		require.Len(t, of, 1)
		gone, err := s.AdditionsOf(ctx, of[0])
		require.NoError(t, err)
		require.Equal(t, []string{"刹车片", "来令片"}, gone[0].Words, "what is gone still tells whom it concerned")
		require.False(t, gone[0].RemovedAt.IsZero())
		require.NoError(t, s.CreateAddition(ctx, operator, &again), "and may come back")
	})
}

func TestSearchAdditions(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, operator := t.Context(), market.Actor{UserID: "u", Clusters: []string{"c"}}
		words := []string{"铝棒", "PCB板", "毛巾", "100%棉"}
		for _, w := range words {
			require.NoError(t, s.CreateAddition(ctx, operator, &market.Addition{ClusterID: "c", Kind: market.AddSame, Words: []string{w, w + "甲"}}))
		}
		search := func(f AdditionSearch, limit int) (found []string, next string) {
			f.ClusterID = "c"
			list, next, err := s.SearchAdditions(ctx, f, limit)
			require.NoError(t, err)
			for _, a := range list {
				found = append(found, a.Words[0])
			}
			return found, next
		}
		first, next := search(AdditionSearch{}, 3)
		require.Equal(t, []string{"100%棉", "毛巾", "PCB板"}, first)
		rest, next := search(AdditionSearch{After: next}, 3)
		require.Equal(t, []string{"铝棒"}, rest)
		require.Empty(t, next)
		found, _ := search(AdditionSearch{Text: "pcb"}, 3)
		require.Equal(t, []string{"PCB板"}, found)
		found, _ = search(AdditionSearch{Text: "%"}, 3)
		require.Equal(t, []string{"100%棉"}, found)
		found, _ = search(AdditionSearch{Kind: market.AddRelation}, 3)
		require.Empty(t, found)
	})
}
