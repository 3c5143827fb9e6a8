package chain

import (
	"strconv"
	"strings"
)

// latin reads the run of letters, digits and signs at i: a standard, a size, a
// grade, a quantity or a model number.
func (p *scanner) latin(i int) int {
	j := i
	for j < len(p.s) && (latin(p.s[j]) || strings.ContainsRune("-./#*~%", p.s[j])) {
		j++
	}
	tok := strings.TrimRight(string(p.s[i:j]), "-./*~")
	if tok == "" {
		return j
	}
	if end, ok := p.standard(tok, j); ok {
		return end
	}
	if end, ok := p.number(tok, j); ok {
		p.measure = ""
		return end
	}
	p.measure = ""
	p.code(tok)
	return j
}

// standard reads GB/T 8163, DIN 933, ISO9001.
func (p *scanner) standard(tok string, j int) (int, bool) {
	letters := strings.TrimRight(tok, "0123456789.-~")
	switch letters {
	case "gb", "gb/t", "hg/t", "hg", "jb/t", "yb/t", "qc/t", "nb/t", "din", "iso", "astm", "jis", "en", "api", "gjb", "sh/t", "fz/t", "yy/t", "ansi", "asme":
	default:
		return 0, false
	}
	number := tok[len(letters):]
	if number == "" && j+1 < len(p.s) && p.s[j] == ' ' && latin(p.s[j+1]) {
		k := j + 1
		for k < len(p.s) && (latin(p.s[k]) || p.s[k] == '.' || p.s[k] == '-') {
			k++
		}
		number, j = string(p.s[j+1:k]), k
	}
	if number == "" {
		return 0, false
	}
	name := strings.ToUpper(letters + number)
	p.r.Standards = once(p.r.Standards, name)
	p.r.add(name, KindStandard, weightStandard*p.factor)
	return j, true
}

// code takes a token as a grade (with its temper) or a model number.
func (p *scanner) code(tok string) {
	if base, temper, ok := strings.Cut(tok, "-"); ok && temperOf(temper) {
		if g := grades[base]; g != "" {
			p.grade(g)
			p.r.add(strings.ToUpper(temper), KindProcess, weightProcess*p.factor)
			return
		}
	}
	if g := CanonicalGrade(tok); g != "" {
		p.grade(g)
		return
	}
	if len(tok) < 2 || len(tok) > 30 || strings.Contains(tok, "%") {
		return
	}
	if e, ok := p.book.word(tok); ok {
		p.latinWord(e)
		return
	}
	name := strings.ToUpper(tok)
	digits := strings.ContainsAny(tok, "0123456789")
	letters := strings.ContainsAny(tok, "abcdefghijklmnopqrstuvwxyz")
	switch {
	case digits && (letters || len(tok) >= 4):
		p.r.Models = once(p.r.Models, name)
		p.r.add(name, KindModel, weightModel*p.factor)
	case letters && len(tok) >= 2:
		p.r.add(name, KindModel, weightMaterial*p.factor)
	}
}

// latinWord is a word of the tables in Latin letters: pcb, led.
func (p *scanner) latinWord(e *entry) {
	switch e.kind {
	case KindProduct:
		p.product(e, []rune(e.canonical))
	case KindMaterial:
		p.r.Materials = once(p.r.Materials, e.canonical)
		p.r.add(e.canonical, KindMaterial, weightMaterial*p.factor)
	case KindProcess:
		p.r.Processes = once(p.r.Processes, e.canonical)
		p.r.add(e.canonical, KindProcess, weightProcess*p.factor)
	}
}

func (p *scanner) grade(g string) {
	p.r.Grades = once(p.r.Grades, g)
	p.r.add(g, KindGrade, weightGrade*p.factor)
}

// temperOf knows the tempers of aluminium and copper: T6, T651, H32, O, F.
func temperOf(s string) bool {
	if s == "o" || s == "f" {
		return true
	}
	return len(s) >= 2 && len(s) <= 4 && (s[0] == 't' || s[0] == 'h') && strings.Trim(s[1:], "0123456789") == ""
}

func float(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}
