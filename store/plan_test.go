package store

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlans holds the questions that are asked all the time to their indexes:
// on a hundred thousand listings a scan is a second.
func TestPlans(t *testing.T) {
	s, err := Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "t.db"))
	require.NoError(t, err)
	defer s.Close()
	for name, x := range map[string]struct{ query, index string }{
		"unmatched":        {`SELECT id FROM listing WHERE status = 'live' AND matched_rev < rev AND updated_at < 5 ORDER BY updated_at, id LIMIT 5`, "listing_unmatched"},
		"expired":          {`SELECT id FROM listing WHERE status = 'live' AND valid_until < 5 ORDER BY valid_until, id LIMIT 5`, "listing_valid"},
		"scan":             {`SELECT id FROM listing WHERE status = 'live' AND id > 'x' ORDER BY id LIMIT 5`, "listing_status"},
		"partners of need": {`SELECT need_id, supply_id FROM proposal WHERE status = 'open' AND need_id IN ('a', 'b')`, "proposal_pair"},
		"members":          {`SELECT user_id FROM membership WHERE enterprise_id = 'a'`, "membership_enterprise"},
		"proposals": {`SELECT id FROM proposal WHERE status = 'open' AND id IN (SELECT id FROM proposal WHERE need_id = 'b' AND (need_by = 'a' OR supply_by = 'a')
			UNION SELECT id FROM proposal WHERE supply_id = 'b' AND (need_by = 'a' OR supply_by = 'a'))`, "proposal_supply"},
		"partners of supply": {`SELECT need_id, supply_id FROM proposal WHERE status = 'open' AND supply_id IN ('a', 'b')`, "proposal_supply"},
		"directory":          {`SELECT id FROM enterprise WHERE ` + known + ` AND id < 'x' ORDER BY id DESC LIMIT 5`, "enterprise_known"},
		"firms of a cluster": {`SELECT id FROM enterprise WHERE ` + known + ` AND cluster_id = 'a' ORDER BY id DESC LIMIT 5`, "enterprise_known_cluster"},
		"live of firms":      {`SELECT enterprise_id, side, count(*) FROM listing WHERE status = 'live' AND enterprise_id IN ('a', 'b') GROUP BY enterprise_id, side`, "listing_enterprise"},
		"thread":             {`SELECT id FROM message WHERE introduction_id = 'i' AND id < 'x' ORDER BY id DESC LIMIT 5`, "message_introduction"},
		"unsent files":       {`SELECT id FROM attachment WHERE removed_at = 0 AND at <= 5 AND need_id <> '' AND quoted_at = 0`, "attachment_unsent"},
		"files of quotes":    {`SELECT id FROM attachment WHERE need_id = 'n' AND enterprise_id = 'e' AND quoted_at > 0`, "attachment_need"},
		"who fetched":        {`SELECT d.id FROM attachment f JOIN download d ON d.attachment_id = f.id WHERE f.enterprise_id = 'e' AND d.enterprise_id <> 'e'`, "attachment_enterprise"},
		"old files":          {`SELECT id FROM attachment WHERE removed_at = 0 AND at <= 5`, "attachment_at"},
	} {
		t.Run(name, func(t *testing.T) {
			var plan []string
			require.NoError(t, each(t.Context(), s.read, `EXPLAIN QUERY PLAN `+x.query, func(r *sql.Rows) error {
				var a, b, c int
				var step string
				err := r.Scan(&a, &b, &c, &step)
				plan = append(plan, step)
				return err
			}))
			text := strings.Join(plan, "\n")
			require.Contains(t, text, "SEARCH")
			require.Contains(t, text, x.index+" ")
			require.NotContains(t, text, "SCAN")
			if !strings.Contains(x.query, "UNION") { // which sorts a few ids
				require.NotContains(t, text, "TEMP B-TREE FOR ORDER BY")
			}
		})
	}
}
