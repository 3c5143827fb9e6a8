package schedule

// probe assumes literals one at a time and looks one propagation ahead: what
// fails is false for good. On timetables this decides more than half of the
// variables once a bound on the breaks is set. effort is the number of literals
// it may propagate; it goes on where it stopped and reports whether a whole
// round found nothing more.
func (s *satSolver) probe(effort int64) bool {
	s.undo(0)
	// A cancelled search may leave a learnt unit without its consequences, and
	// taking back the first assumption would skip them for good.
	s.broken = s.broken || s.propagate() != none
	until := s.props + effort
	for ; s.probeQuiet < len(s.level); s.probeQuiet++ {
		if s.props >= until || s.broken {
			return s.broken
		}
		v := s.probeAt
		s.probeAt = (s.probeAt + 1) % len(s.level)
		for _, l := range [2]lit{pos(v), pos(v).not()} {
			if s.value[l] == unset && !s.broken && s.fails(l) {
				s.probeQuiet = 0
				s.assign(l.not(), none)
				s.broken = s.propagate() != none
			}
		}
	}
	return true
}

// fails reports whether assuming the literal ends in a conflict at once.
func (s *satSolver) fails(l lit) bool {
	phases := s.keepPhases
	s.keepPhases = true
	s.limits = append(s.limits, len(s.trail))
	s.assign(l, none)
	failed := s.propagate() != none
	s.undo(0)
	s.keepPhases = phases
	return failed
}

// simplify drops the clauses that hold for good and the literals that never
// will; at level 0 after propagation.
func (s *satSolver) simplify() {
	if s.broken || len(s.trail) == s.fixed {
		return
	}
	s.broken = s.propagate() != none
	if s.broken {
		return
	}
	s.fixed = len(s.trail)
	for _, l := range s.trail {
		s.reason[l.variable()] = none
	}
	s.clauses = s.sweep(s.clauses)
	s.learnts = s.sweep(s.learnts)
	s.rebuild()
}

func (s *satSolver) sweep(clauses []ref) []ref {
	kept := clauses[:0]
next:
	for _, c := range clauses {
		n := 0
		lits := s.lits(c)
		for _, l := range lits {
			if s.value[l] == yes {
				continue next
			}
			if s.value[l] == unset {
				lits[n] = l
				n++
			}
		}
		s.arena[c] = lit(n)
		kept = append(kept, c)
	}
	return kept
}

// rebuild moves the clauses that are left together and watches them anew.
func (s *satSolver) rebuild() {
	old := s.arena
	s.arena = make([]lit, 1, len(old))
	for l := range s.watches {
		s.watches[l] = s.watches[l][:0]
	}
	for _, list := range [2][]ref{s.clauses, s.learnts} {
		for i, c := range list {
			n := ref(old[c])
			list[i] = ref(len(s.arena))
			s.arena = append(s.arena, old[c:c+header+n]...)
			s.watch(list[i])
		}
	}
}
