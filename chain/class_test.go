package chain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestClassesHangTogether: every class is below one that the table has, so that
// what is counted and looked for above it is not lost; a group of one class only
// has no line of its own.
func TestClassesHangTogether(t *testing.T) {
	digits := map[int]int{}
	seen := map[string]bool{}
	for _, c := range Classes() {
		require.False(t, seen[c.Code], "%s stands twice", c.Code)
		seen[c.Code] = true
		digits[len(c.Code)]++
		above, ok := ClassByCode(c.Parent)
		require.Equal(t, len(c.Code) > 2, ok, c.Code)
		require.Equal(t, c.Code[:len(above.Code)], above.Code, c.Code)
	}
	require.Equal(t, []int{31, 609}, []int{digits[2], digits[4]}, "as many as the standard has")
	for code, parent := range map[string]string{"2710": "27", "3252": "325", "325": "32", "32": ""} {
		c, ok := ClassByCode(code)
		require.True(t, ok)
		require.Equal(t, parent, c.Parent)
	}
}
