package chain

import (
	_ "embed"
	"strings"
)

//go:embed grades.tsv
var gradeTable string

// grades maps every spelling, lower case, to the canonical grade.
var grades = readGrades(gradeTable)

func readGrades(tsv string) map[string]string {
	m := map[string]string{}
	for _, f := range rows(tsv, 2) {
		for _, s := range append(strings.Fields(f[1]), f[0]) {
			m[strings.ToLower(s)] = f[0]
		}
	}
	return m
}

// CanonicalGrade is the one spelling of a material grade: 304 for SUS304,
// 06Cr19Ni10 and 1.4301; 45 for 45#. Empty for what is no known grade.
func CanonicalGrade(s string) string {
	// A lone number is a grade only where it cannot be a size.
	s = Normalise(s)
	s = strings.TrimSuffix(s, "钢")
	if n := strings.TrimSuffix(s, "号"); n != s {
		s = n + "#"
	}
	s = strings.ReplaceAll(s, " ", "")
	if g, ok := grades[s]; ok {
		return g
	}
	if base, temper, ok := strings.Cut(s, "-"); ok && temperOf(temper) {
		return grades[base]
	}
	return ""
}

// SameGrade says whether two spellings name the same grade.
func SameGrade(a, b string) bool {
	x := CanonicalGrade(a)
	if x == "" {
		return a != "" && Normalise(a) == Normalise(b)
	}
	y := CanonicalGrade(b)
	return x == y || y == "" && strings.EqualFold(x, strings.TrimSpace(b))
}
