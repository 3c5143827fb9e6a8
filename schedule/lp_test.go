package schedule

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// writeLP states the time-indexed model of value mode in CPLEX's LP format.
func writeLP(p *Problem, file string, integer bool) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	slots := slotsOf(p)
	worth := worths(p)
	rows := map[string][]string{}
	var order, all []string
	add := func(row, name string) {
		if rows[row] == nil {
			order = append(order, row)
		}
		rows[row] = append(rows[row], name)
	}
	fmt.Fprintln(w, "Maximize\n obj:")
	for i, m := range p.Meetings {
		for _, s := range slots[i] {
			name := fmt.Sprintf("x%d_%d", i, s)
			all = append(all, name)
			fmt.Fprintf(w, " + %g %s\n", worth[i], name)
			add(fmt.Sprintf("m%d <= 1", i), name)
			for _, q := range [2]int{m.A, m.B} {
				add(fmt.Sprintf("p%d_%d <= %d", q, s, max(1, p.Parties[q].Reps)), name)
				if p.Parties[q].Max > 0 {
					add(fmt.Sprintf("c%d <= %d", q, p.Parties[q].Max), name)
				}
			}
			add(fmt.Sprintf("h%d <= %d", s, p.Tables), name)
		}
	}
	fmt.Fprintln(w, "Subject To")
	for _, row := range order {
		name, rest, _ := strings.Cut(row, " ")
		fmt.Fprintf(w, " %s: %s %s\n", name, strings.Join(rows[row], "\n + "), rest)
	}
	if integer {
		fmt.Fprintln(w, "Binary")
		for _, n := range all {
			fmt.Fprintln(w, n)
		}
	}
	fmt.Fprintln(w, "End")
	return w.Flush()
}

func lpBound(p *Problem, dir string) (float64, error) {
	file := filepath.Join(dir, "fair.lp")
	if err := writeLP(p, file, false); err != nil {
		return 0, err
	}
	out, err := exec.Command("cbc", file, "solve", "quit").CombinedOutput()
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "Optimal objective") {
			v, err := strconv.ParseFloat(strings.Fields(line)[2], 64)
			return max(v, -v), err
		}
	}
	return 0, fmt.Errorf("%s", out)
}
