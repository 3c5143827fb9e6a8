package sheet

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKnown: the heading is the row that names the most columns, whatever stands
// above it; what comes after it is read from there, with its own row numbers.
func TestKnown(t *testing.T) {
	rows, err := Read("表.csv", []byte("企业名称\n填表说明：必填列加星号,,\n,,\n序号,*企业名称,联系 电话（手机）\n1,甲厂,0311\n"))
	require.NoError(t, err)
	c, err := Known(rows, FirmHeadings, "enterprise")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"enterprise": "*企业名称", "phone": "联系 电话（手机）"}, c.Names)
	cells, err := rows.Next()
	require.NoError(t, err)
	require.Equal(t, 5, rows.Row())
	require.Equal(t, "0311", c.Cell("phone", cells))
	_, err = rows.Next()
	require.ErrorIs(t, err, io.EOF)

	rows, err = Read("表.tsv", []byte("甲\t乙\n1\t2\n"))
	require.NoError(t, err)
	_, err = Known(rows, FirmHeadings, "enterprise")
	require.ErrorIs(t, err, ErrHeading)
	_, err = Read("表.xls", nil)
	require.ErrorIs(t, err, ErrKind)
}

// TestTemplatesAreRead: every word of a template is known, and once only.
func TestTemplatesAreRead(t *testing.T) {
	for _, words := range [][]Heading{FirmHeadings, ListingHeadings, PartyHeadings} {
		first := make([]string, len(words))
		for i, w := range words {
			first[i] = w.Words[0]
		}
		c := columnsOf(first, words)
		for i, w := range words {
			require.Equal(t, first[i], c.Names[w.Field])
		}
	}
}
