package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"lianqiao/market"
)

// known are firms that an association stands behind, as the partial indexes of
// the directory spell it.
const known = `level <> 'unverified' AND standing = 'active' AND merged_into = ''`

// Directory returns verified firms, the newest record first, of one cluster or,
// when clusterID is "", of all. next is what to pass as after for the following
// page, "" at the end; an after that no page gave is Invalid.
func (s *Store) Directory(ctx context.Context, clusterID, link, after string, limit int) (list []market.Enterprise, next string, err error) {
	where, args := known, []any{}
	and := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(condition, len(args))
	}
	if clusterID != "" {
		and(` AND cluster_id = $%d`, clusterID)
	}
	if link != "" {
		n, err := strconv.Atoi(link)
		if err != nil {
			return nil, "", market.Bad("link", "error.class")
		}
		and(` AND id IN (SELECT enterprise_id FROM enterprise_link WHERE code >= $%d`, link)
		and(` AND code < $%d)`, strconv.Itoa(n+1))
	}
	if after != "" {
		if uuid.Validate(after) != nil {
			return nil, "", market.Bad("after", "error.cursor")
		}
		and(` AND id < $%d`, after)
	}
	and(` ORDER BY id DESC LIMIT $%d`, limit+1)
	err = each(ctx, s.read, `SELECT `+enterpriseColumns+` FROM enterprise WHERE `+where, func(r *sql.Rows) error {
		e, err := scanEnterprise(r)
		list = append(list, e)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.Directory(%q): %w", clusterID, err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// LiveCounts tells how many live supplies and needs each of the firms has.
func (s *Store) LiveCounts(ctx context.Context, enterpriseIDs []string) (map[string]map[market.Side]int, error) {
	out := make(map[string]map[market.Side]int, len(enterpriseIDs))
	err := in(ctx, s.read, `SELECT enterprise_id, side, count(*) FROM listing WHERE status = 'live' AND enterprise_id IN (%s) GROUP BY enterprise_id, side`, enterpriseIDs, func(r *sql.Rows) error {
		var id string
		var side market.Side
		var n int
		if err := r.Scan(&id, &side, &n); err != nil {
			return err
		}
		if out[id] == nil {
			out[id] = map[market.Side]int{}
		}
		out[id][side] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store.LiveCounts: %w", err)
	}
	return out, nil
}
