package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/schedule"
)

// TestSolveFile runs the command on a fair of three firms that all want to
// meet, and on a file with a misspelt rule.
func TestSolveFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fair.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"slots":3,"morning":3,"tables":1,"all":true,
		"parties":[{"name":"A"},{"name":"B"},{"name":"C"}],
		"meetings":[{"a":0,"b":1},{"a":0,"b":2},{"a":1,"b":2,"fixed":2}]}`), 0o600))
	c := solveCmd{File: file, Deadline: 10 * time.Second, Fairness: -1}
	require.NoError(t, c.Run(context.Background()))

	require.NoError(t, os.WriteFile(file, []byte(`{"slots":3,"slotz":1}`), 0o600))
	require.ErrorIs(t, c.Run(context.Background()), schedule.ErrProblem)
}

// TestSolvedPrints shows one line a meeting and the figures below.
func TestSolvedPrints(t *testing.T) {
	var out bytes.Buffer
	s := solved{Slots: []int{2}, Tables: []int{1}, Placed: 1, Status: schedule.Optimal}
	require.NoError(t, s.print(&out, schedule.Problem{Meetings: []schedule.Meeting{{A: 0, B: 1}}}))
	require.Equal(t, "1\t1\t2\t2\t1\nplaced 1 of 1, breaks 0, value 0, bound 0, optimal, 0.00 s\n", out.String())
}
